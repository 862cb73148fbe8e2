// What happens to a file that was dropped: a component of a record, a new version of one, or a record of its own.
import { apiUrl, post, remove, request } from '../api/client';
import type { Fields, RecordBody } from '../api/types';
import { recordPath } from '../reader/record_client';
import { checked, dispositionOf, kResumableFrom, sendBytes, sendInPieces } from './transfer';
import type { Job, Sending } from './upload_queue';

async function attach(file: File, path: string, query: Record<string, string>, sending: Sending): Promise<void> {
  if (file.size >= kResumableFrom) {
    const upload = await sendInPieces(file, sending);
    await post(path, undefined, { ...query, upload, name: file.name });
    return;
  }
  const headers = { 'Content-Type': file.type || 'application/octet-stream', 'Content-Disposition': dispositionOf(file.name) };
  checked(await sendBytes('POST', apiUrl(path, query), file, headers, sending));
}

export function attachJob(file: File, type: string, id: string, role: string): Job {
  return {
    name: file.name,
    size: file.size,
    send: async (sending) => {
      await attach(file, `${recordPath(type, id)}/files`, { role }, sending);
      return `/records/${type}/${id}`;
    },
  };
}

export function newVersionJob(file: File, type: string, id: string, number: number): Job {
  return {
    name: file.name,
    size: file.size,
    send: async (sending) => {
      await attach(file, `${recordPath(type, id)}/files/${number}`, {}, sending);
      return `/records/${type}/${id}`;
    },
  };
}

export function titleOf(fileName: string): string {
  const base = fileName.replace(/\.[A-Za-z0-9]{1,8}$/, '').trim();
  return base || fileName;
}

function freshKey(): string {
  return [...crypto.getRandomValues(new Uint8Array(16))].map((byte) => byte.toString(16).padStart(2, '0')).join('');
}

// A record for the file. If the file does not arrive, the empty record is taken away again; where that cannot be done, the
// next try goes on with it. A key makes one record of one wish, however often an answer is lost.
export function recordJob(file: File, type: string, titleField: string, defaults: Fields): Job {
  let made: RecordBody | undefined;
  let key = freshKey();
  const create = async () => {
    const json = { fields: { ...defaults, [titleField]: titleOf(file.name) } };
    return (await request<RecordBody>('POST', `/records/${type}`, { json, headers: { 'Idempotency-Key': key } })).body;
  };
  const takeBack = async (record: RecordBody) => {
    await remove(recordPath(type, record.id), record.version); // of this very version: not if the file arrived after all
    made = undefined;
    key = freshKey();
  };
  return {
    name: file.name,
    size: file.size,
    send: async (sending) => {
      const record = (made ??= await create());
      try {
        if (sending.signal.aborted) throw new DOMException('aborted', 'AbortError');
        await attach(file, `${recordPath(type, record.id)}/files`, { role: 'main' }, sending);
      } catch (error) {
        await takeBack(record).catch(() => undefined); // it stays, and is gone on with
        throw error;
      }
      return `/records/${type}/${record.id}`;
    },
  };
}
