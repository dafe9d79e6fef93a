/** What went wrong with a call of the model, in words, and whether it is worth another try. */
import { APICallError, InvalidResponseDataError, JSONParseError, TypeValidationError } from 'ai';
import { clip, firstLine } from '../clip.js';

const SAID_CHARS = 2_000;

export interface Trouble {
  /** One line. */
  reason: string;
  /** What the endpoint said of it. */
  said?: string;
  /** `some`: a few times; `always`: as long as there is time, for the endpoint says it will get better. */
  retry: 'never' | 'some' | 'always';
  /** Milliseconds that the endpoint asks to wait. */
  waitMs?: number;
}

/** What messages name, and what they must not. */
export interface CallName {
  /** Of the endpoint. */
  endpoint: string;
  model: string;
  /** Variable that holds the key. */
  apiKeyEnv?: string | undefined;
  /** Takes secrets out of what the endpoint said: before it is cut, for half a secret is not found. */
  scrub: (text: string) => string;
}

const transientCodes = new Set([
  'ECONNRESET',
  'ECONNREFUSED',
  'ECONNABORTED',
  'ETIMEDOUT',
  'EPIPE',
  'EAI_AGAIN',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'ERR_STREAM_PREMATURE_CLOSE',
]);

/** Explains an error of a call. Pure. @param now epoch milliseconds, for dates in `retry-after` */
export function troubleOf(error: unknown, name: CallName, now: number): Trouble {
  const code = codeOf(error);
  if (APICallError.isInstance(error) && error.statusCode !== undefined && error.statusCode !== 200)
    return ofStatus(error.statusCode, error, name, now);
  if (code !== undefined)
    return { reason: `${name.endpoint} failed: ${code}`, retry: transientCodes.has(code) ? 'some' : 'never' };
  if (JSONParseError.isInstance(error) || TypeValidationError.isInstance(error))
    return {
      reason: `${name.endpoint} sent an event that is no part of an answer`,
      said: firstLine(name.scrub(error.message)),
      retry: 'some',
    };
  if (InvalidResponseDataError.isInstance(error))
    return { reason: `${name.endpoint} broke the answer off in the middle`, retry: 'some' };
  const told = errorEvent(error);
  if (told !== null) {
    const { message, status } = told;
    const retry = status === null || isTransient(status) ? 'some' : 'never';
    return {
      reason: `${name.endpoint} sent an error in the middle of its answer`,
      said: clip(name.scrub(message), SAID_CHARS),
      retry,
    };
  }
  const why = error instanceof Error ? error.message : String(error);
  return { reason: `${name.endpoint} failed: ${firstLine(name.scrub(why))}`, retry: 'never' };
}

function ofStatus(status: number, error: APICallError, name: CallName, now: number): Trouble {
  const body = error.responseBody?.trim() ?? '';
  const said = body === '' ? {} : { said: clip(name.scrub(body), SAID_CHARS) };
  const waitMs = askedWait(error.responseHeaders ?? {}, now);
  const wait = waitMs === undefined ? {} : { waitMs };
  const answered = `${name.endpoint} answered ${status}`;
  if (status === 401 || status === 403) {
    const key = name.apiKeyEnv === undefined ? 'no apiKeyEnv is declared' : `the key in ${name.apiKeyEnv}`;
    return { reason: `${answered}: access was refused (${key})`, ...said, retry: 'never' };
  }
  if (status === 404)
    return {
      reason: `${answered}: it has no model ${JSON.stringify(name.model)}, or nothing at this address`,
      ...said,
      retry: 'never',
    };
  if (status >= 300 && status < 400)
    return { reason: `${answered}: redirects are not followed`, retry: 'never' };
  // A budget that is used up answers 429 as well, and waiting does not fill it.
  if (status === 429 && /insufficient_quota/.test(body))
    return { reason: `${answered}: its quota is used up`, ...said, retry: 'never' };
  if (status === 429) return { reason: `${answered}: too many requests`, ...said, ...wait, retry: 'always' };
  const gist = firstLine(name.scrub(error.message));
  return {
    reason: gist === '' ? answered : `${answered}: ${gist}`,
    ...said,
    ...wait,
    retry: isTransient(status) ? 'some' : 'never',
  };
}

const isTransient = (status: number): boolean =>
  status === 408 || status === 409 || status === 425 || status === 429 || status >= 500;

/**
 * Milliseconds that an answer's headers ask to wait: `retry-after-ms`, or `retry-after` in seconds or as a date
 * (RFC 9110, 10.2.3). Pure.
 */
export function askedWait(headers: Record<string, string>, now: number): number | undefined {
  const ms = Number.parseFloat(headers['retry-after-ms'] ?? '');
  if (ms >= 0) return ms;
  const after = headers['retry-after']?.trim();
  if (after === undefined) return undefined;
  if (/^\d+(\.\d+)?$/.test(after)) return Number(after) * 1_000;
  // Without the weekday that begins one, other numbers would pass for years.
  const date = /^[a-z]/i.test(after) ? Date.parse(after) : Number.NaN;
  return Number.isNaN(date) ? undefined : Math.max(0, date - now);
}

/** The system's code of a connection that failed, of the error or of what caused it. */
function codeOf(error: unknown): string | undefined {
  let current = error;
  for (let depth = 0; depth < 5 && current instanceof Error; depth += 1) {
    const { code } = current as NodeJS.ErrnoException;
    if (typeof code === 'string') return code;
    current = current.cause;
  }
  return undefined;
}

/** An error that came as an event of the stream, after the status said that all is well. */
function errorEvent(error: unknown): { message: string; status: number | null } | null {
  if (typeof error !== 'object' || error === null || error instanceof Error) return null;
  const { message, code } = error as Record<string, unknown>;
  if (typeof message !== 'string') return null;
  const status = Number(code);
  return { message, status: status >= 400 && status < 600 ? status : null };
}
