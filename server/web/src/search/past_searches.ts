// What this person looked for last, and what several people did, as the server remembers it.
import { get, post, remove } from '../api/client';

export interface PastSearches {
  past: { query: string; at: string }[];
  popular: { query: string; people: number }[];
}

export function loadPastSearches(): Promise<PastSearches> {
  return get<PastSearches>('/searches');
}

// Searching does not depend on it: what fails here is let pass.
export async function noteSearch(q: string): Promise<void> {
  const query = q.trim();
  if (query) await post('/searches', { query }).catch(() => undefined);
}

export async function forgetPastSearches(): Promise<void> {
  await remove('/searches');
}
