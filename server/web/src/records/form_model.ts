// What is being typed into a form, and what becomes of it? Values, what has changed, what is wrong, what to send, and how
// somebody else's changes are brought together with one's own. Pure; the pages only draw it.
import type { FieldError } from '../api/problem';
import type { Fields } from '../api/types';
import type { FieldDecl, TypeDecl } from '../schema/schema';
import { isEmpty } from '../schema/values';

export type Problems = Record<string, string[]>;

export interface Complaints {
  required: (label: string) => string;
  integer: (label: string) => string;
  decimal: (label: string) => string;
  range: (label: string, min: number | undefined, max: number | undefined) => string;
  length: (label: string, max: number) => string;
  date: (label: string) => string;
  pattern: (label: string) => string;
}

const copy = <T>(value: T): T => (value === undefined ? value : (JSON.parse(JSON.stringify(value)) as T));

// Key order does not matter, and nothing is nothing: absent, null, empty text and empty list are the same.
export function same(a: unknown, b: unknown): boolean {
  if (isEmpty(a) && isEmpty(b)) return true;
  if (typeof a !== 'object' || typeof b !== 'object' || a === null || b === null) return a === b;
  if (Array.isArray(a) !== Array.isArray(b)) return false;
  const left = a as Fields;
  const right = b as Fields;
  return [...new Set([...Object.keys(left), ...Object.keys(right)])].every((key) => same(left[key], right[key]));
}

export function typedFields(type: TypeDecl): FieldDecl[] {
  return type.fields.filter((field) => !field.system);
}

export function initialValues(type: TypeDecl, fields?: Fields): Fields {
  const values: Fields = {};
  for (const field of typedFields(type)) {
    const value = fields ? fields[field.name] : field.default;
    values[field.name] = copy(value) ?? (field.many || field.kind === 'table' ? [] : field.kind === 'boolean' ? false : '');
  }
  return values;
}

export function changedFields(type: TypeDecl, base: Fields, values: Fields): string[] {
  return typedFields(type).map((field) => field.name).filter((name) => {
    if (values[name] === false && isEmpty(base[name])) return false; // an untouched box
    return !same(base[name], values[name]);
  });
}

// As the server wants it: numbers as numbers, rows without their empty cells.
export function outgoing(field: FieldDecl, value: unknown, emptyRows = false): unknown {
  if (isEmpty(value)) return null;
  if (field.kind === 'table') {
    const rows = (value as Fields[]).map((row) =>
      Object.fromEntries((field.columns ?? []).map((column) => [column.name, outgoing(column, row[column.name])]).filter(([, cell]) => cell !== null)),
    );
    const kept = emptyRows ? rows : rows.filter((row) => Object.keys(row).length > 0);
    return kept.length > 0 ? kept : null;
  }
  if (Array.isArray(value)) {
    const kept = value.map((one) => scalar(field, one)).filter((one) => !isEmpty(one));
    return kept.length > 0 ? kept : null;
  }
  return scalar(field, value);
}

function scalar(field: FieldDecl, value: unknown): unknown {
  if (typeof value !== 'string') return value;
  const text = field.kind === 'long_text' ? value.replace(/\s+$/, '') : value.trim();
  return field.kind === 'integer' && /^[+-]?\d+$/.test(text) ? Number(text) : text;
}

// A JSON merge patch: null takes a field away.
export function mergePatch(type: TypeDecl, base: Fields, values: Fields): Fields {
  const changed = new Set(changedFields(type, base, values));
  return Object.fromEntries(typedFields(type).filter((field) => changed.has(field.name)).map((field) => [field.name, outgoing(field, values[field.name])]));
}

export function newFields(type: TypeDecl, values: Fields): Fields {
  return Object.fromEntries(typedFields(type).map((field) => [field.name, outgoing(field, values[field.name])]).filter(([, value]) => value !== null));
}

// What the server is asked about while somebody types: all that would be stored, and the rows at their places.
export function fieldsToCheck(type: TypeDecl, stored: Fields, values: Fields): Fields {
  const typed = Object.fromEntries(typedFields(type).map((field) => [field.name, outgoing(field, values[field.name], true)]));
  return Object.fromEntries(Object.entries({ ...stored, ...typed }).filter(([, value]) => value !== null));
}

// Which fields of a form are drawn, and which are marked as required.
export interface Applies {
  hidden: readonly string[];
  required: readonly string[];
}

// A field that does not apply is hidden unless it holds something: nothing is stored that cannot be seen.
export function isShown(applies: Applies, at: string, value: unknown): boolean {
  return !applies.hidden.includes(at) || applies.required.includes(at) || !(isEmpty(value) || value === false);
}

// Rows without a cell are not sent: without them what the server says of row 2 stands beside row 2.
export function withoutEmptyRows(type: TypeDecl, values: Fields): Fields {
  const tables = typedFields(type).filter((field) => field.kind === 'table' && Array.isArray(values[field.name]));
  const kept = (rows: Fields[]) => rows.filter((row) => !Object.values(row).every(isEmpty));
  return { ...values, ...Object.fromEntries(tables.map((field) => [field.name, kept(values[field.name] as Fields[])])) };
}

