// What happens to a file that was dropped: a component of a record, a new version of one, or a record of its own.
import { apiUrl, post } from '../api/client';
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

// A record for the file. Tried again it goes on with the record it has already made.
export function recordJob(file: File, type: string, titleField: string, defaults: Fields): Job {
  let id = '';
  return {
    name: file.name,
    size: file.size,
    send: async (sending) => {
      if (!id) id = (await post<RecordBody>(`/records/${type}`, { fields: { ...defaults, [titleField]: titleOf(file.name) } })).id;
      await attach(file, `${recordPath(type, id)}/files`, { role: 'main' }, sending);
      return `/records/${type}/${id}`;
    },
  };
}
