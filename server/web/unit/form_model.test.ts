import { describe, expect, it } from 'vitest';
import { changedFields, fieldsToCheck, initialValues, isShown, mergePatch, mergeTheirs, newFields, problemsFor, problemsFromServer, problemsOf, problemsWhileTyping, readsAsDate, same, withoutEmptyRows, withoutField, type Complaints } from '../src/records/form_model';
import type { FieldDecl, TypeDecl } from '../src/schema/schema';

const field = (name: string, more: Partial<FieldDecl> = {}): FieldDecl => ({ name, label: name, kind: 'text', ...more });
const type: TypeDecl = {
  name: 'item',
  label: '件',
  plural: '件',
  title_field: 'title',
  fields: [
    field('title', { required: true, max: 5 }),
    field('year', { kind: 'integer', min: 1000, max: 2999 }),
    field('date', { kind: 'date' }),
    field('level', { kind: 'term', default: 'internal' }),
    field('people', { many: true }),
    field('shared', { kind: 'boolean' }),
    field('cost', { kind: 'decimal' }),
    field('mail', { pattern: '[^@ ]+@[^@ ]+' }),
    field('rows', { kind: 'table', columns: [field('field', { required: true }), field('count', { kind: 'integer' })] }),
    field('format', { system: true }),
  ],
  list_columns: ['title'],
  form: [],
  permissions: { read: [], create: [], update: [], remove: [], export: [] },
};
const say: Complaints = {
  required: (label) => `required ${label}`,
  integer: (label) => `integer ${label}`,
  decimal: (label) => `decimal ${label}`,
  range: (label, min, max) => `range ${label} ${min} ${max}`,
  length: (label, max) => `length ${label} ${max}`,
  date: (label) => `date ${label}`,
  pattern: (label) => `pattern ${label}`,
};

describe('a form drawn from the schema', () => {
  it('begins with the defaults of the declaration and without system fields', () => {
    const values = initialValues(type);
    expect(values).toMatchObject({ title: '', level: 'internal', people: [], rows: [], shared: false });
    expect('format' in values).toBe(false);
  });

  it('begins with the fields of the record, not sharing them', () => {
    const fields = { title: 'A', people: ['张三'] };
    const values = initialValues(type, fields);
    (values.people as string[]).push('李四');
    expect(fields.people).toEqual(['张三']);
    expect(values.level).toBe('');
  });

  it('is unchanged until something is typed', () => {
    const fields = { title: 'A', year: 2021 };
    expect(changedFields(type, fields, initialValues(type, fields))).toEqual([]);
  });

  it('takes absent, null, empty text and an empty list for the same nothing', () => {
    expect(same(undefined, '')).toBe(true);
    expect(same(null, [])).toBe(true);
    expect(same(0, '')).toBe(false);
    expect(same({ a: 1, b: '' }, { a: 1 })).toBe(true);
    expect(same([1, 2], [2, 1])).toBe(false);
  });

  it('sends only what changed, null for what was taken away, numbers as numbers', () => {
    const base = { title: 'A', year: 2020, people: ['张三'], date: '2021' };
    const values = { ...initialValues(type, base), year: ' 2021 ', date: '', people: ['张三', ' 李四 ', ''] };
    expect(mergePatch(type, base, values)).toEqual({ year: 2021, date: null, people: ['张三', '李四'] });
  });

  it('sends rows without their empty cells and without empty rows', () => {
    const values = { ...initialValues(type), title: 'A', rows: [{ field: 'x', count: '3' }, { field: '', count: '' }] };
    expect(newFields(type, values)).toEqual({ title: 'A', level: 'internal', shared: false, rows: [{ field: 'x', count: 3 }] });
  });

  it('names every field that is wrong, and the place inside a table', () => {
    const values = { ...initialValues(type), title: ' ', year: '20x1', date: '2021-13-01', cost: '1,5', mail: 'nobody', rows: [{ count: 'x' }, {}] };
    expect(problemsOf(type.fields, values, say)).toEqual({
      title: ['required title'],
      year: ['integer year'],
      date: ['date date'],
      cost: ['decimal cost'],
      mail: ['pattern mail'],
      'rows[0].field': ['required field'],
      'rows[0].count': ['integer count'],
    });
  });

  it('counts characters, not code units, and checks limits', () => {
    const ok = { ...initialValues(type), title: '𠮷𠮷𠮷𠮷𠮷', year: 1000 };
    expect(problemsOf(type.fields, ok, say)).toEqual({});
    expect(problemsOf(type.fields, { ...ok, title: '六个字的题名', year: 999 }, say)).toEqual({ title: ['length title 5'], year: ['range year 1000 2999'] });
  });

  it.each(['2021-03-05', '2021.3.5', '2021/3/5', '20210305', '2021年3月5日', '2021年3月', '2021-03', '2021', '[19450815]', '〔1945〕', '２０２１-０３-０５', '2020-02-29'])('reads %s as a date', (text) => {
    expect(readsAsDate(text)).toBe(true);
  });
  it.each(['2021-13-01', '2021-02-29', '2021-00', '21-3-5', '三月五日', '2021-03-05x', '20210'])('does not read %s as a date', (text) => {
    expect(readsAsDate(text)).toBe(false);
  });

  it("puts the server's problems beside the fields they name", () => {
    const problems = problemsFromServer([
      { field: 'fields.title', rule: 'max', message: 'too long' },
      { field: 'rows.1.count', rule: 'integer', message: 'no number' },
      { field: 'people[0]', rule: 'max', message: 'too long a name' },
    ]);
    expect(problemsFor(problems, 'title')).toEqual(['too long']);
    expect(problemsFor(problems, 'rows[1].count')).toEqual(['no number']);
    expect(problemsFor(problems, 'people')).toEqual(['too long a name']);
    expect(problemsFor(problems, 'rows')).toEqual([]);
  });
});

