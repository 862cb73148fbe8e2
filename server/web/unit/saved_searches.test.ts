import { afterEach, expect, it, vi } from 'vitest';
import { kEmptyState } from '../src/search/query_state';
import { countNews } from '../src/search/saved_searches';

afterEach(() => vi.unstubAllGlobals());

it('what has only some of the words of a saved search is no news', async () => {
  const fake = vi.fn(async (_url: string) => new Response(JSON.stringify({ total: 3, hits: [], facets: [], hints: [], asked_at: '2021-03-05T00:00:00Z' }), { headers: { 'Content-Type': 'application/json' } }));
  vi.stubGlobal('fetch', fake);
  vi.stubGlobal('localStorage', { getItem: () => JSON.stringify({ one: '2021-03-01T00:00:00Z' }), setItem: () => {} });
  const saved = { id: 'one', version: 1, name: '预算', state: { ...kEmptyState, q: '预算 食堂' } };
  expect((await countNews(saved)).count).toBe(3);
  expect(fake.mock.calls[0][0]).toContain('all_words=');
  expect(fake.mock.calls[0][0]).toContain('made_after=2021-03-01');
});
