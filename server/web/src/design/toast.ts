// Short words about something that has just happened; they go by themselves, errors stay until closed.
import { reactive } from 'vue';

export interface Toast {
  id: number;
  text: string;
  kind: 'good' | 'bad';
}

export const toasts = reactive<Toast[]>([]);
let next = 1;

export function dismiss(id: number): void {
  const at = toasts.findIndex((toast) => toast.id === id);
  if (at >= 0) toasts.splice(at, 1);
}

export function toast(text: string, kind: Toast['kind'] = 'good'): void {
  const id = next++;
  toasts.push({ id, text, kind });
  if (kind === 'good') setTimeout(() => dismiss(id), 4000);
}
