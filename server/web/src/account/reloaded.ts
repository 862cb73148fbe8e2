// What the server keeps for this person, shown and acted upon: it is read when the panel appears and after every act.
import { onMounted, ref, shallowRef } from 'vue';

export function useReloaded<T>(read: () => Promise<T>) {
  const value = shallowRef<T | null>(null);
  const error = shallowRef<unknown>(null);
  const busy = ref(false);
  async function guarded(action: () => Promise<unknown>) {
    busy.value = true;
    error.value = null;
    try {
      await action();
      value.value = await read();
    } catch (problem) {
      error.value = problem;
    } finally {
      busy.value = false;
    }
  }
  const load = () => guarded(async () => undefined);
  onMounted(load);
  return { value, error, busy, guarded, load };
}
