// What does the server say of a form while somebody types: which fields apply, which must be filled in, what is wrong?
// It evaluates the declarations' conditions and rules, so that they are decided in one place; without an answer the form
// shows every field and the save has the last word.
import { onBeforeUnmount, ref } from 'vue';
import { request } from '../api/client';
import type { FieldError } from '../api/problem';
import type { Fields } from '../api/types';

export interface RecordCheck {
  hidden: string[];
  required: string[];
  errors: FieldError[];
}

const kNothing: RecordCheck = { hidden: [], required: [], errors: [] };
const kPause = 250; // ms without a key before the server is asked

export function useLiveCheck(type: () => string, fields: () => Fields) {
  const said = ref<RecordCheck>(kNothing);
  let timer: number | undefined;
  let asking: AbortController | undefined;

  async function ask(): Promise<void> {
    window.clearTimeout(timer);
    asking?.abort();
    const mine = (asking = new AbortController());
    try {
      const answer = await request<RecordCheck>('POST', `/records/${type()}/check`, { json: { fields: fields() }, signal: mine.signal });
      if (asking === mine) said.value = answer.body;
    } catch {
      // Overtaken by the next question, or no line: what was known stays, and saving says what is wrong.
    }
  }
  function askSoon(): void {
    window.clearTimeout(timer);
    timer = window.setTimeout(() => void ask(), kPause);
  }
  onBeforeUnmount(() => {
    window.clearTimeout(timer);
    asking?.abort();
  });
  return { said, ask, askSoon };
}
