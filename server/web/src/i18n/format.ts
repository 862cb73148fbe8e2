// How numbers, sizes, dates and times are written for people.
import { language } from './index';

export function formatNumber(value: number): string {
  return value.toLocaleString(language.value === 'en' ? 'en' : 'zh');
}

export function formatSize(bytes: number): string {
  const units = ['B', 'KB', 'MB', 'GB', 'TB'];
  let value = bytes;
  let unit = 0;
  while (value >= 1024 && unit < units.length - 1) {
    value /= 1024;
    unit += 1;
  }
  const digits = unit === 0 || value >= 100 ? 0 : 1;
  return `${value.toFixed(digits)} ${units[unit]}`;
}

const two = (value: number) => String(value).padStart(2, '0');

export function formatTime(iso: string): string {
  const time = new Date(iso);
  if (Number.isNaN(time.getTime())) return iso;
  return `${time.getFullYear()}-${two(time.getMonth() + 1)}-${two(time.getDate())} ${two(time.getHours())}:${two(time.getMinutes())}`;
}

const kFormats: [RegExp, string][] = [
  [/^application\/pdf$/, 'PDF'],
  [/ofd/, 'OFD'],
  [/wordprocessingml|msword/, 'Word'],
  [/spreadsheetml|ms-excel/, 'Excel'],
  [/presentationml|ms-powerpoint/, 'PowerPoint'],
  [/^application\/(zip|x-zip)/, 'ZIP'],
  [/^application\/(x-)?(g?tar|gzip)/, 'TAR'],
  [/^text\/html/, 'HTML'],
  [/^text\/csv/, 'CSV'],
  [/^text\/plain/, 'TXT'],
  [/^image\/(x-)?([a-z]+)/, '$2'],
];

// A media type as people call it; the type itself when it has no such name.
export function formatName(mediaType: string): string {
  for (const [pattern, name] of kFormats) {
    const found = pattern.exec(mediaType);
    if (found) return name === '$2' ? (found[2] ?? '').toUpperCase() : name;
  }
  return mediaType;
}
