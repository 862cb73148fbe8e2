// The one place that talks to the server: adds the session's CSRF token and the language, turns every failure into an
// ApiError, and tells whoever asked when the session has ended, when something is due before anything else, and asks
// whoever knows a remedy when a request is refused for want of one: the password once more, the purpose of a search.
import { ApiError, type ProblemBody } from './problem';
import type { Duty } from './types';

export const kApiBase = '/api/v1';

export interface Answer<T> {
  body: T;
  etag: string;
  location: string;
}

export type Query = Record<string, string | number | boolean | readonly string[] | undefined>;

interface Options {
  query?: Query;
  json?: unknown;
  body?: BodyInit;
  headers?: Record<string, string>;
  signal?: AbortSignal;
}

// Only these end a session; another 401 (a wrong password) is about what was sent.
const kSessionEnds = ['auth.required', 'auth.session_expired'];
const kDuties: Record<string, Duty> = { 'auth.must_change_password': 'change_password', 'auth.second_factor_required': 'set_up_second_factor' };

const credentials = { csrf: '', language: 'zh-Hans' };
let whenSignedOut: () => void = () => undefined;
let whenDutyIsDue: (duty: Duty) => void = () => undefined;
const remedies = new Map<string, () => Promise<boolean>>();

export function setCsrfToken(token: string): void {
  credentials.csrf = token;
}
export function setRequestLanguage(language: string): void {
  credentials.language = language;
}
export function onSignedOut(listener: () => void): void {
  whenSignedOut = listener;
}
export function onDutyDue(listener: (duty: Duty) => void): void {
  whenDutyIsDue = listener;
}
// What to do about a refusal of that message id. True: it was done, and the request is made again.
export function onRefused(messageId: string, remedy: () => Promise<boolean>): void {
  remedies.set(messageId, remedy);
}

export function queryString(query: Query = {}): string {
  const parameters = new URLSearchParams();
  for (const [key, value] of Object.entries(query)) {
    if (value === undefined || value === '') continue;
    if (Array.isArray(value)) value.forEach((one) => parameters.append(key, one));
    else parameters.append(key, String(value));
  }
  const text = parameters.toString();
  return text ? `?${text}` : '';
}

export function apiUrl(path: string, query?: Query): string {
  return `${kApiBase}${path}${queryString(query)}`;
}

export function requestHeaders(method: string): Record<string, string> {
  const headers: Record<string, string> = { 'Accept-Language': credentials.language };
  if (method !== 'GET' && method !== 'HEAD' && credentials.csrf) headers['X-CSRF-Token'] = credentials.csrf;
  return headers;
}

export function problemOf(status: number, text: string, retryAfter: string | null): ApiError {
  let body: ProblemBody = {};
  try {
    body = text ? (JSON.parse(text) as ProblemBody) : {};
  } catch {
    body = { detail: '' }; // not JSON: a proxy's page; the status says enough
  }
  if (kSessionEnds.includes(body.message_id ?? '')) whenSignedOut();
  const duty = kDuties[body.message_id ?? ''];
  if (duty) whenDutyIsDue(duty);
  return new ApiError(status, body, Number(retryAfter ?? 0) || 0);
}

async function send(method: string, url: string, options: Options): Promise<Response> {
  const headers = { ...requestHeaders(method), ...options.headers };
  let body = options.body;
  if (options.json !== undefined) {
    headers['Content-Type'] ??= 'application/json';
    body = JSON.stringify(options.json);
  }
  try {
    return await fetch(url, { method, headers, body, signal: options.signal, credentials: 'same-origin' });
  } catch (error) {
    if (error instanceof DOMException && error.name === 'AbortError') throw error;
    throw new ApiError(0, { code: 'offline' });
  }
}

export async function request<T>(method: string, path: string, options: Options = {}): Promise<Answer<T>> {
  try {
    return await requestOnce<T>(method, path, options);
  } catch (error) {
    const remedy = error instanceof ApiError ? remedies.get(error.messageId) : undefined;
    if (!remedy || !(await remedy())) throw error;
    return requestOnce<T>(method, path, options);
  }
}

async function requestOnce<T>(method: string, path: string, options: Options): Promise<Answer<T>> {
  const response = await send(method, path.startsWith('/api') ? path : apiUrl(path, options.query), options);
  const text = method === 'HEAD' ? '' : await response.text();
  if (!response.ok) throw problemOf(response.status, text, response.headers.get('Retry-After'));
  return {
    body: (text ? JSON.parse(text) : undefined) as T,
    etag: response.headers.get('ETag') ?? '',
    location: response.headers.get('Location') ?? '',
  };
}

export async function get<T>(path: string, query?: Query, signal?: AbortSignal): Promise<T> {
  return (await request<T>('GET', path, { query, signal })).body;
}
export async function post<T>(path: string, json?: unknown, query?: Query): Promise<T> {
  return (await request<T>('POST', path, { json, query })).body;
}
export async function put<T>(path: string, json: unknown): Promise<T> {
  return (await request<T>('PUT', path, { json })).body;
}
export async function patch<T>(path: string, json: unknown, version?: number): Promise<T> {
  return (await request<T>('PATCH', path, { json, headers: ifMatch(version) })).body;
}
export async function remove(path: string, version?: number): Promise<void> {
  await request<void>('DELETE', path, { headers: ifMatch(version) });
}

function ifMatch(version?: number): Record<string, string> {
  return version === undefined ? {} : { 'If-Match': `"${version}"` };
}
