// One import as the wizard sees it: being sent, worked on, ended. Its name stands in the address, so that leaving the page
// loses nothing; coming back without one finds the import that is still running.
import { computed, ref, shallowRef } from 'vue';
import { isApiError } from '../api/problem';
import type { ImportStatus } from '../api/types';
import { cancelImport, followImport, startImport, type ImportRequest } from './import_client';

export type Step = 'choose' | 'tried' | 'done';
export type Work = '' | 'sending' | 'working';

const lastRunning = ref('');

export function useImport(named: (id: string) => void) {
  const step = ref<Step>('choose');
  const work = ref<Work>('');
  const dryRun = ref(true);
  const sent = ref(0);
  const status = shallowRef<ImportStatus | null>(null);
  const error = shallowRef<unknown>(null);
  const broken = ref(false); // the line to the server; the import itself goes on
  let id = '';
  let controller: AbortController | undefined;
  let gone = false;

  async function follow(name: string): Promise<void> {
    id = lastRunning.value = name;
    work.value = 'working';
    const follower = {
      seen: (one: ImportStatus) => ([status.value, dryRun.value] = [one, one.dry_run]),
      broken: (is: boolean) => (broken.value = is),
      stopped: () => gone,
    };
    const ended = await followImport(name, follower);
    if (gone) return;
    status.value = ended;
    lastRunning.value = '';
    step.value = dryRun.value ? 'tried' : 'done';
  }

  async function guarded(action: () => Promise<void>): Promise<void> {
    error.value = status.value = null;
    try {
      await action();
    } catch (problem) {
      if (!controller?.signal.aborted) error.value = problem;
      if (isApiError(problem, 'not_found')) lastRunning.value = '';
    } finally {
      work.value = '';
    }
  }

  const start = (request: ImportRequest) =>
    guarded(async () => {
      [id, sent.value, dryRun.value, work.value] = ['', 0, request.dryRun, 'sending'];
      controller = new AbortController();
      const name = await startImport(request, { progress: (count) => (sent.value = count), signal: controller.signal });
      named(name);
      await follow(name);
    });
  const resume = (name: string) => guarded(() => follow(name));

  async function cancel(): Promise<void> {
    if (work.value === 'sending') return controller?.abort();
    try {
      await cancelImport(id);
    } catch (problem) {
      error.value = problem;
    }
  }
  function restart(): void {
    step.value = 'choose';
    status.value = error.value = null;
    named('');
  }
  const leave = () => void (gone = true);
  return { step, work, dryRun, sent, status, error, broken, start, resume, cancel, restart, leave, busy: computed(() => work.value !== '') };
}

export const runningImport = () => lastRunning.value;
