// Where are the hits in a text of pages, and which comes next? Marks are UTF-16 offsets from the server. Pure.
import type { TextPage } from '../api/types';

export interface HitPlace {
  page: number; // page number
  mark: number; // index of the mark on that page
}

export interface Piece {
  text: string;
  mark: number; // -1: plain text
}

export function placesOf(pages: readonly TextPage[]): HitPlace[] {
  return pages.flatMap((page) => sane(page).map((_, mark) => ({ page: page.number, mark })));
}

// Marks in order, inside the text, not overlapping: whatever the server says, the text is shown once and whole.
export function sane(page: TextPage): [number, number][] {
  let end = 0;
  const kept: [number, number][] = [];
  for (const [from, to] of [...(page.marks ?? [])].sort((a, b) => a[0] - b[0])) {
    if (from < end || to <= from || to > page.text.length) continue;
    kept.push([from, to]);
    end = to;
  }
  return kept;
}

export function piecesOf(page: TextPage): Piece[] {
  const pieces: Piece[] = [];
  let at = 0;
  sane(page).forEach(([from, to], mark) => {
    if (from > at) pieces.push({ text: page.text.slice(at, from), mark: -1 });
    pieces.push({ text: page.text.slice(from, to), mark });
    at = to;
  });
  if (at < page.text.length) pieces.push({ text: page.text.slice(at), mark: -1 });
  return pieces;
}

// The first hit on or after a page; 0 when all are before it; -1 when there is none.
export function firstAt(places: readonly HitPlace[], page: number): number {
  if (places.length === 0) return -1;
  const found = places.findIndex((place) => place.page >= page);
  return found < 0 ? 0 : found;
}

export function stepped(places: readonly HitPlace[], at: number, by: 1 | -1): number {
  if (places.length === 0) return -1;
  return (at + by + places.length) % places.length;
}
