// Which records can a link point to? Asked as one types, with the names of those already chosen.
import { get } from '../api/client';
import type { Completion, LinkLabel, RecordPage, SearchAnswer } from '../api/types';
import { findField, findType, orderable } from '../schema/schema';
import { recordTitle } from '../schema/values';

const kLimit = 30;

export async function lookUp(target: string, typed: string): Promise<LinkLabel[]> {
  const type = findType(target);
  const text = typed.trim();
  if (text && type?.searchable !== false) {
    // By what the record says, and by how its name begins or sounds.
    const [found, names] = await Promise.all([
      get<SearchAnswer>('/search', { q: text, type: target, limit: kLimit }),
      get<{ completions: Completion[] }>('/completions', { q: text, type: target, limit: kLimit }),
    ]);
    const links = [...found.hits.map((hit) => ({ id: hit.id, title: hit.title })), ...names.completions.map((one) => ({ id: one.id, title: one.name }))];
    if (links.length > 0) return links.filter((link, at) => links.findIndex((one) => one.id === link.id) === at);
  }
  const code = findField(type, type?.code_field ?? '');
  const order = code && orderable(code) ? code.name : undefined;
  const page = await get<RecordPage>(`/records/${target}`, { limit: text ? 200 : 50, order });
  const all = page.records.map((record) => ({ id: record.id, title: recordTitle(record, type) }));
  return text ? all.filter((one) => (one.title ?? '').toLowerCase().includes(text.toLowerCase())) : all;
}
