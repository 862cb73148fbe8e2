// One import: sent as a whole, followed until it has ended.
import { apiUrl, get, remove } from '../api/client';
import { isPassing } from '../api/problem';
import type { Fields, ImportResult, ImportStatus } from '../api/types';
import { checked, sendBytes } from '../upload/transfer';
import type { Picked } from '../upload/dropped_files';
import type { Sending } from '../upload/upload_queue';

export interface ImportRequest {
  table: File | null;
  files: readonly Picked[];
  defaults: Fields;
  dryRun: boolean;
  type: string;
  updateByCode: boolean;
}

// What the server reads as a table.
export const kTables = '.xlsx,.csv,.tsv';
const kTable = /\.(xlsx|csv|tsv)$/i;
export const looksLikeTable = (name: string) => kTable.test(name);

export function formOf(request: ImportRequest): FormData {
  const form = new FormData();
  form.append('defaults', JSON.stringify(request.defaults));
  form.append('type', request.type);
  if (request.updateByCode) form.append('update_by_code', '1');
  form.append('dry_run', request.dryRun ? '1' : '0');
  if (request.table) form.append('table', request.table, request.table.name);
  for (const picked of request.files) form.append('file', picked.file, picked.path);
  return form;
}

export async function startImport(request: ImportRequest, sending: Sending): Promise<string> {
  const reply = checked(await sendBytes('POST', apiUrl('/imports'), formOf(request), {}, sending));
  return (JSON.parse(reply.text) as { import: string }).import;
}

export const cancelImport = (id: string) => remove(`/imports/${id}`);

async function allResults(id: string, first: ImportStatus): Promise<ImportResult[]> {
  const results = [...first.results];
  for (let token = first.next_page_token; token; ) {
    const page = await get<ImportStatus>(`/imports/${id}`, { page_token: token });
    results.push(...page.results);
    token = page.next_page_token;
  }
  return results;
}

export interface Follower {
  seen: (status: ImportStatus) => void;
  broken: (is: boolean) => void; // the server does not answer, or does again
  stopped: () => boolean;
}

async function stateOf(id: string): Promise<ImportStatus> {
  const status = await get<ImportStatus>(`/imports/${id}`);
  return status.state === 'running' ? status : { ...status, results: await allResults(id, status) };
}

// Asks until the import has ended or nobody wants to know. A server that does not answer for a while is asked again: the
// import does not depend on being watched.
export async function followImport(id: string, follower: Follower, pause = 700): Promise<ImportStatus | null> {
  for (;;) {
    try {
      const status = await stateOf(id);
      follower.broken(false);
      follower.seen(status);
      if (status.state !== 'running') return status;
    } catch (error) {
      if (!isPassing(error)) throw error;
      follower.broken(true);
    }
    if (follower.stopped()) return null;
    await new Promise((resolve) => setTimeout(resolve, pause));
  }
}
