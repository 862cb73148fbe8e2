import { describe, expect, it } from 'vitest';
import { formatName, formatSize } from '../src/i18n/format';
import { citation } from '../src/reader/citation';
import { factsOf, signaturesOf } from '../src/reader/file_facts';
import { firstAt, piecesOf, placesOf, sane, stepped } from '../src/reader/hit_walk';

const pages = [
  { number: 1, text: '教学质量评估教学质量', marks: [[6, 10], [0, 4]] as [number, number][] },
  { number: 2, text: '无' },
  { number: 3, text: '评估', marks: [[0, 2]] as [number, number][] },
];

describe('hits in a text', () => {
  it('are walked in the order of the pages', () => {
    expect(placesOf(pages)).toEqual([{ page: 1, mark: 0 }, { page: 1, mark: 1 }, { page: 3, mark: 0 }]);
  });
  it('cut the text into pieces that make up the whole', () => {
    const pieces = piecesOf(pages[0]);
    expect(pieces).toEqual([{ text: '教学质量', mark: 0 }, { text: '评估', mark: -1 }, { text: '教学质量', mark: 1 }]);
    expect(pieces.map((piece) => piece.text).join('')).toBe(pages[0].text);
  });
  it('are shown once even when marks overlap or lie outside', () => {
    const page = { number: 1, text: '一二三四', marks: [[0, 2], [1, 3], [3, 3], [3, 9]] as [number, number][] };
    expect(sane(page)).toEqual([[0, 2]]);
    expect(piecesOf(page).map((piece) => piece.text).join('')).toBe('一二三四');
  });
  it('begin at the page that was opened, and go round', () => {
    const places = placesOf(pages);
    expect(firstAt(places, 2)).toBe(2);
    expect(firstAt(places, 9)).toBe(0);
    expect(firstAt([], 1)).toBe(-1);
    expect(stepped(places, 2, 1)).toBe(0);
    expect(stepped(places, 0, -1)).toBe(2);
  });
});

describe('a citation', () => {
  const cited = { title: '关于印发办法的通知', code: 'Z109-WS·2021·Y·BGS-0001', page: 3 };
  it('names title, reference code and page', () => {
    expect(citation(cited, 'zh-Hans')).toBe('《关于印发办法的通知》，档号 Z109-WS·2021·Y·BGS-0001，第 3 页。');
    expect(citation(cited, 'zh-Hant')).toBe('《关于印发办法的通知》，檔號 Z109-WS·2021·Y·BGS-0001，第 3 頁。');
    expect(citation(cited, 'en')).toBe('“关于印发办法的通知”, Z109-WS·2021·Y·BGS-0001, p. 3.');
  });
  it('leaves out what there is not', () => {
    expect(citation({ title: '通知' }, 'zh-Hans')).toBe('《通知》。');
  });
});

describe('figures', () => {
  it('are written for people', () => {
    expect([0, 1023, 1536, 150 * 1024 ** 2].map(formatSize)).toEqual(['0 B', '1023 B', '1.5 KB', '150 MB']);
    expect(['application/pdf', 'image/png', 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet', 'application/x-unknown'].map(formatName)).toEqual(['PDF', 'PNG', 'Excel', 'application/x-unknown']);
  });
});

describe('what a file says of itself', () => {
  it('is shown by the names people know, then as the file has it, without what is said elsewhere', () => {
    expect(factsOf({ 发票号码: '83089647', author: '张三', page_count: '3', 'signature.1.kind': 'Seal', signed: 'true' })).toEqual([['作者', '张三'], ['发票号码', '83089647']]);
  });
  it('shows what tags and annotations say', () => {
    const said = factsOf({ 'tag.InvoiceNo': '70', 'tag.Buyer/BuyerName': '第一中学', 'tag.x/Other': 'y', 'annotation.1.page': '2', 'annotation.1.kind': 'Watermark', 'annotation.1.time': '2020-05-15' });
    expect(said).toEqual([['发票号码', '70'], ['购买方', '第一中学'], ['Other', 'y'], ['批注 1', '第 2 页 · Watermark · 2020-05-15']]);
  });
  it('holds when digests match and the value is valid, and only then', () => {
    const said = (digests: string, value: string) => signaturesOf({ 'signature.1.kind': 'Seal', 'signature.1.seal': '公章', 'signature.1.digests': digests, 'signature.1.value': value })[0];
    expect(said('match', 'valid')).toMatchObject({ seal: '公章', holds: true, changed: '' });
    expect(said('differ: Doc_0/Page.xml', 'valid')).toMatchObject({ holds: false, changed: 'Doc_0/Page.xml' });
    expect(said('match', 'invalid')?.holds).toBe(false);
    expect(said('match', 'not checked: no certificate')?.holds).toBeNull();
    expect(said('not checked: MD5', 'valid')?.holds).toBeNull();
    expect(signaturesOf({ author: 'x' })).toEqual([]);
  });
});
