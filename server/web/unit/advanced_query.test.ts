import { describe, expect, it } from 'vitest';
import { restoration } from '../src/reader/restoration';
import type { TypeDecl } from '../src/schema/schema';
import { firstDay, kDay, lastDay, queryOf } from '../src/search/advanced_query';

describe('a search of several fields', () => {
  it('is written in the query language, from the first row on', () => {
    expect(queryOf([{ join: 'AND', field: '题名', text: '招生' }, { join: 'NOT', field: '', text: '草案' }])).toBe('题名:招生 NOT 草案');
    expect(queryOf([{ join: 'AND', field: '', text: '会议' }, { join: 'OR', field: '', text: '预算' }, { join: 'AND', field: '责任者', text: '教务处' }])).toBe('(会议 OR 预算) AND 责任者:教务处');
  });

  it('takes words for words, whatever they look like', () => {
    expect(queryOf([{ join: 'AND', field: '题名', text: ' 招生 计划 ' }])).toBe('题名:"招生 计划"');
    expect(queryOf([{ join: 'AND', field: '', text: 'AND' }, { join: 'AND', field: '', text: '(草案' }])).toBe('"AND" AND "(草案"');
    expect(queryOf([{ join: 'AND', field: '', text: '他说“好”' }])).toBe('"他说 好"');
  });

  it('has words near each other, in the field of the row before', () => {
    expect(queryOf([{ join: 'AND', field: '题名', text: '食堂' }, { join: 'NEAR', field: '责任者', text: '年度 预算' }, { join: 'NOT', field: '', text: '草案' }])).toBe('题名:食堂 NEAR "年度 预算" NOT 草案');
    expect(queryOf([{ join: 'AND', field: '', text: '会议' }, { join: 'OR', field: '', text: '食堂' }, { join: 'NEAR', field: '', text: '预算' }, { join: 'AND', field: '', text: 'near' }])).toBe('(会议 OR 食堂 NEAR 预算) AND "near"');
  });

  it('leaves out rows in which nothing was filled', () => {
    expect(queryOf([{ join: 'AND', field: '题名', text: ' ' }, { join: 'NOT', field: '', text: '草案' }])).toBe('草案');
    expect(queryOf([{ join: 'AND', field: '', text: '""' }])).toBe('');
  });
});

describe('a range of dates', () => {
  it('takes days, months and years', () => {
    expect([firstDay('2021'), firstDay('2021-3'), firstDay('2021-03-05'), firstDay('')]).toEqual(['2021-01-01', '2021-03-01', '2021-03-05', '']);
    expect([lastDay('2021'), lastDay('2020-2'), lastDay('2021-03-05'), lastDay('')]).toEqual(['2021-12-31', '2020-02-29', '2021-03-05', '']);
    expect(new RegExp(`^${kDay}$`).test('2021年3月')).toBe(false);
  });
});

describe('an old version', () => {
  const type = { code_field: 'reference_code', fields: [{ name: 'title' }, { name: 'notes' }, { name: 'responsible' }, { name: 'reference_code' }, { name: 'catalogued_on', system: true }] } as unknown as TypeDecl;

  it('comes back in what people catalogue, and in nothing else', () => {
    const now = { title: '新', notes: '后来加的', responsible: ['甲'], reference_code: 'A-2', catalogued_on: '2021-02-01' };
    const then = { title: '旧', responsible: ['甲'], reference_code: 'A-1', catalogued_on: '2021-01-01' };
    expect(restoration(type, now, then)).toEqual({ title: '旧', notes: null });
  });
});
