// What was typed and not yet saved, kept in this browser so that a closed window loses nothing.
import type { Fields } from '../api/types';
import { forgetKept, keep, readKeptJson } from '../app/storage';

export interface Draft {
  version: number; // of the record it was typed upon; 0: a new one
  base: Fields;
  values: Fields;
  saved: string;
  interrupted?: boolean; // the session ended while it was typed: it is taken up again without asking
}

const key = (account: string, type: string, id: string) => `lantai.draft.${account}.${type}.${id || 'new'}`;

export function loadDraft(account: string, type: string, id: string): Draft | null {
  const kept = readKeptJson(key(account, type, id)) as Draft | null;
  return kept && typeof kept.values === 'object' && kept.values !== null ? kept : null;
}

// False when the browser has no room for it; the form then only warns before it is left.
export function saveDraft(account: string, type: string, id: string, draft: Draft): boolean {
  return keep(key(account, type, id), JSON.stringify(draft));
}

export function dropDraft(account: string, type: string, id: string): void {
  forgetKept(key(account, type, id));
}
