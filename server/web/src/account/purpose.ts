// 查档事由: where the policy asks, one says what one searches for before the first search. PurposeDialog asks.
import { onRefused, put } from '../api/client';
import { question } from './asking';
import { refreshSession } from './session';

const { waiting, ask } = question();
export const waitingForPurpose = waiting;
onRefused('auth.purpose_required', ask);

export async function statePurpose(purpose: string): Promise<void> {
  await put('/session/purpose', { purpose });
  await refreshSession();
  waiting.value?.(true);
}
export const changePurpose = ask;
