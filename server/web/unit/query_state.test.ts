import { describe, expect, it } from 'vitest';
import { closedUp, hasFilter, isBlank, kEmptyState, PageTrail, parseFilter, parseState, restarted, toggled, withRange, writeState } from '../src/search/query_state';
import { filterOf, rowOf } from '../src/search/saved_searches';

describe('the state of a search', () => {
  it('survives being written into the address and read again', () => {
    const state = { q: '校办〔2021〕12号 & "评估"', allWords: true, filters: [{ field: 'fiscal_year', value: '2019..2021' }, { field: 'retention', value: 'Y' }], sort: '-date' as const, page: 3, token: 'abc' };
    expect(parseState(writeState(state) as never)).toEqual(state);
  });

  it('leaves out of the address what is as usual', () => {
    expect(writeState(kEmptyState)).toEqual({});
    expect(writeState({ ...kEmptyState, q: '会议' })).toEqual({ q: '会议' });
  });

  it('reads a mangled address without harm', () => {
    const state = parseState({ q: ['a', 'b'], f: ['nonsense', ':x', 'y:', 'retention:Y', 'retention:Y'], sort: 'sideways', page: '7' });
    expect(state).toEqual({ q: 'a', allWords: false, filters: [{ field: 'retention', value: 'Y' }], sort: 'relevance', page: 1, token: '' });
  });

  it('keeps colons inside the value of a filter', () => {
    expect(parseFilter('code:A:B')).toEqual({ field: 'code', value: 'A:B' });
  });

  it('starts again at the first page when what is asked changes', () => {
    const onPageTwo = { ...kEmptyState, q: '会议', page: 2, token: 'next' };
    expect(restarted(onPageTwo, { sort: 'date' })).toMatchObject({ page: 1, token: '', sort: 'date', q: '会议' });
    expect(toggled(onPageTwo, { field: 'retention', value: 'Y' })).toMatchObject({ page: 1, token: '' });
  });

  it('puts a filter on and takes it off again, and leaves the others alone', () => {
    const other = { field: 'department', value: 'd1' };
    const year = { field: 'fiscal_year', value: '2021' };
    const on = toggled({ ...kEmptyState, filters: [other] }, year);
    expect(hasFilter(on, year)).toBe(true);
    expect(toggled(on, year).filters).toEqual([other]);
  });

  it('holds one range a field, open at either end, beside single values', () => {
    const one = withRange(toggled(kEmptyState, { field: 'fiscal_year', value: '2010' }), 'fiscal_year', '2019', '');
    expect(one.filters.map((filter) => filter.value)).toEqual(['2010', '2019..']);
    expect(withRange(one, 'fiscal_year', '', '2020').filters.map((filter) => filter.value)).toEqual(['2010', '..2020']);
    expect(withRange(one, 'fiscal_year', '', '').filters.map((filter) => filter.value)).toEqual(['2010']);
  });

  it('knows when nothing is asked', () => {
    expect(isBlank({ ...kEmptyState, q: '  ' })).toBe(true);
    expect(isBlank({ ...kEmptyState, filters: [{ field: 'a', value: 'b' }] })).toBe(false);
  });

  it('keeps filters and ranges in a saved search', () => {
    for (const value of ['Y', '2019..2021', '2019..', '..2021']) expect(filterOf(rowOf({ field: 'f', value }))).toEqual({ field: 'f', value });
    expect(rowOf({ field: 'f', value: '2019..' })).toEqual({ field: 'f', from: '2019' });
  });
});

describe('the pages one has been on', () => {
  const page = (number: number, q = '会议') => ({ ...kEmptyState, q, page: number, token: number > 1 ? `t${number}` : '' });

  it('are found again after a detour', () => {
    const trail = new PageTrail();
    for (const number of [1, 2, 3]) trail.note(page(number));
    expect(trail.before(page(3))).toEqual(page(2));
    expect(trail.before(page(2))).toEqual(page(1));
  });

  it('give way to the first page where they were never seen or belong to something else', () => {
    const trail = new PageTrail();
    trail.note(page(4));
    expect(trail.before(page(4))).toEqual(page(1));
    trail.note(page(2, '通知'));
    trail.note(page(4));
    expect(trail.before(page(3))).toEqual(page(1));
  });
});

describe('a hit', () => {
  it('is shown without gaps between Han characters, and with those between other words', () => {
    expect(closedUp('期 末考试')).toBe('期末考试');
    expect(closedUp('final exam 期 末 exam')).toBe('final exam 期末 exam');
  });
});
