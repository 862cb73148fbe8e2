// The searches that a person kept, records of type saved_search.
import { ref } from 'vue';
import { get, post, remove } from '../api/client';
import type { RecordBody, RecordPage, SearchAnswer } from '../api/types';
import { keep, readKeptJson } from '../app/storage';
import { findField, findType } from '../schema/schema';
import { writeFilter, type Filter, type QueryState, type Sort } from './query_state';

const kType = 'saved_search';
const kLookedKey = 'lantai.looked';

export interface SavedSearch {
  id: string;
  version: number;
  name: string;
  state: QueryState;
}

export const savedSearches = ref<SavedSearch[]>([]);

export function canSave(): boolean {
  return findType(kType) !== undefined;
}

// The codes of vocabulary sort_order.
const kSortCodes: Record<Sort, string> = {
  relevance: 'relevance',
  recent: 'recent',
  '-date': 'date_descending',
  date: 'date_ascending',
  code: 'code_ascending',
  '-code': 'code_descending',
};

interface FilterRow {
  field: string;
  value?: string;
  from?: string;
  to?: string;
}

export function filterOf(row: FilterRow): Filter {
  return { field: row.field, value: row.value || `${row.from ?? ''}..${row.to ?? ''}` };
}

export function rowOf(filter: Filter): FilterRow {
  const [from, to] = filter.value.split('..');
  if (to === undefined) return { field: filter.field, value: filter.value };
  return { field: filter.field, ...(from && { from }), ...(to && { to }) };
}

function decode(record: RecordBody): SavedSearch {
  const type = findType(kType);
  const rows = Array.isArray(record.fields.filters) ? (record.fields.filters as FilterRow[]) : [];
  const sort = (Object.keys(kSortCodes) as Sort[]).find((one) => kSortCodes[one] === record.fields.sort);
  return {
    id: record.id,
    version: record.version,
    name: String(record.fields[type?.title_field ?? 'name'] ?? ''),
    state: {
      q: String(record.fields.query ?? ''),
      allWords: record.fields.all_words === true,
      filters: rows.map(filterOf),
      sort: sort ?? 'relevance',
      page: 1,
      token: '',
    },
  };
}

export async function loadSavedSearches(): Promise<void> {
  if (!canSave()) return;
  const page = await get<RecordPage>(`/records/${kType}`, { limit: 50 });
  savedSearches.value = page.records.map(decode);
}

export async function saveSearch(name: string, state: QueryState): Promise<void> {
  const type = findType(kType);
  const fields: Record<string, unknown> = { [type?.title_field ?? 'name']: name };
  if (state.q) fields.query = state.q;
  if (state.allWords) fields.all_words = true;
  if (state.filters.length > 0) fields.filters = state.filters.map(rowOf);
  if (findField(type, 'sort')) fields.sort = kSortCodes[state.sort];
  await post(`/records/${kType}`, { fields });
  await loadSavedSearches();
}

export async function forgetSearch(saved: SavedSearch): Promise<void> {
  await remove(`/records/${kType}/${saved.id}`, saved.version);
  await loadSavedSearches();
}

// Up to when this browser has seen what a saved search finds: id → the server's time.
function looked(): Record<string, string> {
  const kept = readKeptJson(kLookedKey);
  return kept && typeof kept === 'object' && !Array.isArray(kept) ? (kept as Record<string, string>) : {};
}

// From now on only what comes later is new.
export function markLooked(id: string, time: string): void {
  const known = savedSearches.value.map((saved) => saved.id);
  const before = Object.entries(looked()).filter(([one]) => known.includes(one));
  keep(kLookedKey, JSON.stringify({ ...Object.fromEntries(before), [id]: time }));
}

// How many records that it finds were made since it was last opened here; none the first time. What has only some of its words is no
// news.
export async function countNews(saved: SavedSearch): Promise<{ count: number; time: string }> {
  const since = looked()[saved.id];
  const { q, filters } = saved.state;
  const answer = await get<SearchAnswer>('/search', { q, all_words: true, filter: filters.map(writeFilter), limit: 1, made_after: since ?? '' });
  const time = answer.asked_at ?? '';
  if (!since) markLooked(saved.id, time);
  return { count: since ? answer.total : 0, time };
}
