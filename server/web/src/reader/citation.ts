// How is a document cited? Title, reference code and page, in the written form of the office: 《题名》，档号，第 n 页。
export interface Cited {
  title: string;
  code?: string;
  page?: number;
}

export function citation(cited: Cited, language: string): string {
  const page = cited.page && cited.page > 0 ? cited.page : undefined;
  if (language === 'en') {
    return `${[`“${cited.title}”`, cited.code, page && `p. ${page}`].filter(Boolean).join(', ')}.`;
  }
  const hant = language === 'zh-Hant';
  const parts = [`《${cited.title}》`];
  if (cited.code) parts.push(`${hant ? '檔號' : '档号'} ${cited.code}`);
  if (page) parts.push(hant ? `第 ${page} 頁` : `第 ${page} 页`);
  return `${parts.join('，')}。`;
}

// The clipboard of the browser needs a secure address; a school's server is often plain http, so there is a second way.
export async function copyText(text: string): Promise<boolean> {
  if (navigator.clipboard && window.isSecureContext) {
    try {
      await navigator.clipboard.writeText(text);
      return true;
    } catch {
      // refused by the browser: the second way
    }
  }
  const area = document.createElement('textarea');
  area.value = text;
  area.className = 'visually-hidden';
  (document.querySelector('dialog[open]') ?? document.body).append(area);
  area.select();
  const done = document.execCommand('copy');
  area.remove();
  return done;
}
