// The words of the form's own checks.
import { t } from '../i18n';
import type { Complaints } from './form_model';

export function complaints(): Complaints {
  return {
    required: (field) => t('check.required', { field }),
    integer: (field) => t('check.integer', { field }),
    decimal: (field) => t('check.decimal', { field }),
    range: (field, min, max) => t('check.range', { field, min: min ?? '…', max: max ?? '…' }),
    length: (field, max) => t('check.length', { field, max }),
    date: (field) => t('check.date', { field }),
    pattern: (field) => t('check.pattern', { field }),
  };
}
