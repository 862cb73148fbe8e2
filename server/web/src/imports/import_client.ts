// One import: sent as a whole, followed until it has ended.
import { apiUrl, get, remove } from '../api/client';
import type { Fields, ImportResult, ImportStatus } from '../api/types';
import { checked, sendBytes } from '../upload/transfer';
import type { Picked } from '../upload/dropped_files';
import type { Sending } from '../upload/upload_queue';

export interface ImportRequest {
  table: File | null;
  files: readonly Picked[];
  defaults: Fields;
  dryRun: boolean;
}

const kTable = /\.(xlsx|xls|csv|tsv|ods)$/i;
export const looksLikeTable = (name: string) => kTable.test(name);

export function formOf(request: ImportRequest): FormData {
  const form = new FormData();
  form.append('defaults', JSON.stringify(request.defaults));
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

// Asks until the import has ended; `seen` gets every state on the way.
export async function followImport(id: string, seen: (status: ImportStatus) => void, stopped: () => boolean, pause = 700): Promise<ImportStatus> {
  for (;;) {
    const status = await get<ImportStatus>(`/imports/${id}`);
    seen(status);
    if (status.state !== 'running') return { ...status, results: await allResults(id, status) };
    if (stopped()) return status;
    await new Promise((resolve) => setTimeout(resolve, pause));
  }
}
