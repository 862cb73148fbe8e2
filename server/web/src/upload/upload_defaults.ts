// What was filled in above the files to upload. Kept while the application runs, for each person, so that signing in again
// or looking something up meanwhile loses nothing.
import { reactive } from 'vue';
import type { Fields } from '../api/types';

const kept = new Map<string, Fields>();

export function uploadDefaults(account: string, fresh: () => Fields): Fields {
  let values = kept.get(account);
  if (!values) {
    values = reactive(fresh());
    kept.set(account, values);
  }
  return values;
}
