// What can go wrong with a request, in the shape of docs/formats/http.md (RFC 9457).
export interface FieldError {
  field: string;
  rule: string;
  message: string;
}

export interface ProblemBody {
  title?: string;
  status?: number;
  code?: string;
  detail?: string;
  message_id?: string;
  errors?: FieldError[];
  request_id?: string;
}

export class ApiError extends Error {
  readonly status: number;
  readonly code: string;
  readonly messageId: string;
  readonly fields: FieldError[];
  readonly requestId: string;
  readonly retryAfter: number;

  constructor(status: number, body: ProblemBody, retryAfter = 0) {
    super(body.detail || body.title || `HTTP ${status}`);
    this.status = status;
    this.code = body.code ?? (status === 0 ? 'offline' : 'internal');
    this.messageId = body.message_id ?? '';
    this.fields = body.errors ?? [];
    this.requestId = body.request_id ?? '';
    this.retryAfter = retryAfter;
  }
}

export function isApiError(error: unknown, code?: string): error is ApiError {
  return error instanceof ApiError && (code === undefined || error.code === code);
}

// Will the same request perhaps succeed in a moment? The line is down, or the server or what stands before it is busy.
export function isPassing(error: unknown): boolean {
  return error instanceof ApiError && [0, 429, 502, 503, 504].includes(error.status);
}

// What is wrong with one field of what was sent; undefined: nothing.
export function fieldMessage(error: unknown, field: string): string | undefined {
  return error instanceof ApiError ? error.fields.find((one) => one.field === field)?.message : undefined;
}
