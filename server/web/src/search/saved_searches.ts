// A person's own searches, kept as records of type saved_search, and the last few kept only in this browser.
import { ref } from 'vue';
import { get, post, remove } from '../api/client';
import type { RecordBody, RecordPage } from '../api/types';
import { keep, readKept } from '../app/storage';
import { findField, findType } from '../schema/schema';
import type { Filter, QueryState, Sort } from './query_state';

const kType = 'saved_search';
const kRecentKey = 'lantai.recent';

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
  if (state.filters.length > 0) fields.filters = state.filters.map(rowOf);
  if (findField(type, 'sort')) fields.sort = kSortCodes[state.sort];
  await post(`/records/${kType}`, { fields });
  await loadSavedSearches();
}

export async function forgetSearch(saved: SavedSearch): Promise<void> {
  await remove(`/records/${kType}/${saved.id}`, saved.version);
  await loadSavedSearches();
}

export function recentQueries(): string[] {
  try {
    const kept: unknown = JSON.parse(readKept(kRecentKey) ?? '[]');
    return Array.isArray(kept) ? kept.filter((one) => typeof one === 'string').slice(0, 8) : [];
  } catch {
    return []; // somebody else's text under our key: start anew
  }
}

export function rememberQuery(q: string): void {
  const query = q.trim();
  if (!query) return;
  keep(kRecentKey, JSON.stringify([query, ...recentQueries().filter((one) => one !== query)].slice(0, 8)));
}
