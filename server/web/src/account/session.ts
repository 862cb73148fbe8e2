// Who is signed in, and what may they do? The server decides; this only avoids offering what would be refused.
import { computed, shallowRef } from 'vue';
import { get, onPasswordDue, onSignedOut, post, remove, setCsrfToken } from '../api/client';
import { isApiError } from '../api/problem';
import type { Account, SessionAnswer } from '../api/types';
import type { TypeDecl } from '../schema/schema';

export const account = shallowRef<Account | null>(null);
let known = false;

function accept(answer: SessionAnswer): void {
  account.value = answer.account;
  setCsrfToken(answer.csrf_token);
  known = true;
}

// The session has ended on the server.
export function forget(): void {
  account.value = null;
  setCsrfToken('');
  known = true;
}

export async function ensureSession(): Promise<boolean> {
  if (!known) {
    try {
      accept(await get<SessionAnswer>('/session'));
    } catch (error) {
      if (!isApiError(error) || error.status !== 401) throw error;
      forget();
    }
  }
  return account.value !== null;
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

// An administrator may ask for a new password while somebody works.
export function watchPasswordDue(then: () => void): void {
  onPasswordDue(() => {
    if (account.value) account.value = { ...account.value, must_change_password: true };
    then();
  });
}

export function hasRole(...roles: string[]): boolean {
  return roles.some((role) => account.value?.roles.includes(role));
}
export const isAdministrator = computed(() => hasRole('administrator'));
export const mayCatalogue = computed(() => hasRole('administrator', 'archivist', 'staff'));

export function may(action: keyof TypeDecl['permissions'], type: TypeDecl | undefined): boolean {
  return type !== undefined && hasRole(...(type.permissions?.[action] ?? []));
}
