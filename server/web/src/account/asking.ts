// A question that a refused request waits for, one at a time: a dialog answers it, and the request is made again.
import { shallowRef } from 'vue';

export function question() {
  const waiting = shallowRef<((given: boolean) => void) | null>(null);
  function ask(): Promise<boolean> {
    waiting.value?.(false);
    return new Promise((resolve) => {
      waiting.value = (given) => {
        waiting.value = null;
        resolve(given);
      };
    });
  }
  return { waiting, ask };
}