// What is wrong in what was typed, without what is merely not yet there.
export function problemsWhileTyping(errors: readonly FieldError[], changed: readonly string[], focused: string): Problems {
  const typed = errors.filter((error) => error.rule !== 'field.required');
  const found = Object.entries(problemsFromServer(typed)).filter(([at]) => {
    const field = at.replace(/[[.].*$/, '');
    return changed.includes(field) && field !== focused;
  });
  return Object.fromEntries(found);
}

export function withoutField(problems: Problems, field: string): Problems {
  return Object.fromEntries(Object.entries(problems).filter(([at]) => at.replace(/[[.].*$/, '') !== field));
}

// 2021-03-05 and all it is written as: 2021.3.5, 2021年3月5日, 20210305, 2021-03, 2021; in brackets when inferred.
export function readsAsDate(text: string): boolean {
  const inner = text.trim().replace(/^[[〔［【]\s*(.*?)\s*[\]〕］】]$/u, '$1').normalize('NFKC');
  const found = /^(\d{4})(?:年|[-./]|)(?:(\d{1,2})(?:月|[-./]|)(?:(\d{1,2})日?)?)?$/u.exec(inner);
  if (!found) return false;
  const month = found[2] === undefined ? 1 : Number(found[2]);
  const day = found[3] === undefined ? 1 : Number(found[3]);
  return month >= 1 && month <= 12 && day >= 1 && day <= new Date(Date.UTC(Number(found[1]), month, 0)).getUTCDate();
}

function check(field: FieldDecl, value: unknown, say: Complaints): string | undefined {
  const text = String(value).trim();
  if (field.kind === 'integer') {
    if (!/^[+-]?\d+$/.test(text)) return say.integer(field.label);
    const number = Number(text);
    if ((field.min !== undefined && number < field.min) || (field.max !== undefined && number > field.max)) return say.range(field.label, field.min, field.max);
  }
  if (field.kind === 'decimal' && !/^[+-]?(\d+\.?\d*|\.\d+)$/.test(text)) return say.decimal(field.label);
  if (field.kind === 'date' && !readsAsDate(text)) return say.date(field.label);
  if ((field.kind === 'text' || field.kind === 'long_text') && field.max !== undefined && [...text].length > field.max) return say.length(field.label, field.max);
  if (field.kind === 'text' && field.pattern && !matches(field.pattern, text)) return say.pattern(field.label);
  return undefined;
}

function matches(pattern: string, text: string): boolean {
  try {
    return new RegExp(`^(?:${pattern})$`, 'u').test(text);
  } catch {
    return true; // written for the server's engine: the server judges
  }
}

// What can be told without asking the server; it has the last word.
export function problemsOf(fields: readonly FieldDecl[], values: Fields, say: Complaints, prefix = ''): Problems {
  const problems: Problems = {};
  for (const field of fields) {
    const value = values[field.name];
    const at = prefix + field.name;
    if (isEmpty(value) || (typeof value === 'string' && value.trim() === '')) {
      if (field.required) problems[at] = [say.required(field.label)];
      continue;
    }
    if (field.kind === 'table') {
      (value as Fields[]).forEach((row, index) => {
        if (Object.values(row).every(isEmpty)) return;
        Object.assign(problems, problemsOf(field.columns ?? [], row, say, `${at}[${index}].`));
      });
      continue;
    }
    const found = (Array.isArray(value) ? value : [value]).map((one) => check(field, one, say)).find(Boolean);
    if (found) problems[at] = [found];
  }
  return problems;
}

// The server's `errors`: `rows[0].name` and `rows.0.name` are the same place.
export function problemsFromServer(errors: readonly FieldError[]): Problems {
  const problems: Problems = {};
  for (const error of errors) {
    const at = error.field.replace(/^fields\./, '').replace(/\.(\d+)(?=\.|$)/g, '[$1]');
    (problems[at] ??= []).push(error.message);
  }
  return problems;
}

export function problemsFor(problems: Problems, field: string): string[] {
  return Object.entries(problems)
    .filter(([at]) => at === field || (at.startsWith(`${field}[`) && !at.includes('.')))
    .flatMap(([, messages]) => messages);
}

export interface Clash {
  field: string;
  base: unknown;
  mine: unknown;
  theirs: unknown;
}

export interface Merged {
  values: Fields; // mine where I typed, theirs elsewhere; clashing fields keep mine until somebody decides
  clashes: Clash[];
  taken: string[]; // fields in which only they changed something
}

export function mergeTheirs(type: TypeDecl, base: Fields, mine: Fields, theirs: Fields): Merged {
  const values: Fields = {};
  const clashes: Clash[] = [];
  const taken: string[] = [];
  const changed = new Set(changedFields(type, base, mine));
  const current = initialValues(type, theirs);
  for (const { name } of typedFields(type)) {
    const theyChanged = !same(base[name], theirs[name]);
    if (changed.has(name) && theyChanged && !same(mine[name], theirs[name])) clashes.push({ field: name, base: base[name], mine: mine[name], theirs: theirs[name] });
    values[name] = changed.has(name) ? copy(mine[name]) : current[name];
    if (theyChanged && !changed.has(name)) taken.push(name);
  }
  return { values, clashes, taken };
}
