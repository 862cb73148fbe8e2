// What every browser test needs: a signed-in page that fails on script errors and broken content rules, the API to
// prepare data with, and the accessibility check.
import AxeBuilder from '@axe-core/playwright';
import { test as base, expect, request, type APIRequestContext, type Page } from '@playwright/test';

export const kPassword = process.env.LANTAI_PASSWORD ?? '';
export type Person = 'e2e-admin' | 'e2e-archivist' | 'e2e-staff' | 'e2e-reader' | 'e2e-system' | 'e2e-security' | 'e2e-auditor';

export interface Made {
  id: string;
  version: number;
  fields: Record<string, unknown>;
}

export class Api {
  private constructor(
    private readonly context: APIRequestContext,
    private readonly csrf: string,
  ) {}

  static async as(person: Person, baseURL: string): Promise<Api> {
    const context = await request.newContext({ baseURL });
    const answer = await context.post('/api/v1/session', { data: { login: person, password: kPassword } });
    expect(answer.status(), await answer.text()).toBe(200);
    return new Api(context, ((await answer.json()) as { csrf_token: string }).csrf_token);
  }

  private get headers() {
    return { 'X-CSRF-Token': this.csrf };
  }
  async get<T>(path: string): Promise<T> {
    const answer = await this.context.get(`/api/v1${path}`);
    expect(answer.status(), `${path}: ${await answer.text()}`).toBe(200);
    return (await answer.json()) as T;
  }
  async create(type: string, fields: Record<string, unknown>): Promise<Made> {
    const answer = await this.context.post(`/api/v1/records/${type}`, { data: { fields }, headers: this.headers });
    expect(answer.status(), await answer.text()).toBe(201);
    return (await answer.json()) as Made;
  }
  async update(type: string, id: string, version: number, fields: Record<string, unknown>): Promise<Made> {
    const answer = await this.context.patch(`/api/v1/records/${type}/${id}`, { data: { fields }, headers: { ...this.headers, 'If-Match': `"${version}"` } });
    expect(answer.status(), await answer.text()).toBe(200);
    return (await answer.json()) as Made;
  }
  async attach(type: string, id: string, name: string, content: string | Buffer, mediaType: string): Promise<void> {
    const headers = { ...this.headers, 'Content-Type': mediaType, 'Content-Disposition': `attachment; filename*=UTF-8''${encodeURIComponent(name)}` };
    const answer = await this.context.post(`/api/v1/records/${type}/${id}/files`, { data: Buffer.from(content), headers });
    expect(answer.status(), await answer.text()).toBe(201);
  }
  async importLines(type: string, lines: string): Promise<void> {
    const answer = await this.context.post(`/api/v1/records/${type}/import`, { data: Buffer.from(lines), headers: { ...this.headers, 'Content-Type': 'application/jsonl' }, timeout: 60_000 });
    expect(answer.status(), await answer.text()).toBe(200);
  }
  async post(path: string, data: unknown): Promise<void> {
    const answer = await this.context.post(`/api/v1${path}`, { data, headers: this.headers });
    expect(answer.ok(), `${path}: ${await answer.text()}`).toBe(true);
  }
  async account(fields: Record<string, unknown>): Promise<{ id: string }> {
    const answer = await this.context.post('/api/v1/accounts', { data: { must_change_password: false, ...fields }, headers: this.headers });
    expect(answer.status(), await answer.text()).toBe(201);
    return (await answer.json()) as { id: string };
  }
  async changeAccount(id: string, fields: Record<string, unknown>): Promise<void> {
    const answer = await this.context.patch(`/api/v1/accounts/${id}`, { data: fields, headers: this.headers });
    expect(answer.status(), await answer.text()).toBe(200);
  }
  // Everything written so far can be found.
  async searchable(): Promise<void> {
    const { position } = await this.get<{ position: number }>('/changes?limit=1&since=0').then(async (first) => {
      let at = first.position;
      for (;;) {
        const next = await this.get<{ position: number; changes: unknown[] }>(`/changes?limit=1000&since=${at}`);
        at = next.position;
        if (next.changes.length === 0) return { position: at };
      }
    });
    await this.get(`/search?q=&limit=1&wait=${position}`);
  }
  async close(): Promise<void> {
    await this.context.dispose();
  }
}

interface Fixtures {
  person: Person;
  api: Api;
  signedIn: Page;
}

export const test = base.extend<Fixtures>({
  person: ['e2e-archivist', { option: true }],
  api: async ({ baseURL }, use) => {
    const api = await Api.as('e2e-admin', baseURL ?? '');
    await use(api);
    await api.close();
  },
  page: async ({ page }, use) => {
    const faults: string[] = [];
    page.on('pageerror', (error) => faults.push(String(error)));
    page.on('console', (message) => {
      // Refused requests are part of the tests; broken content rules never are.
      if (message.type() === 'error' && !message.text().includes('Failed to load resource')) faults.push(message.text());
    });
    await use(page);
    expect(faults).toEqual([]);
  },
  signedIn: async ({ page, person }, use) => {
    await signIn(page, person);
    await use(page);
  },
});

export { expect };

export async function signIn(page: Page, person: Person): Promise<void> {
  const answer = await page.request.post('/api/v1/session', { data: { login: person, password: kPassword } });
  expect(answer.status(), await answer.text()).toBe(200);
}

export async function expectAccessible(page: Page): Promise<void> {
  const { violations } = await new AxeBuilder({ page }).analyze();
  const serious = violations.filter((one) => one.impact === 'serious' || one.impact === 'critical');
  expect(serious.map((one) => `${one.id}: ${one.nodes.map((node) => node.html.slice(0, 160)).join(' | ')}`)).toEqual([]);
}

export async function expectFits(page: Page): Promise<void> {
  const over = await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth);
  expect(over, 'the page is wider than the screen').toBeLessThanOrEqual(0);
}

let count = 0;
export function unique(word: string): string {
  count += 1;
  return `${word}${Date.now().toString(36)}${process.pid.toString(36)}${count}`;
}

export const isPhone = (project: string) => project === 'phone';
