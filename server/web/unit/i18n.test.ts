import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { fill, language, setLanguage } from '../src/i18n';
import { en } from '../src/i18n/en';
import { zhHans } from '../src/i18n/zh_hans';
import { zhHant } from '../src/i18n/zh_hant';

const tables: Record<string, Record<string, string>> = { 'zh-Hans': zhHans, 'zh-Hant': zhHant, en };
const keys = Object.keys(zhHans);
const places = (text: string) => [...text.matchAll(/\{\w+\}/g)].map((match) => match[0]).sort();
const source = join(__dirname, '../src');
const sources = readdirSync(source, { recursive: true, encoding: 'utf8' })
  .filter((name) => /\.(vue|ts)$/.test(name) && !name.startsWith('i18n'))
  .map((name) => ({ name, code: readFileSync(join(source, name), 'utf8') }));

describe.each(Object.keys(tables))('the interface in %s', (name) => {
  const table = tables[name];
  it('has every text and none to spare', () => {
    expect(Object.keys(table).sort()).toEqual([...keys].sort());
    for (const key of keys) expect(table[key].trim(), key).not.toBe('');
  });
  it('fills in the same places', () => {
    for (const key of keys) expect(places(table[key]), key).toEqual(places((zhHans as Record<string, string>)[key]));
  });
});

describe('the texts', () => {
  it('contain no Han characters in English but for examples and signs', () => {
    const kExamples = /^start\.ex/;
    for (const key of keys) if (!kExamples.test(key)) expect(en[key as keyof typeof en], key).not.toMatch(/\p{Script=Han}/u);
  });
  it('contain no simplified forms in 繁體', () => {
    for (const key of keys) expect(zhHant[key as keyof typeof zhHant], key).not.toMatch(/[检档录类术长动认请这说对开关为权单导历过还载]/u);
  });
  it('are all used', () => {
    const code = sources.map((one) => one.code).join('\n');
    const built = new Set([...code.matchAll(/t(?:Code)?\((?:`|')([a-zA-Z.]+?)\.?(?:\$\{|',\s*[a-z])/g)].map((match) => match[1]));
    const unused = keys.filter((key) => !code.includes(`'${key}'`) && ![...built].some((prefix) => key.startsWith(prefix)));
    expect(unused).toEqual([]);
  });
  it('leave nothing in the pages that is not in the tables', () => {
    for (const { name, code } of sources.filter((one) => one.name.endsWith('.vue'))) {
      const template = /<template>([\s\S]*)<\/template>/.exec(code)?.[1] ?? '';
      expect(template.replace(/<!--[\s\S]*?-->/g, ''), name).not.toMatch(/\p{Script=Han}/u);
    }
  });
  it('keep unknown places as they are', () => {
    expect(fill('{a} 与 {b}', { a: 1 })).toBe('1 与 {b}');
  });
});

describe('the choice of a language', () => {
  const kept = new Map<string, string>();
  const html = { lang: '' };
  beforeEach(() => {
    kept.clear();
    vi.stubGlobal('localStorage', { getItem: (key: string) => kept.get(key) ?? null, setItem: (key: string, value: string) => void kept.set(key, value) });
    vi.stubGlobal('document', { documentElement: html });
  });
  afterEach(() => void vi.unstubAllGlobals());

  it('is kept at once, before its texts have come', async () => {
    const done = setLanguage('en');
    expect([...kept.values()]).toEqual(['en']);
    await done;
    expect(html.lang).toBe('en');
  });
  it('is the later one of two quick ones', async () => {
    const first = setLanguage('en');
    const second = setLanguage('zh-Hans');
    await Promise.all([first, second]);
    expect([language.value, html.lang, ...kept.values()]).toEqual(['zh-Hans', 'zh-Hans', 'zh-Hans']);
  });
});
