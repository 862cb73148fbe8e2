// In which language is the interface, and what does it say? A small own table: keys are checked by the compiler, the
// two other languages are loaded only when chosen (docs/adr/0081).
import { computed, ref } from 'vue';
import { setRequestLanguage } from '../api/client';
import { keep, readKept } from '../app/storage';
import { zhHans, type MessageKey, type Messages } from './zh_hans';

export type Language = 'zh-Hans' | 'zh-Hant' | 'en';
export const kLanguages: { code: Language; name: string }[] = [
  { code: 'zh-Hans', name: '简体中文' },
  { code: 'zh-Hant', name: '繁體中文' },
  { code: 'en', name: 'English' },
];
const kStorageKey = 'lantai.language';

const current = ref<Language>('zh-Hans');
const table = ref<Messages>(zhHans);

const loaders: Record<Language, () => Promise<Messages>> = {
  'zh-Hans': async () => zhHans,
  'zh-Hant': async () => (await import('./zh_hant')).zhHant,
  en: async () => (await import('./en')).en,
};

export const language = computed(() => current.value);

let chosen: Language = 'zh-Hans';

// The choice is kept before its texts are there, so that leaving the page at once does not lose it; of two quick choices
// the later one stays, whichever texts arrive last.
export async function setLanguage(wanted: Language): Promise<void> {
  chosen = wanted;
  keep(kStorageKey, wanted);
  const texts = await loaders[wanted]();
  if (chosen !== wanted) return;
  table.value = texts;
  current.value = wanted;
  document.documentElement.lang = wanted;
  setRequestLanguage(wanted);
}

export async function restoreLanguage(): Promise<void> {
  const kept = readKept(kStorageKey);
  const known = kLanguages.find((one) => one.code === kept);
  await setLanguage(known?.code ?? 'zh-Hans');
}

export function fill(text: string, values: Record<string, string | number> = {}): string {
  return text.replace(/\{(\w+)\}/g, (whole, name: string) => (name in values ? String(values[name]) : whole));
}

export function t(key: MessageKey, values?: Record<string, string | number>): string {
  return fill(table.value[key], values);
}

// A text whose key is only known at run time (codes the server sends); `fallback` when there is none.
export function tCode(prefix: string, code: string, fallback = code): string {
  const found = (table.value as Record<string, string>)[`${prefix}.${code}`];
  return found ?? fallback;
}

export type { MessageKey };
