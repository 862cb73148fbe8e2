// Which files are on their way? Two at a time, each with its progress and its end; one that fails stops no other and can
// be tried again. How a file travels is the job's affair.
import { reactive } from 'vue';

export type JobState = 'waiting' | 'sending' | 'done' | 'failed' | 'cancelled';

export interface Sending {
  progress: (sent: number) => void;
  signal: AbortSignal;
}

export interface Job {
  name: string;
  size: number;
  send: (sending: Sending) => Promise<string>; // address of the result
}

export interface Entry {
  id: number;
  name: string;
  size: number;
  state: JobState;
  sent: number;
  error: string;
  result: string;
}

export class UploadQueue {
  readonly entries = reactive<Entry[]>([]);
  private readonly jobs = new Map<number, Job>();
  private readonly running = new Map<number, AbortController>();
  private next = 1;

  constructor(
    private readonly explain: (error: unknown) => string,
    private readonly settled: (entry: Entry) => void = () => undefined,
    private readonly parallel = 2,
  ) {}

  add(jobs: readonly Job[]): void {
    for (const job of jobs) {
      const id = this.next++;
      this.jobs.set(id, job);
      this.entries.push({ id, name: job.name, size: job.size, state: 'waiting', sent: 0, error: '', result: '' });
    }
    this.pump();
  }

  retry(id: number): void {
    const entry = this.find(id);
    if (!entry || (entry.state !== 'failed' && entry.state !== 'cancelled')) return;
    Object.assign(entry, { state: 'waiting', sent: 0, error: '' });
    this.pump();
  }

  cancel(id: number): void {
    const entry = this.find(id);
    if (entry?.state === 'waiting') entry.state = 'cancelled';
    this.running.get(id)?.abort();
  }

  clearSettled(): void {
    const open = this.entries.filter((entry) => entry.state === 'waiting' || entry.state === 'sending');
    this.entries.splice(0, this.entries.length, ...open);
  }

  get busy(): boolean {
    return this.entries.some((entry) => entry.state === 'waiting' || entry.state === 'sending');
  }

  count(state: JobState): number {
    return this.entries.filter((entry) => entry.state === state).length;
  }

  private find(id: number): Entry | undefined {
    return this.entries.find((entry) => entry.id === id);
  }

  private pump(): void {
    while (this.running.size < this.parallel) {
      const entry = this.entries.find((one) => one.state === 'waiting');
      if (!entry) return;
      void this.send(entry);
    }
  }

  private async send(entry: Entry): Promise<void> {
    const job = this.jobs.get(entry.id);
    if (!job) return;
    const controller = new AbortController();
    this.running.set(entry.id, controller);
    entry.state = 'sending';
    try {
      entry.result = await job.send({ progress: (sent) => (entry.sent = sent), signal: controller.signal });
      entry.sent = entry.size;
      entry.state = 'done';
    } catch (error) {
      entry.state = controller.signal.aborted ? 'cancelled' : 'failed';
      entry.error = controller.signal.aborted ? '' : this.explain(error);
    } finally {
      this.running.delete(entry.id);
      this.settled(entry);
      this.pump();
    }
  }
}
