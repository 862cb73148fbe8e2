// Which records can a link point to? Asked as one types, with the names of those already chosen.
import { get } from '../api/client';
import type { LinkLabel, RecordPage, SearchAnswer } from '../api/types';
import { findField, findType, orderable } from '../schema/schema';
import { recordTitle } from '../schema/values';

const kLimit = 30;

export async function lookUp(target: string, typed: string): Promise<LinkLabel[]> {
  const type = findType(target);
  const text = typed.trim();
  if (text && type?.searchable !== false) {
    const found = await get<SearchAnswer>('/search', { q: text, type: target, limit: kLimit });
    if (found.hits.length > 0) return found.hits.map((hit) => ({ id: hit.id, title: hit.title }));
  }
  const code = findField(type, type?.code_field ?? '');
  const order = code && orderable(code) ? code.name : undefined;
  const page = await get<RecordPage>(`/records/${target}`, { limit: text ? 200 : 50, order });
  const all = page.records.map((record) => ({ id: record.id, title: recordTitle(record, type) }));
  return text ? all.filter((one) => (one.title ?? '').toLowerCase().includes(text.toLowerCase())) : all;
}
