import { afterEach, describe, expect, it, vi } from 'vitest';
import type { ImportStatus } from '../src/api/types';
import { followImport, looksLikeTable } from '../src/imports/import_client';
import { keep, readKept } from '../src/app/storage';
import { uploadDefaults } from '../src/upload/upload_defaults';
import { recordJob } from '../src/upload/upload_jobs';
import type { Sending } from '../src/upload/upload_queue';

interface Call {
  method: string;
  url: string;
  headers: Record<string, string>;
}

// A server on which a record can be made and taken back, and on which no file arrives while `arrives` is false.
function server() {
  const calls: Call[] = [];
  const state = { arrives: false, removable: true, calls };
  vi.stubGlobal('fetch', async (url: string, init: RequestInit) => {
    const method = init.method ?? 'GET';
    calls.push({ method, url, headers: init.headers as Record<string, string> });
    if (method === 'DELETE') return new Response(state.removable ? null : '{"code":"permission_denied"}', { status: state.removable ? 204 : 403 });
    return new Response(JSON.stringify({ id: `r${calls.length}`, version: 1, type: 'item' }), { status: 201 });
  });
  vi.stubGlobal(
    'XMLHttpRequest',
    class {
      upload = {};
      status = 0;
      responseText = '{}';
      onload = () => undefined;
      private url = '';
      open = (_method: string, url: string) => void (this.url = url);
      setRequestHeader = () => undefined;
      getResponseHeader = () => null;
      abort = () => undefined;
      send = () => {
        calls.push({ method: 'FILE', url: this.url, headers: {} });
        this.status = state.arrives ? 201 : 403;
        this.onload();
      };
    },
  );
  return state;
}
const sending = (signal = new AbortController().signal): Sending => ({ progress: () => undefined, signal });
const job = () => recordJob(new File(['x'], '通知.txt'), 'item', 'title', {});
afterEach(() => vi.unstubAllGlobals());

describe('a record made for a file', () => {
  it('is taken back when the file does not arrive, and made anew by the next try', async () => {
    const state = server();
    const mine = job();
    await expect(mine.send(sending())).rejects.toMatchObject({ status: 403 });
    expect(state.calls.map((call) => call.method)).toEqual(['POST', 'FILE', 'DELETE']);
    expect(state.calls[2]).toMatchObject({ url: '/api/v1/records/item/r1', headers: { 'If-Match': '"1"' } });
    state.arrives = true;
    expect(await mine.send(sending())).toBe('/records/item/r4');
    expect(state.calls[3].headers['Idempotency-Key']).not.toBe(state.calls[0].headers['Idempotency-Key']);
  });

  it('is gone on with where it cannot be taken back', async () => {
    const state = server();
    state.removable = false;
    const mine = job();
    await expect(mine.send(sending())).rejects.toMatchObject({ status: 403 });
    state.arrives = true;
    expect(await mine.send(sending())).toBe('/records/item/r1');
    expect(state.calls.map((call) => call.method)).toEqual(['POST', 'FILE', 'DELETE', 'FILE']);
  });

  it('is one, however often the answer to making it is lost', async () => {
    const keys: string[] = [];
    vi.stubGlobal('fetch', async (_url: string, init: RequestInit) => {
      keys.push((init.headers as Record<string, string>)['Idempotency-Key']);
      throw new TypeError('failed to fetch');
    });
    const mine = job();
    for (let round = 0; round < 2; round += 1) await expect(mine.send(sending())).rejects.toMatchObject({ code: 'offline' });
    expect(keys[0]).toMatch(/^[0-9a-f]{32}$/);
    expect(keys[1]).toBe(keys[0]);
  });

  it('is taken back when it was cancelled meanwhile', async () => {
    const state = server();
    const controller = new AbortController();
    controller.abort();
    await expect(job().send(sending(controller.signal))).rejects.toThrow();
    expect(state.calls.map((call) => call.method)).toEqual(['POST', 'DELETE']);
  });
});

describe('an import that is watched', () => {
  const status = (state: string) => ({ import: 'i1', state, dry_run: false, done: 1, total: 1, results: [] }) as unknown as ImportStatus;

  it('outlives a server that does not answer for a while', async () => {
    const answers = [() => new Response(JSON.stringify(status('running'))), () => Promise.reject(new TypeError('failed to fetch')), () => new Response('', { status: 502 }), () => new Response(JSON.stringify(status('done')))];
    vi.stubGlobal('fetch', async () => (answers.shift() ?? (() => Promise.reject(new Error('asked too often'))))());
    const broken: boolean[] = [];
    const ended = await followImport('i1', { seen: () => undefined, broken: (is) => broken.push(is), stopped: () => false }, 0);
    expect(ended?.state).toBe('done');
    expect(broken).toEqual([false, true, true, false]);
  });

  it('ends with an error when the server no longer knows it', async () => {
    vi.stubGlobal('fetch', async () => new Response('{"code":"not_found"}', { status: 404 }));
    await expect(followImport('i1', { seen: () => undefined, broken: () => undefined, stopped: () => false }, 0)).rejects.toMatchObject({ status: 404 });
  });

  it('takes for a table only what the server reads as one', () => {
    expect(['目录.xlsx', 'a.CSV', 'b.tsv', '旧.xls', 'c.ods', 'd.txt'].filter(looksLikeTable)).toEqual(['目录.xlsx', 'a.CSV', 'b.tsv']);
  });
});

describe('what this browser keeps', () => {
  it('is nothing where it refuses, and nothing breaks', () => {
    const refuse = () => {
      throw new DOMException('blocked', 'SecurityError');
    };
    vi.stubGlobal('localStorage', { getItem: refuse, setItem: refuse, removeItem: refuse });
    expect(keep('a', 'b')).toBe(false);
    expect(readKept('a')).toBeNull();
  });

  it('of the fields above uploads is each person’s own', () => {
    uploadDefaults('a', () => ({ retention: 'Y' })).fiscal_year = 2021;
    expect(uploadDefaults('a', () => ({}))).toEqual({ retention: 'Y', fiscal_year: 2021 });
    expect(uploadDefaults('b', () => ({}))).toEqual({});
  });
});
