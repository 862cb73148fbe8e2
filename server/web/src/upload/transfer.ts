// How do bytes travel? Small files in one request, large ones in pieces that go on where a broken line left them.
import { apiUrl, problemOf, request, requestHeaders } from '../api/client';
import { ApiError, isPassing } from '../api/problem';
import type { Sending } from './upload_queue';

export const kResumableFrom = 16 * 1024 * 1024;
export const kPiece = 4 * 1024 * 1024;
const kTries = 5;

export interface Reply {
  status: number;
  text: string;
  header: (name: string) => string | null;
}

// XMLHttpRequest, because fetch does not tell how much of a body has been sent.
export function sendBytes(method: string, url: string, body: Blob | FormData, headers: Record<string, string>, sending: Sending): Promise<Reply> {
  return new Promise((resolve, reject) => {
    const http = new XMLHttpRequest();
    http.open(method, url);
    for (const [name, value] of Object.entries({ ...requestHeaders(method), ...headers })) http.setRequestHeader(name, value);
    http.upload.onprogress = (event) => sending.progress(event.loaded);
    http.onload = () => resolve({ status: http.status, text: http.responseText, header: (name) => http.getResponseHeader(name) });
    http.onerror = () => reject(new ApiError(0, { code: 'offline' }));
    http.onabort = () => reject(new DOMException('aborted', 'AbortError'));
    sending.signal.addEventListener('abort', () => http.abort(), { once: true });
    http.send(body);
  });
}

export function checked(reply: Reply): Reply {
  if (reply.status < 200 || reply.status >= 300) throw problemOf(reply.status, reply.text, reply.header('Retry-After'));
  return reply;
}

export function dispositionOf(name: string): string {
  const encoded = encodeURIComponent(name).replace(/['()*]/g, (char) => `%${char.charCodeAt(0).toString(16).toUpperCase()}`);
  return `attachment; filename*=UTF-8''${encoded}`;
}

const wait = (milliseconds: number) => new Promise((resolve) => setTimeout(resolve, milliseconds));

export interface PieceSender {
  begin: (name: string, size: number) => Promise<{ upload: string; offset: number }>;
  piece: (upload: string, offset: number, bytes: Blob, sending: Sending) => Promise<void>;
  offset: (upload: string) => Promise<number>;
  pause: (attempt: number) => Promise<unknown>;
}

export const httpPieces: PieceSender = {
  begin: async (name, size) => (await request<{ upload: string; offset: number }>('POST', '/uploads', { json: { name, size } })).body,
  piece: async (upload, offset, bytes, sending) => {
    const headers = { 'Upload-Offset': String(offset), 'Content-Type': 'application/offset+octet-stream' };
    checked(await sendBytes('PATCH', apiUrl(`/uploads/${upload}`), bytes, headers, sending));
  },
  offset: async (upload) => {
    const reply = await fetch(apiUrl(`/uploads/${upload}`), { method: 'HEAD', credentials: 'same-origin' });
    if (!reply.ok) throw problemOf(reply.status, '', reply.headers.get('Retry-After'));
    return Number(reply.headers.get('Upload-Offset') ?? 0);
  },
  pause: (attempt) => wait(500 * 2 ** attempt),
};

// Returns the upload's name. After a passing failure it asks where the server stands and goes on from there.
export async function sendInPieces(file: Blob & { name: string }, sending: Sending, pieces: PieceSender = httpPieces): Promise<string> {
  let { upload, offset } = await pieces.begin(file.name, file.size);
  let attempt = 0;
  while (offset < file.size) {
    if (sending.signal.aborted) throw new DOMException('aborted', 'AbortError');
    const at = offset;
    const bytes = file.slice(at, Math.min(file.size, at + kPiece));
    try {
      await pieces.piece(upload, at, bytes, { ...sending, progress: (sent) => sending.progress(at + sent) });
      offset = at + bytes.size;
      attempt = 0;
      sending.progress(offset);
    } catch (error) {
      if (!isPassing(error) || attempt >= kTries) throw error;
      await pieces.pause(attempt++);
      offset = await pieces.offset(upload);
    }
  }
  return upload;
}
