// What extraction found a file to say of itself, for people: known keys by their names, others as the file has them.
import { t } from '../i18n';

const kKnown = ['author', 'subject', 'keywords', 'description', 'created', 'modified', 'creator', 'producer', 'archival', 'camera', 'location', 'duration', 'publisher', 'language'] as const;
type Known = (typeof kKnown)[number];
const isKnown = (key: string): key is Known => (kKnown as readonly string[]).includes(key);
const kHidden = new Set(['page_count', 'encoding', 'width', 'height', 'signed', 'document_id', 'last_modified_by', 'message_id']);

export function factsOf(metadata: Record<string, unknown>): [string, string][] {
  const keys = Object.keys(metadata).filter((key) => !kHidden.has(key) && !key.startsWith('signature.'));
  const order = (key: string) => (isKnown(key) ? kKnown.indexOf(key) : kKnown.length);
  return keys.sort((a, b) => order(a) - order(b)).map((key) => [isKnown(key) ? t(`facts.${key}`) : key, String(metadata[key])]);
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
