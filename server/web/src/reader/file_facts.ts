// What extraction found a file to say of itself, for people: known keys by their names, others as the file has them.
import { t } from '../i18n';

const kKnown = ['author', 'subject', 'keywords', 'description', 'created', 'modified', 'creator', 'producer', 'archival', 'camera', 'location', 'duration', 'publisher', 'language'] as const;
type Known = (typeof kKnown)[number];
const isKnown = (key: string): key is Known => (kKnown as readonly string[]).includes(key);
const kHidden = new Set(['page_count', 'encoding', 'width', 'height', 'signed', 'document_id', 'last_modified_by', 'message_id']);

// Tags that e-invoices use (GB/T 33190 leaves them to each trade); others are shown by their own names.
const kTags = {
  InvoiceCode: 'facts.invoiceCode',
  InvoiceNo: 'facts.invoiceNumber',
  IssueDate: 'facts.issueDate',
  InvoiceCheckCode: 'facts.checkCode',
  BuyerName: 'facts.buyer',
  BuyerTaxID: 'facts.buyerTaxNumber',
  SellerName: 'facts.seller',
  SellerTaxID: 'facts.sellerTaxNumber',
  TaxExclusiveTotalAmount: 'facts.amount',
  TaxTotalAmount: 'facts.tax',
  TaxInclusiveTotalAmount: 'facts.total',
  InvoiceClerk: 'facts.clerk',
  Note: 'facts.note',
} as const;

function labelOf(key: string): string {
  if (isKnown(key)) return t(`facts.${key}`);
  if (!key.startsWith('tag.')) return key;
  const name = key.slice(key.lastIndexOf('/') + 1).replace(/^tag\./, '');
  return name in kTags ? t(kTags[name as keyof typeof kTags]) : name;
}

export function factsOf(metadata: Record<string, unknown>): [string, string][] {
  const keys = Object.keys(metadata).filter((key) => !kHidden.has(key) && !/^(signature|annotation)\./.test(key));
  const order = (key: string) => (isKnown(key) ? kKnown.indexOf(key) : kKnown.length);
  const facts = keys.sort((a, b) => order(a) - order(b)).map((key): [string, string] => [labelOf(key), String(metadata[key])]);
  return [...facts, ...annotationsOf(metadata)];
}

function annotationsOf(metadata: Record<string, unknown>): [string, string][] {
  const all: [string, string][] = [];
  for (let number = 1; `annotation.${number}.page` in metadata; number += 1) {
    const said = (key: string) => String(metadata[`annotation.${number}.${key}`] ?? '');
    const page = t('reader.pageShort', { page: said('page') });
    all.push([t('facts.annotation', { number }), [page, said('kind'), said('creator'), said('time')].filter(Boolean).join(' · ')]);
  }
  return all;
}

export interface Signature {
  seal: string;
  signer: string;
  method: string;
  time: string;
  changed: string; // the part that is not as it was signed
  holds: boolean | null; // null: could not be checked
}

export function signaturesOf(metadata: Record<string, unknown>): Signature[] {
  const all: Signature[] = [];
  for (let number = 1; `signature.${number}.kind` in metadata; number += 1) {
    const said = (key: string) => String(metadata[`signature.${number}.${key}`] ?? '');
    const [digests, value] = [said('digests'), said('value')];
    const broken = digests.startsWith('differ') || value === 'invalid';
    all.push({
      seal: said('seal'),
      signer: said('signer'),
      method: said('method'),
      time: said('time'),
      changed: digests.startsWith('differ: ') ? digests.slice(8) : '',
      holds: broken ? false : digests === 'match' && value === 'valid' ? true : null,
    });
  }
  return all;
}
