import { describe, expect, it } from 'vitest';
import { ApiError } from '../src/api/problem';
import { pickedFromInput } from '../src/upload/dropped_files';
import { dispositionOf, kPiece, sendInPieces, type PieceSender } from '../src/upload/transfer';
import { titleOf } from '../src/upload/upload_jobs';
import { UploadQueue, type Job, type Sending } from '../src/upload/upload_queue';

interface Held extends Job {
  sending?: Sending;
  finish: (result?: string) => void;
  fail: (error: unknown) => void;
}

function held(name: string): Held {
  const job: Held = { name, size: 100, finish: () => undefined, fail: () => undefined, send: () => Promise.resolve('') };
  job.send = (sending) =>
    new Promise((resolve, reject) => {
      job.sending = sending;
      job.finish = (result = '/done') => resolve(result);
      job.fail = reject;
      sending.signal.addEventListener('abort', () => reject(new DOMException('aborted', 'AbortError')));
    });
  return job;
}
const settle = () => new Promise((resolve) => setTimeout(resolve, 0));
const newQueue = () => new UploadQueue((error) => (error as Error).message);
const states = (queue: UploadQueue) => queue.entries.map((entry) => entry.state);

describe('the upload queue', () => {
  it('sends two at a time and the next as soon as one has ended', async () => {
    const jobs = ['a', 'b', 'c'].map(held);
    const queue = newQueue();
    queue.add(jobs);
    expect(states(queue)).toEqual(['sending', 'sending', 'waiting']);
    jobs[0].finish('/records/item/1');
    await settle();
    expect(states(queue)).toEqual(['done', 'sending', 'sending']);
    expect(queue.entries[0].result).toBe('/records/item/1');
  });

  it('goes on when one fails, says why, and can try it again', async () => {
    const jobs = ['a', 'b', 'c'].map(held);
    const queue = newQueue();
    queue.add(jobs);
    jobs[0].fail(new Error('磁盘已满'));
    jobs[1].finish();
    await settle();
    jobs[2].finish();
    await settle();
    expect(states(queue)).toEqual(['failed', 'done', 'done']);
    expect(queue.entries[0].error).toBe('磁盘已满');
    expect(queue.busy).toBe(false);
    queue.retry(queue.entries[0].id);
    jobs[0].finish();
    await settle();
    expect(states(queue)).toEqual(['done', 'done', 'done']);
    expect(queue.entries[0].error).toBe('');
  });

  it('shows how far each has come', () => {
    const job = held('a');
    const queue = newQueue();
    queue.add([job]);
    job.sending?.progress(40);
    expect(queue.entries[0].sent).toBe(40);
  });

  it('cancels one on its way and one that waits', async () => {
    const jobs = ['a', 'b', 'c'].map(held);
    const queue = newQueue();
    queue.add(jobs);
    queue.cancel(queue.entries[2].id);
    queue.cancel(queue.entries[0].id);
    await settle();
    expect(states(queue)).toEqual(['cancelled', 'sending', 'cancelled']);
    expect(queue.entries[0].error).toBe('');
  });

  it('clears only what has ended', async () => {
    const jobs = ['a', 'b', 'c'].map(held);
    const queue = newQueue();
    queue.add(jobs);
    jobs[0].finish();
    await settle();
    queue.clearSettled();
    expect(queue.entries.map((entry) => entry.name)).toEqual(['b', 'c']);
  });
});

class FlakyServer implements PieceSender {
  stored = 0;
  breaks: number[] = [];
  pauses = 0;
  begin = async () => ({ upload: 'u1', offset: 0 });
  piece = async (_upload: string, offset: number, bytes: Blob) => {
    if (offset !== this.stored) throw new ApiError(409, { code: 'conflict' });
    if (this.breaks.length > 0) {
      this.stored += this.breaks.shift() ?? 0; // part of it arrived before the line broke
      throw new ApiError(0, { code: 'offline' });
    }
    this.stored += bytes.size;
  };
  offset = async () => this.stored;
  pause = async () => void this.pauses++;
}
const sending = (): Sending => ({ progress: () => undefined, signal: new AbortController().signal });
const large = (size: number) => new File([new Uint8Array(size)], '大文件.bin');

describe('a large file', () => {
  it('is sent in pieces and arrives whole', async () => {
    const server = new FlakyServer();
    const seen: number[] = [];
    await sendInPieces(large(kPiece * 2 + 10), { ...sending(), progress: (sent) => seen.push(sent) }, server);
    expect(server.stored).toBe(kPiece * 2 + 10);
    expect(seen).toEqual([kPiece, kPiece * 2, kPiece * 2 + 10]);
  });

  it('goes on where a broken line left it', async () => {
    const server = new FlakyServer();
    server.breaks = [1234, 0];
    await sendInPieces(large(kPiece + 10), sending(), server);
    expect(server.stored).toBe(kPiece + 10);
    expect(server.pauses).toBe(2);
  });

  it('gives up after enough failures in a row', async () => {
    const server = new FlakyServer();
    server.breaks = Array<number>(20).fill(0);
    await expect(sendInPieces(large(10), sending(), server)).rejects.toMatchObject({ code: 'offline' });
    expect(server.pauses).toBe(5);
  });

  it('does not insist when the server refuses', async () => {
    const server = new FlakyServer();
    server.piece = () => Promise.reject(new ApiError(413, { code: 'invalid_argument' }));
    await expect(sendInPieces(large(10), sending(), server)).rejects.toMatchObject({ status: 413 });
    expect(server.pauses).toBe(0);
  });
});

describe('file names', () => {
  it('travel in RFC 8187 form', () => {
    expect(dispositionOf("附件(1)'.pdf")).toBe("attachment; filename*=UTF-8''%E9%99%84%E4%BB%B6%281%29%27.pdf");
  });
  it('become titles without their extension', () => {
    expect(titleOf('关于2.0版的通知.docx')).toBe('关于2.0版的通知');
    expect(titleOf('.pdf')).toBe('.pdf');
    expect(titleOf('会议纪要')).toBe('会议纪要');
  });
  it('keep the folder they came from', () => {
    const file = new File(['x'], 'a.txt');
    Object.defineProperty(file, 'webkitRelativePath', { value: '2021/a.txt' });
    expect(pickedFromInput([file] as unknown as FileList)[0].path).toBe('2021/a.txt');
  });
});
