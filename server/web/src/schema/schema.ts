// Which record types, fields and vocabularies are there? Fetched once per language from GET /schema.
import { shallowRef, watch } from 'vue';
import { get } from '../api/client';
import { language } from '../i18n';

export type FieldKind =
  | 'text' | 'long_text' | 'integer' | 'decimal' | 'boolean'
  | 'date' | 'timestamp' | 'term' | 'link' | 'table';

export interface FieldDecl {
  name: string;
  label: string;
  help?: string;
  standard?: string;
  kind: FieldKind;
  required?: boolean;
  expected?: boolean;
  many?: boolean;
  system?: boolean;
  unique?: boolean;
  indexed?: boolean;
  facet?: boolean;
  searchable?: boolean;
  sortable?: boolean;
  code?: boolean;
  sensitivity?: 'normal' | 'personal';
  min?: number;
  max?: number;
  pattern?: string;
  vocabulary?: string;
  open_vocabulary?: boolean;
  target?: string;
  default?: unknown;
  columns?: FieldDecl[];
}

export interface TypeDecl {
  name: string;
  label: string;
  plural: string;
  title_field: string;
  code_field?: string;
  date_field?: string;
  department_field?: string;
  level_field?: string;
  parent_field?: string;
  files?: boolean;
  searchable?: boolean;
  numbering?: string;
  fields: FieldDecl[];
  list_columns: string[];
  form: { label: string; fields: string[] }[];
  permissions: Record<'read' | 'create' | 'update' | 'remove' | 'export', string[]>;
}

export interface Term {
  code: string;
  label: string;
  aliases?: string[];
  rank?: number;
  parent?: string;
}

export interface Vocabulary {
  label: string;
  terms: Term[];
}

export interface Schema {
  hash: string;
  types: TypeDecl[];
  vocabularies: Record<string, Vocabulary>;
}

export const schema = shallowRef<Schema>({ hash: '', types: [], vocabularies: {} });
let loading: Promise<void> | undefined;

export function loadSchema(): Promise<void> {
  loading ??= get<Schema>('/schema').then(
    (found) => void (schema.value = found),
    (error: unknown) => {
      loading = undefined;
      throw error;
    },
  );
  return loading;
}

export async function reloadSchema(): Promise<void> {
  loading = undefined;
  await loadSchema();
}

watch(language, () => {
  if (schema.value.hash) void reloadSchema();
});

export function findType(name: string): TypeDecl | undefined {
  return schema.value.types.find((type) => type.name === name);
}

export function findField(type: TypeDecl | undefined, name: string): FieldDecl | undefined {
  return type?.fields.find((field) => field.name === name);
}

// Lists are ordered by exact indexes, of which there is one for each indexed or unique field.
export function orderable(field: FieldDecl): boolean {
  return !field.many && (field.indexed === true || field.unique === true);
}

export function fieldLabel(type: TypeDecl | undefined, name: string): string {
  return findField(type, name)?.label ?? name;
}

export function termsOf(field: FieldDecl): Term[] {
  return schema.value.vocabularies[field.vocabulary ?? '']?.terms ?? [];
}

export function vocabularyTerms(name: string): Term[] {
  return schema.value.vocabularies[name]?.terms ?? [];
}

export function termLabel(vocabulary: string | undefined, code: string): string {
  const term = schema.value.vocabularies[vocabulary ?? '']?.terms.find((one) => one.code === code);
  return term?.label ?? code;
}
