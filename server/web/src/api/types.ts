// The shapes of docs/formats/http.md, as this application reads them.
export type DepartmentScope = 'all' | 'subtree' | 'own';
export type SignsInBy = 'password' | 'directory' | 'provider';
export interface Account {
  id: string;
  login: string;
  name: string;
  roles: string[];
  clearance: number;
  departments: string[];
  scope?: DepartmentScope;
  must_change_password?: boolean;
  disabled?: boolean;
  version?: number;
  second_factor?: boolean;
  password_set?: string;
  person?: string; // id of the record of the person it belongs to
  departments_by_post?: boolean;
  signs_in_by?: SignsInBy;
}
// As which post and for whom the session acts.
export interface ActingNow {
  post: string;
  post_name: string;
  on_behalf_of: string;
  on_behalf_of_name: string;
  choice: boolean; // there is another
}
export interface Delegation {
  id: string;
  from: string;
  from_name: string;
  to: string;
  to_name: string;
  post: string;
  post_name: string;
  begins: string;
  ends: string;
  reason: string;
  by: string;
  by_name: string;
}
export interface Acting {
  post: string;
  post_name: string;
  delegation: string;
  on_behalf_of: string;
  on_behalf_of_name: string;
  posts: { id: string; name: string }[];
  delegations: Delegation[];
}

export interface SecondFactorState {
  on: boolean;
  recovery_codes_left: number;
}
export interface Enrolment {
  secret: string;
  uri: string;
}
export interface OpenSession {
  id: string;
  address: string;
  agent: string;
  opened: string;
  used: string;
  expires: string;
  current: boolean;
}

// What is due before the session may do anything else.
export type Duty = '' | 'change_password' | 'set_up_second_factor';
export interface SessionAnswer {
  account: Account;
  csrf_token: string;
  expires: string;
  duty: Duty;
  verified: boolean; // the password was given a short while ago
  acting: ActingNow;
  password_characters: number; // that a new password has at least
  purpose: string; // what one searches for records for
  purpose_wanted: boolean;
}
// A record that somebody may read for a time.
export interface Grant {
  record: string;
  title: string; // empty: not for the caller to see
  account: string;
  account_name: string;
  until: string;
  reason: string;
  by: string;
  by_name: string;
  given: string;
}
export type Ground = 'role' | 'clearance' | 'department' | 'closed' | 'owner' | 'lent' | 'all';
export interface RecordAccess {
  level: string;
  department: string;
  closed: boolean;
  within: { record: string; title: string }[];
  people: { account: string; login: string; name: string; visible: boolean; ground: Ground }[];
}
export interface AccountAccess {
  account: Account;
  all_departments: boolean;
  departments: { record: string; title: string }[];
  types: { type: string; actions: string[]; seen: number | null }[];
  grants: Grant[];
}
export interface SecurityPolicy {
  officers_combined: boolean;
  second_factor_roles: string[];
  purpose_roles: string[];
  password_characters: number;
  password_days: number;
  password_history: number;
}

export type FieldValue = unknown;
export type Fields = Record<string, FieldValue>;

export interface FileVersion {
  number: number;
  name: string;
  size: number;
  media_type: string;
  digest: string;
  added: string;
  author: string;
  author_name?: string;
}

export interface FileEntry {
  number: number;
  role: string;
  name: string;
  size: number;
  media_type: string;
  digest: string;
  version: number;
  versions?: FileVersion[];
  extraction?: { state: 'waiting' | 'done' | 'failed'; pages?: number; format?: string; puid?: string; error?: { code: string; message: string } | null };
}

// An element of an official document that a field takes, and where it stands.
export interface Suggestion {
  field: string;
  value: unknown;
  confidence: number;
  file: number;
  places: { page: number; begin: number; end: number; text: string }[];
}

export interface RecordBody {
  type: string;
  id: string;
  version: number;
  created: string;
  modified: string;
  author: string;
  author_name?: string;
  title?: string;
  fields: Fields;
  files?: FileEntry[];
  links?: Record<string, LinkLabel | LinkLabel[]>;
}

export interface LinkLabel {
  id: string;
  title: string | null; // null: not visible to the caller
}

export interface RecordPage {
  records: RecordBody[];
  next_page_token?: string;
}

export interface HistoryVersion {
  version: number;
  time: string;
  author: string;
  author_name?: string;
  operation: string;
  differences: { field: string; before: FieldValue; after: FieldValue }[];
}

export interface Hit {
  rank: number;
  partial?: boolean;
  score: number;
  type: string;
  id: string;
  record: string;
  title: string;
  reference_code?: string;
  date?: string;
  department?: string;
  file?: { number: number; name: string } | null;
  page?: number | null;
  snippet: Part[];
  missing?: string[]; // what was typed and it does not have
}

export interface Part {
  text: string;
  hit: boolean;
}

// A name that what is typed may become; the parts that were typed are hits.
export interface Completion {
  name: string;
  type: string;
  id: string;
  parts: Part[];
}

export interface Completions {
  completions: Completion[];
  searches: string[]; // own past ones
}

export interface Facet {
  field: string;
  label: string;
  values: { value: string; label: string; count: number }[];
}

export interface SearchAnswer {
  total: number;
  partial?: number;
  total_is_exact: boolean;
  hits: Hit[];
  facets: Facet[];
  hints: { code: string; detail?: string; message: string }[];
  next_page_token?: string;
  took_ms?: number;
  asked_at?: string;
  position?: number;
}

export interface TextPage {
  number: number;
  text: string;
  ocr?: boolean;
  marks?: [number, number][];
}

export interface FileText {
  state: 'waiting' | 'done' | 'failed';
  error?: { code: string; message: string } | null;
  pages: TextPage[];
  embedded?: { path: string; media_type?: string; size?: number; pages?: TextPage[] }[];
  metadata?: Record<string, unknown>;
  format?: string;
  media_type?: string;
}

export interface PageMarks {
  page: number;
  ocr: boolean;
  marks: { text: string; boxes: [number, number, number, number][] }[]; // left, top, right, bottom, in fractions of the image
}

export interface TreeNode {
  node: string;
  kind: 'fonds' | 'class' | 'year' | 'retention' | 'volume' | 'item';
  label: string;
  count?: number;
  record?: string | null;
  has_children: boolean;
}

export interface ImportStatus {
  import: string;
  state: 'running' | 'done' | 'failed' | 'cancelled';
  dry_run: boolean;
  done: number;
  total: number;
  created: number;
  updated: number;
  unchanged: number;
  skipped: number;
  planned: number;
  failed: number;
  error?: string;
  results: ImportResult[];
  next_page_token?: string;
}

export interface ImportResult {
  path: string;
  record?: string;
  status: string;
  media_type?: string;
  error?: string;
}

export interface AuditEntry {
  sequence: number;
  time: string;
  [key: string]: unknown;
}

export interface AccessToken {
  scope: 'read' | 'write' | 'all';
  id: string; // not the secret
  label: string;
  created: string;
  expires: string;
}
