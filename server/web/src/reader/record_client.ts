// One record and what hangs on it: files, texts, page images, history.
import { apiUrl, get } from '../api/client';
import type { FileText, HistoryVersion, PageMarks, RecordBody, Suggestion } from '../api/types';

export const recordPath = (type: string, id: string) => `/records/${type}/${encodeURIComponent(id)}`;

export const getRecord = (type: string, id: string) => get<RecordBody>(recordPath(type, id));
export const getVersion = (type: string, id: string, version: number) => get<RecordBody>(`${recordPath(type, id)}/versions/${version}`);
// The latest versions first, a page at a time.
export const getHistory = (type: string, id: string, token = '') =>
  get<{ versions: HistoryVersion[]; next_page_token: string }>(`${recordPath(type, id)}/history`, token ? { page_token: token } : {});
export const getText = (type: string, id: string, file: number, q: string) => get<FileText>(`${recordPath(type, id)}/files/${file}/text`, { q });

export const getSuggestions = (type: string, id: string) => get<{ suggestions: Suggestion[] }>(`${recordPath(type, id)}/suggestions`);
export const getMarks = (type: string, id: string, file: number, page: number, q: string) =>
  get<PageMarks>(`${recordPath(type, id)}/files/${file}/pages/${page}/marks`, { q });

export const getPageCount = (type: string, id: string, file: number) => get<{ count: number }>(`${recordPath(type, id)}/files/${file}/pages`);

export const fileUrl = (type: string, id: string, file: number, version?: number) =>
  apiUrl(`${recordPath(type, id)}/files/${file}${version ? `/versions/${version}` : ''}`);
export const pageImageUrl = (type: string, id: string, file: number, page: number, width: number) =>
  apiUrl(`${recordPath(type, id)}/files/${file}/pages/${page}.png`, { width });

// Formats of which the server can show pages; of others it shows the text.
const kLaidOut = ['application/pdf', 'application/ofd', 'application/msword', 'application/rtf', 'application/vnd.ms-powerpoint', 'application/vnd.openxmlformats-officedocument.presentationml.presentation', 'application/vnd.oasis.opendocument.presentation', 'application/vnd.visio', 'application/wps-office.wps', 'application/wps-office.dps'];
// Texts and sheets: their pages on the picture are not the parts their text is read in.
const kFlowing = ['application/vnd.openxmlformats-officedocument.wordprocessingml.document', 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet', 'application/vnd.oasis.opendocument.text', 'application/vnd.oasis.opendocument.spreadsheet', 'application/vnd.oasis.opendocument.graphics', 'application/vnd.ms-excel', 'application/wps-office.et'];
export const flowsOnPages = (mediaType: string) => kFlowing.includes(mediaType);
export function hasPageImages(mediaType: string): boolean {
  return kLaidOut.includes(mediaType) || flowsOnPages(mediaType) || (mediaType.startsWith('image/') && mediaType !== 'image/svg+xml');
}
