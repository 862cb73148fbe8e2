import { afterEach, describe, expect, it, vi } from 'vitest';
import { get, onDutyDue, onSignedOut, onRefused, patch, post, queryString, setCsrfToken, setRequestLanguage } from '../src/api/client';
import { ApiError } from '../src/api/problem';

function answer(status: number, body: unknown, headers: Record<string, string> = {}) {
  const fake = vi.fn(async (_url: string, _init: RequestInit) => new Response(status === 204 ? null : JSON.stringify(body), { status, headers }));
  vi.stubGlobal('fetch', fake);
  return fake;
}
afterEach(() => vi.unstubAllGlobals());

describe('a request', () => {
  it('repeats a parameter that has several values and leaves out empty ones', () => {
    expect(queryString({ q: '会议', facet: ['a', 'b'], token: '', page: undefined, limit: 20 })).toBe('?q=%E4%BC%9A%E8%AE%AE&facet=a&facet=b&limit=20');
  });

  it('carries the language, and the CSRF token where something is changed', async () => {
    setCsrfToken('token');
    setRequestLanguage('zh-Hant');
    const fake = answer(200, {});
    await get('/schema');
    await post('/records/item', { fields: {} });
    expect(fake.mock.calls[0][1].headers).toEqual({ 'Accept-Language': 'zh-Hant' });
    expect(fake.mock.calls[1][1].headers).toMatchObject({ 'X-CSRF-Token': 'token', 'Content-Type': 'application/json' });
  });

  it('names the version it was made upon', async () => {
    const fake = answer(200, {});
    await patch('/records/item/1', {}, 7);
    expect(fake.mock.calls[0][1].headers).toMatchObject({ 'If-Match': '"7"' });
  });

  it('turns problem details into one kind of error', async () => {
    answer(422, { code: 'invalid_argument', detail: '题名不能为空', errors: [{ field: 'title', rule: 'required', message: '请填写题名' }], request_id: 'r1' }, { 'Retry-After': '3' });
    const error = await post('/records/item', {}).catch((one: unknown) => one);
    expect(error).toBeInstanceOf(ApiError);
    expect(error).toMatchObject({ status: 422, code: 'invalid_argument', message: '题名不能为空', requestId: 'r1', retryAfter: 3, fields: [{ field: 'title' }] });
  });

  it('survives an answer that is not JSON', async () => {
    vi.stubGlobal('fetch', async () => new Response('<html>bad gateway</html>', { status: 502 }));
    await expect(get('/search')).rejects.toMatchObject({ status: 502, code: 'internal' });
  });

  it('tells when the server cannot be reached', async () => {
    vi.stubGlobal('fetch', () => Promise.reject(new TypeError('failed to fetch')));
    await expect(get('/search')).rejects.toMatchObject({ status: 0, code: 'offline' });
  });

  it('tells the application when the session has ended', async () => {
    const listener = vi.fn();
    onSignedOut(listener);
    answer(401, { code: 'unauthenticated', message_id: 'auth.session_expired' });
    await expect(get('/search')).rejects.toMatchObject({ status: 401 });
    expect(listener).toHaveBeenCalledOnce();
  });

  it('does not take a wrong password for the end of the session', async () => {
    const listener = vi.fn();
    onSignedOut(listener);
    answer(401, { code: 'unauthenticated', message_id: 'auth.bad_credentials' });
    await expect(post('/session/password', {})).rejects.toMatchObject({ status: 401 });
    expect(listener).not.toHaveBeenCalled();
  });

  it('tells the application when the password must be changed first', async () => {
    const listener = vi.fn();
    onDutyDue(listener);
    answer(403, { code: 'permission_denied', message_id: 'auth.must_change_password' });
    await expect(get('/search')).rejects.toMatchObject({ status: 403 });
    answer(403, { code: 'permission_denied' });
    await expect(get('/search')).rejects.toMatchObject({ status: 403 });
    expect(listener).toHaveBeenCalledOnce();
  });

  it('is made once more when the password it asks for is given, and fails when it is not', async () => {
    const refused = { code: 'permission_denied', message_id: 'auth.verify_again' };
    const answers = [new Response(JSON.stringify(refused), { status: 403 }), new Response('{"done":true}')];
    vi.stubGlobal('fetch', async () => answers.shift());
    onRefused('auth.verify_again', async () => true);
    await expect(post('/tokens', {})).resolves.toEqual({ done: true });
    answers.push(new Response(JSON.stringify(refused), { status: 403 }), new Response('{"done":true}'));
    onRefused('auth.verify_again', async () => false);
    await expect(post('/tokens', {})).rejects.toMatchObject({ messageId: 'auth.verify_again' });
    expect(answers).toHaveLength(1);
  });
});
