// How is a field's value written for people? Pure but for the labels it looks up.
import type { Fields, LinkLabel, RecordBody } from '../api/types';
import { formatTime } from '../i18n/format';
import { t } from '../i18n';
import { termLabel, type FieldDecl, type TypeDecl } from './schema';

export function isEmpty(value: unknown): boolean {
  return value === undefined || value === null || value === '' || (Array.isArray(value) && value.length === 0);
}

function one(field: FieldDecl, value: unknown, links: LinkLabel[]): string {
  if (isEmpty(value)) return '';
  switch (field.kind) {
    case 'term':
      return termLabel(field.vocabulary, String(value));
    case 'boolean':
      return value ? t('common.yes') : t('common.no');
    case 'timestamp':
      return formatTime(String(value));
    case 'link':
      return links.find((link) => link.id === value)?.title ?? t('record.hidden');
    case 'table':
      return (field.columns ?? []).map((column) => one(column, (value as Fields)[column.name], links)).filter(Boolean).join(' · ');
    default:
      return typeof value === 'object' ? JSON.stringify(value) : String(value);
  }
}

export function linksOf(record: RecordBody | undefined, field: string): LinkLabel[] {
  const found = record?.links?.[field];
  if (!found) return [];
  return Array.isArray(found) ? found : [found];
}

export function displayValue(field: FieldDecl, value: unknown, record?: RecordBody): string {
  const links = linksOf(record, field.name);
  if (Array.isArray(value)) return value.map((each) => one(field, each, links)).filter(Boolean).join(field.kind === 'table' ? '\n' : '、');
  return one(field, value, links);
}

export function recordTitle(record: RecordBody | undefined, type: TypeDecl | undefined): string {
  if (!record) return '';
  const title = record.title || record.fields[type?.title_field ?? ''];
  return isEmpty(title) ? t('record.untitled') : String(title);
}
