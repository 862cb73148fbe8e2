// What is being asked? The state of the search page, held in the address so that it can be kept, sent and gone back to.
import type { LocationQuery, LocationQueryRaw } from 'vue-router';

export type Sort = 'relevance' | 'recent' | '-date' | 'date' | 'code' | '-code';
export const kSorts: readonly Sort[] = ['relevance', 'recent', '-date', 'date', 'code', '-code'];
export const kPageSize = 20;

export interface Filter {
  field: string;
  value: string; // one value, or a range `2019..2021`, open at either end
}

export interface QueryState {
  q: string;
  allWords: boolean; // a part of them will not do
  filters: Filter[];
  sort: Sort;
  page: number;
  token: string; // of the page; empty: the first
}

export const kEmptyState: QueryState = { q: '', allWords: false, filters: [], sort: 'relevance', page: 1, token: '' };

const text = (value: LocationQuery[string]): string => (Array.isArray(value) ? (value[0] ?? '') : (value ?? ''));
const list = (value: LocationQuery[string]): string[] =>
  (Array.isArray(value) ? value : [value]).filter((one): one is string => typeof one === 'string' && one !== '');

export function parseFilter(written: string): Filter | undefined {
  const colon = written.indexOf(':');
  if (colon <= 0 || colon === written.length - 1) return undefined;
  return { field: written.slice(0, colon), value: written.slice(colon + 1) };
}

export function writeFilter(filter: Filter): string {
  return `${filter.field}:${filter.value}`;
}

export function parseState(query: LocationQuery): QueryState {
  const sort = text(query.sort) as Sort;
  const token = text(query.token);
  const page = Number.parseInt(text(query.page), 10);
  const filters = list(query.f).map(parseFilter).filter((one): one is Filter => one !== undefined);
  return {
    q: text(query.q),
    allWords: text(query.all) === '1',
    filters: unique(filters),
    sort: kSorts.includes(sort) ? sort : 'relevance',
    page: token && page > 1 ? page : 1,
    token,
  };
}

export function writeState(state: QueryState): LocationQueryRaw {
  const query: LocationQueryRaw = {};
  if (state.q) query.q = state.q;
  if (state.allWords) query.all = '1';
  if (state.filters.length > 0) query.f = state.filters.map(writeFilter);
  if (state.sort !== 'relevance') query.sort = state.sort;
  if (state.token) {
    query.page = String(state.page);
    query.token = state.token;
  }
  return query;
}

function unique(filters: Filter[]): Filter[] {
  const seen = new Set<string>();
  return filters.filter((filter) => !seen.has(writeFilter(filter)) && seen.add(writeFilter(filter)));
}

// Every change of what is asked starts again at the first page.
export function restarted(state: QueryState, change: Partial<QueryState>): QueryState {
  return { ...state, ...change, page: 1, token: '' };
}

export function hasFilter(state: QueryState, filter: Filter): boolean {
  return state.filters.some((one) => one.field === filter.field && one.value === filter.value);
}

export function toggled(state: QueryState, filter: Filter): QueryState {
  const kept = state.filters.filter((one) => !(one.field === filter.field && one.value === filter.value));
  return restarted(state, { filters: kept.length < state.filters.length ? kept : [...state.filters, filter] });
}

// One range a field: a new one replaces the old one, an empty one removes it.
export function withRange(state: QueryState, field: string, from: string, to: string): QueryState {
  const kept = state.filters.filter((one) => !(one.field === field && one.value.includes('..')));
  const range = from || to ? [{ field, value: `${from}..${to}` }] : [];
  return restarted(state, { filters: [...kept, ...range] });
}

export function isBlank(state: QueryState): boolean {
  return state.q.trim() === '' && state.filters.length === 0;
}

// Which token leads to which page of what is being asked? Tokens lead forward only; the pages one has been on are noted, so
// that one can go back from wherever one came. A page that was never seen gives way to the first.
export class PageTrail {
  private asked = '';
  private tokens = new Map<number, string>();

  note(state: QueryState): void {
    const asked = JSON.stringify(writeState(restarted(state, {})));
    if (asked !== this.asked) this.tokens = new Map();
    this.asked = asked;
    this.tokens.set(state.page, state.token);
  }

  before(state: QueryState): QueryState {
    const token = this.tokens.get(state.page - 1);
    return token && state.page > 2 ? { ...state, page: state.page - 1, token } : restarted(state, {});
  }
}

// A hit without the gaps that a line's end or character recognition left between Han characters: it was found without them.
export function closedUp(hit: string): string {
  return hit.replace(/(?<=\p{Script=Han})\s+(?=\p{Script=Han})/gu, '');
}