describe('a stale version', () => {
  const base = { title: 'A', year: 2020, date: '2021', people: ['张三'] };

  it('loses nothing that was typed and takes over what only they changed', () => {
    const mine = { ...initialValues(type, base), title: '我的题名' };
    const merged = mergeTheirs(type, base, mine, { ...base, year: 2022, people: ['张三', '王五'] });
    expect(merged.values).toMatchObject({ title: '我的题名', year: 2022, people: ['张三', '王五'] });
    expect(merged.clashes).toEqual([]);
    expect(merged.taken.sort()).toEqual(['people', 'year']);
  });

  it('asks where both changed the same field, and keeps mine meanwhile', () => {
    const mine = { ...initialValues(type, base), title: '我的题名' };
    const merged = mergeTheirs(type, base, mine, { ...base, title: '别人的题名' });
    expect(merged.values.title).toBe('我的题名');
    expect(merged.clashes).toEqual([{ field: 'title', base: 'A', mine: '我的题名', theirs: '别人的题名' }]);
  });

  it('does not ask when both typed the same', () => {
    const mine = { ...initialValues(type, base), year: 2022 };
    expect(mergeTheirs(type, base, mine, { ...base, year: 2022 }).clashes).toEqual([]);
  });

  it('takes over what they took away', () => {
    const { date: _gone, ...theirs } = base;
    const merged = mergeTheirs(type, base, { ...initialValues(type, base), title: 'B' }, theirs);
    expect(merged.values).toMatchObject({ title: 'B', date: '' });
  });
});

describe('a form that is checked while one types', () => {
  it('sends what is stored with what is typed over it, and rows at their places', () => {
    expect(fieldsToCheck(type, { title: '旧', year: 2020, format: 'pdf' }, { ...initialValues(type), title: '新', year: '', rows: [{}, { field: 'a' }] })).toMatchObject({ title: '新', format: 'pdf', rows: [{}, { field: 'a' }] });
    expect(fieldsToCheck(type, { year: 2020 }, initialValues(type))).not.toHaveProperty('year');
  });

  it('hides what does not apply unless it holds something or must be filled in', () => {
    const applies = { hidden: ['mail', 'rows[1].count'], required: [] };
    expect(isShown(applies, 'title', '')).toBe(true);
    expect(isShown(applies, 'mail', '')).toBe(false);
    expect(isShown(applies, 'mail', 'a@b')).toBe(true);
    expect(isShown(applies, 'rows[1].count', undefined)).toBe(false);
    expect(isShown(applies, 'rows[0].count', undefined)).toBe(true);
    expect(isShown({ hidden: ['mail'], required: ['mail'] }, 'mail', '')).toBe(true);
  });

  it('says what is wrong in what was typed, not what is yet missing, and not where the cursor stands', () => {
    const errors = [{ field: 'date', rule: 'field.not_a_date', message: 'm1' }, { field: 'title', rule: 'field.required', message: 'm2' }, { field: 'rows[0].count', rule: 'field.not_a_number', message: 'm3' }, { field: 'year', rule: 'field.too_small', message: 'm4' }];
    expect(problemsWhileTyping(errors, ['date', 'title', 'rows'], '')).toEqual({ date: ['m1'], 'rows[0].count': ['m3'] });
    expect(problemsWhileTyping(errors, ['date', 'rows'], 'date')).toEqual({ 'rows[0].count': ['m3'] });
    expect(withoutField({ 'rows[0].count': ['m3'], date: ['m1'] }, 'rows')).toEqual({ date: ['m1'] });
  });

  it('drops empty rows before it counts them as the server will', () => {
    expect(withoutEmptyRows(type, { rows: [{}, { field: 'a' }, { field: '' }] }).rows).toEqual([{ field: 'a' }]);
  });
});
