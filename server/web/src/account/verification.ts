// A grave act takes the password once more. Whoever needs it waits here; VerificationDialog asks.
import { shallowRef } from 'vue';
import { onVerificationDue, post } from '../api/client';
import { refreshSession } from './session';

export const waiting = shallowRef<((given: boolean) => void) | null>(null);

function ask(): Promise<boolean> {
  waiting.value?.(false);
  return new Promise((resolve) => {
    waiting.value = (given) => {
      waiting.value = null;
      resolve(given);
    };
  });
}
onVerificationDue(ask);

export async function verify(password: string, code: string): Promise<void> {
  await post('/session/verification', code ? { password, code } : { password });
  waiting.value?.(true);
}

// Before what is no request of ours, like a download by link.
export async function ensureVerified(): Promise<boolean> {
  return (await refreshSession()).verified || ask();
}
