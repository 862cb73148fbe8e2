import { afterEach, describe, expect, it, vi } from 'vitest';
import type { SearchAnswer } from '../src/api/types';
import { kEmptyState } from '../src/search/query_state';
import { counted } from '../src/search/search_client';

function answer(changes: Partial<SearchAnswer>): SearchAnswer {
  return { total: 0, partial: 0, total_is_exact: true, hits: [], facets: [], hints: [], next_page_token: '', position: 1, asked_at: '', ...changes };
}
function serve(changes: Partial<SearchAnswer>) {
  const fake = vi.fn(async (_url: string) => new Response(JSON.stringify(answer(changes)), { headers: { 'Content-Type': 'application/json' } }));
  vi.stubGlobal('fetch', fake);
  return fake;
}
afterEach(() => vi.unstubAllGlobals());

const state = { ...kEmptyState, q: '"校办公"' };
const estimate = answer({ total: 5120, total_is_exact: false, next_page_token: 'next' });

describe('estimated counts', () => {
  it('are replaced by exact ones, and nothing else of the answer is', async () => {
    const facets = [{ field: 'fiscal_year', label: '年度', values: [{ value: '2021', label: '2021', count: 5125 }] }];
    const fake = serve({ total: 5125, facets, next_page_token: 'other' });
    expect(await counted(estimate, state)).toEqual({ ...estimate, total: 5125, total_is_exact: true, facets });
    expect(fake.mock.calls[0][0]).toContain('exact_counts=');
    // Of a shorter list fewer hits are enough, and what has only some of the words would not be counted.
    expect(fake.mock.calls[0][0]).toContain('limit=20');
  });

  it('stay when the time was too short to count everything', async () => {
    serve({ total: 3000, total_is_exact: false });
    expect(await counted(estimate, state)).toEqual(estimate);
  });
});
