// Who is signed in, and what may they do? The server decides; this only avoids offering what would be refused.
import { computed, ref, shallowRef } from 'vue';
import { get, onDutyDue, onSignedOut, post, remove, setCsrfToken } from '../api/client';
import { isApiError } from '../api/problem';
import type { Account, ActingNow, Duty, SessionAnswer } from '../api/types';
import type { TypeDecl } from '../schema/schema';

export const account = shallowRef<Account | null>(null);
export const duty = ref<Duty>('');
const kAsOneself: ActingNow = { post: '', post_name: '', on_behalf_of: '', on_behalf_of_name: '', choice: false };
export const acting = shallowRef<ActingNow>(kAsOneself);
export const passwordCharacters = ref(10);
export const purpose = ref('');
export const purposeWanted = ref(false);
let known = false;

function accept(answer: SessionAnswer): void {
  account.value = answer.account;
  duty.value = answer.duty;
  acting.value = answer.acting;
  passwordCharacters.value = answer.password_characters;
  purpose.value = answer.purpose;
  purposeWanted.value = answer.purpose_wanted;
  setCsrfToken(answer.csrf_token);
  known = true;
}

// The session has ended on the server.
export function forget(): void {
  account.value = null;
  duty.value = '';
  acting.value = kAsOneself;
  purpose.value = '';
  purposeWanted.value = false;
  setCsrfToken('');
  known = true;
}

export async function ensureSession(): Promise<boolean> {
  if (!known) {
    try {
      await refreshSession();
    } catch (error) {
      if (!isApiError(error) || error.status !== 401) throw error;
      forget();
    }
  }
  return account.value !== null;
}

// Read anew: what was due may be done.
export async function refreshSession(): Promise<SessionAnswer> {
  const answer = await get<SessionAnswer>('/session');
  accept(answer);
  return answer;
}

export async function signIn(login: string, password: string, code = ''): Promise<void> {
  accept(await post<SessionAnswer>('/session', code ? { login, password, code } : { login, password }));
}

export function wantsCode(error: unknown): boolean {
  return isApiError(error) && error.messageId === 'auth.code_required';
}

export async function signOut(): Promise<void> {
  try {
    await remove('/session');
  } finally {
    forget();
  }
}

export function watchSignOut(then: () => void): void {
  onSignedOut(() => {
    const was = account.value !== null;
    forget();
    if (was) then();
  });
}

// It may become due while somebody works.
export function watchDuty(then: () => void): void {
  onDutyDue((due) => {
    duty.value = due;
    then();
  });
}

export function hasRole(...roles: string[]): boolean {
  return roles.some((role) => account.value?.roles.includes(role));
}
export const isOfficer = computed(() => hasRole('administrator', 'security_officer', 'auditor'));
export const mayRead = computed(() => hasRole('archivist', 'staff', 'reader'));
export const mayCatalogue = computed(() => hasRole('archivist', 'staff'));

export function may(action: keyof TypeDecl['permissions'], type: TypeDecl | undefined): boolean {
  return type !== undefined && hasRole(...(type.permissions?.[action] ?? []));
}
