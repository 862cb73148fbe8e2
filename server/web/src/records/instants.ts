// A moment is kept in UTC and shown and typed by the reader's own clock.
const two = (value: number) => String(value).padStart(2, '0');

// As <input type="datetime-local"> wants it, to the second; empty: no moment.
export function localInput(iso: unknown): string {
  const time = typeof iso === 'string' && iso !== '' ? new Date(iso) : undefined;
  if (!time || Number.isNaN(time.getTime())) return '';
  const date = `${String(time.getFullYear()).padStart(4, '0')}-${two(time.getMonth() + 1)}-${two(time.getDate())}`;
  return `${date}T${two(time.getHours())}:${two(time.getMinutes())}:${two(time.getSeconds())}`;
}

export function fromLocalInput(local: string): string {
  const time = local === '' ? undefined : new Date(local);
  return !time || Number.isNaN(time.getTime()) ? '' : time.toISOString();
}
