// Asks the server, and remembers the last answer so that the reader can go from hit to hit and back again.
import { shallowRef } from 'vue';
import { get } from '../api/client';
import type { Completions, Hit, SearchAnswer } from '../api/types';
import { schema } from '../schema/schema';
import { kPageSize, PageTrail, writeFilter, type QueryState } from './query_state';

export interface Round {
  address: string; // of the search page
  q: string;
  hits: Hit[];
}
export const lastTrail = new PageTrail();
export const lastRound = shallowRef<Round | null>(null);

const kPreferred = ['fiscal_year', 'class_code', 'department', 'retention', 'document_type', 'access_level', 'secrecy', 'format', 'source'];

export function facetFields(): string[] {
  const declared = schema.value.types
    .filter((type) => type.files || type.name === 'item')
    .flatMap((type) => type.fields.filter((field) => field.facet).map((field) => field.name));
  const all = [...new Set(declared)];
  const place = (name: string) => (kPreferred.includes(name) ? kPreferred.indexOf(name) : kPreferred.length);
  return all.sort((a, b) => place(a) - place(b));
}

function asked(state: QueryState) {
  return { q: state.q, all_words: state.allWords || undefined, filter: state.filters.map(writeFilter), facet: facetFields(), sort: state.sort, page_token: state.token };
}

export function search(state: QueryState, signal?: AbortSignal): Promise<SearchAnswer> {
  return get<SearchAnswer>('/search', { ...asked(state), limit: kPageSize }, signal);
}

// The same answer with every match counted, which takes longer when there are very many.
export async function counted(answer: SearchAnswer, state: QueryState, signal?: AbortSignal): Promise<SearchAnswer> {
  const exact = await get<SearchAnswer>('/search', { ...asked(state), limit: kPageSize, exact_counts: true }, signal);
  if (!exact.total_is_exact) return answer;
  return { ...answer, total: exact.total, partial: exact.partial, total_is_exact: true, facets: exact.facets };
}

export function complete(typed: string, signal?: AbortSignal): Promise<Completions> {
  return get<Completions>('/completions', { q: typed }, signal);
}

export function hitAddress(hit: Hit, q: string): { path: string; query: Record<string, string> } {
  const query: Record<string, string> = {};
  if (hit.file) query.file = String(hit.file.number);
  if (hit.page) query.page = String(hit.page);
  if (q) query.q = q;
  return { path: `/records/${hit.type}/${hit.id}`, query };
}
