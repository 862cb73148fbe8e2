// A queue whose errors are written for people.
import { ApiError } from '../api/problem';
import { t, tCode } from '../i18n';
import { UploadQueue, type Entry } from './upload_queue';

export function explain(error: unknown): string {
  if (!(error instanceof ApiError)) return error instanceof Error ? error.message : String(error);
  if (error.code === 'offline') return t('error.offline');
  const fields = error.fields.map((field) => field.message).join(' ');
  if (fields) return fields;
  return error.message && !error.message.startsWith('HTTP ') ? error.message : tCode('error', error.code, t('error.internal'));
}

export function makeQueue(settled?: (entry: Entry) => void): UploadQueue {
  return new UploadQueue(explain, settled);
}
