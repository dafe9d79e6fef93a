/** The HTTP service that takes in CI results. */
import { createHash, createHmac, timingSafeEqual } from 'node:crypto';
import { type Context, Hono } from 'hono';
import { bodyLimit } from 'hono/body-limit';
import { readCiResult } from '../shared/ci-result.js';
import { InvalidInputError, NotFoundError, preview } from '../shared/errors.js';
import type { Feedback } from '../shared/feedback.js';
import { StoreUnavailableError } from '../store/store.js';
import type { FeedbackResult } from '../task-feedback.js';
import { isLoopback } from './address.js';
import { type CiTaken, takeCiResult } from './take-ci-result.js';

export interface CiWebhookOptions {
  /** Shared with the sender. Null: no sender is checked, and only this machine's are let in. */
  secret: string | null;
  /** Name of the branches of tasks, with `{taskId}` in it. */
  branch: string;
  /** Whether the messages of commits may name tasks. */
  trailers?: boolean;
  give: (taskId: string, feedback: Feedback) => Promise<FeedbackResult>;
  /** Told what was done with each event. */
  onTaken?: (taken: CiTaken) => void;
  /** Told what went wrong here. */
  onError?: (error: unknown) => void;
}

const MAX_BODY = 1_000_000;

/** Makes the service: POST /ci. What is refused is told as `{ field, value, allowed }`. */
export function createCiWebhook(options: CiWebhookOptions): Hono {
  const { secret, branch, trailers, give, onTaken, onError } = options;
  const app = new Hono();
  const limit = bodyLimit({
    maxSize: MAX_BODY,
    onError: (c) => refuse(c, 413, 'body', 'too long', `at most ${MAX_BODY} bytes`),
  });
  app.post('/ci', limit, async (c) => {
    const header = (name: string): string => c.req.header(name) ?? '';
    // Web pages may send other types to this machine without asking; JSON they may not.
    if (!/^application\/json\b/i.test(header('content-type')))
      return refuse(c, 415, 'Content-Type', header('content-type'), 'application/json');
    if (secret === null && !isLoopback(header('host').replace(/:\d+$/, '')))
      return refuse(c, 403, 'Host', header('host'), 'this machine, unless a secret is set');
    const body = Buffer.from(await c.req.arrayBuffer());
    if (secret !== null && !isSigned(secret, body, header))
      return refuse(
        c,
        401,
        'signature',
        null,
        'X-Hub-Signature-256 over the body, or X-Gitlab-Token, made with the secret',
      );
    const event = header('x-github-event');
    const payload = parsed(body);
    if (payload === undefined) return refuse(c, 400, 'body', body.toString('utf8', 0, 80), 'JSON');
    const result = readCiResult(payload, { branch, trailers, ...(event === '' ? {} : { event }) });
    const taken = await takeCiResult(result, give);
    onTaken?.(taken);
    return c.json(taken, 202);
  });
  app.notFound((c) => refuse(c, 404, 'path', `${c.req.method} ${c.req.path}`, 'POST /ci'));
  app.onError((error, c) => {
    if (error instanceof InvalidInputError) return refuse(c, 400, error.field, error.value, error.allowed);
    if (error instanceof NotFoundError)
      return refuse(c, 404, 'taskId', error.message, 'a task that was started');
    onError?.(error);
    const away = error instanceof StoreUnavailableError;
    return c.json(
      { error: away ? 'the store is out of reach; send it again later' : 'failed' },
      away ? 503 : 500,
    );
  });
  return app;
}

const refuse = (
  c: Context,
  status: 400 | 401 | 403 | 404 | 413 | 415,
  field: string,
  value: unknown,
  allowed: string,
) => c.json({ field, value: typeof value === 'string' ? value : preview(value), allowed }, status);

function isSigned(secret: string, body: Buffer, header: (name: string) => string): boolean {
  const signature = `sha256=${createHmac('sha256', secret).update(body).digest('hex')}`;
  return isSame(header('x-hub-signature-256'), signature) || isSame(header('x-gitlab-token'), secret);
}

/** In a time that tells nothing of where they differ, nor of the length. */
function isSame(given: string, expected: string): boolean {
  const digest = (text: string): Buffer => createHash('sha256').update(text).digest();
  return timingSafeEqual(digest(given), digest(expected));
}

function parsed(body: Buffer): unknown {
  try {
    return JSON.parse(body.toString('utf8')) as unknown;
  } catch {
    return undefined;
  }
}
