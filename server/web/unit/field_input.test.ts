// Inputs for moments, decimals and whole numbers: what is typed becomes what is stored.
import { createApp, h, nextTick, ref } from 'vue';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import FieldInput from '../src/records/FieldInput.vue';
import { fromLocalInput, localInput } from '../src/records/instants';
import type { FieldDecl } from '../src/schema/schema';

// Other kinds of input, and their styles, are not needed here.
vi.mock('../src/records/ChoiceInput.vue', () => ({ default: {} }));
vi.mock('../src/records/LinkInput.vue', () => ({ default: {} }));

const zone = process.env.TZ;
beforeEach(() => {
  process.env.TZ = 'Asia/Shanghai';
});
afterEach(() => {
  process.env.TZ = zone;
  document.body.innerHTML = '';
});

function field(kind: FieldDecl['kind']): FieldDecl {
  return { name: 'f', label: '字段', kind } as FieldDecl;
}

function mount(kind: FieldDecl['kind'], initial: unknown) {
  const value = ref<unknown>(initial);
  const root = document.body.appendChild(document.createElement('div'));
  createApp({ render: () => h(FieldInput, { field: field(kind), modelValue: value.value, 'onUpdate:modelValue': (next: unknown) => (value.value = next) }) }).mount(root);
  const input = root.querySelector('input') as HTMLInputElement;
  const type = async (text: string, event: string) => {
    input.value = text;
    input.dispatchEvent(new Event(event));
    await nextTick();
  };
  return { value, input, type };
}

describe('moments', () => {
  it('are shown by the clock of the reader and stored in UTC', () => {
    expect(localInput('2021-03-05T00:30:15.000000Z')).toBe('2021-03-05T08:30:15');
    expect(fromLocalInput('2021-03-05T08:30')).toBe('2021-03-05T00:30:00.000Z');
    expect(fromLocalInput(localInput('2021-12-31T23:59:59Z'))).toBe('2021-12-31T23:59:59.000Z');
  });
  it('may be absent', () => {
    for (const nothing of [undefined, null, '', 'gestern']) expect(localInput(nothing)).toBe('');
    expect(fromLocalInput('')).toBe('');
  });
  it('are typed into the form as they are shown in lists', async () => {
    const { value, input, type } = mount('timestamp', '2021-03-05T00:30:00Z');
    expect(input.value).toMatch(/^2021-03-05T08:30/);
    await type('2021-03-06T09:00:00', 'change');
    expect(value.value).toBe('2021-03-06T01:00:00.000Z');
  });
});

describe('numbers', () => {
  it('of decimals are kept as they are typed', async () => {
    const { value, input, type } = mount('decimal', '12.50');
    expect(input.inputMode || input.getAttribute('inputmode')).toBe('decimal');
    expect(input.value).toBe('12.50');
    await type('1234567890.10', 'input');
    expect(value.value).toBe('1234567890.10');
  });
  it('of integers offer digits', async () => {
    const { value, input, type } = mount('integer', 7);
    expect(input.getAttribute('inputmode')).toBe('numeric');
    expect(input.value).toBe('7');
    await type('8', 'input');
    expect(value.value).toBe('8');
  });
});
