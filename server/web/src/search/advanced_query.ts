// How is a search of several fields written in the query language? Pure: what is put together stands in the search box and
// can be read and changed there. Clauses bind from the first on, as the rows of the form stand.
export type Join = 'AND' | 'OR' | 'NOT' | 'NEAR';
export const kJoins: readonly Join[] = ['AND', 'OR', 'NOT', 'NEAR'];

export interface Clause {
  join: Join; // to what stands before; of no meaning for the first
  field: string; // as people call it; empty: anywhere; of NEAR that of the row before
  text: string;
}

const kPlain = /^[\p{L}\p{N}〔〕\-·．.]+$/u;

function term(clause: Clause): string {
  const text = clause.text.trim().replace(/["“”]/g, ' ').trim();
  const plain = kPlain.test(text) && !/^(AND|OR|NOT|NEAR)$/i.test(text) && !text.includes('..');
  return `${clause.field ? `${clause.field}:` : ''}${plain ? text : `"${text}"`}`;
}

export function queryOf(clauses: readonly Clause[]): string {
  let query = '';
  let last: Join | '' = '';
  for (const clause of clauses) {
    if (clause.text.replace(/["“”]/g, '').trim() === '') continue;
    if (!query) {
      query = term(clause);
      continue;
    }
    if (clause.join === 'NEAR') {
      query = `${query} NEAR ${term({ ...clause, field: '' })}`;
      continue;
    }
    const mixed = last !== '' && last !== clause.join;
    query = `${mixed ? `(${query})` : query} ${clause.join} ${term(clause)}`;
    last = clause.join;
  }
  return query;
}

// A day, or all of a month or a year: 2021-03-05, 2021-3, 2021.
export const kDay = '\\d{4}(-\\d{1,2}(-\\d{1,2})?)?';

const parts = (written: string) => written.trim().split('-').map((part, index) => (index === 0 ? part : part.padStart(2, '0')));

export function firstDay(written: string): string {
  const [year, month = '01', day = '01'] = parts(written);
  return year ? `${year}-${month}-${day}` : '';
}

export function lastDay(written: string): string {
  const [year, month = '12', day] = parts(written);
  if (!year) return '';
  return `${year}-${month}-${day ?? new Date(Date.UTC(Number(year), Number(month), 0)).getUTCDate()}`;
}
