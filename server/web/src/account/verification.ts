// A grave act takes the password once more. Whoever needs it waits here; VerificationDialog asks.
import { onRefused, post } from '../api/client';
import { question } from './asking';
import { refreshSession } from './session';

export const { waiting, ask } = question();
onRefused('auth.verify_again', ask);

export async function verify(password: string, code: string): Promise<void> {
  await post('/session/verification', code ? { password, code } : { password });
  waiting.value?.(true);
}

// Before what is no request of ours, like a download by link.
export async function ensureVerified(): Promise<boolean> {
  return (await refreshSession()).verified || ask();
}
