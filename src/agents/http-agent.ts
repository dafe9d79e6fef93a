/** Agents that are services. */
import { request as httpRequest, type IncomingMessage } from 'node:http';
import { request as httpsRequest } from 'node:https';
import type { AgentReport, AgentTask } from '../shared/agent-contract.js';
import type { HttpAgent } from '../shared/agent-declaration.js';
import { AgentFailure } from './agent-failure.js';
import type { AgentKind, KindRun } from './agent-kind.js';
import { clip } from './clip.js';
import { declaredHeaders } from './declared-headers.js';
import type { InboxServer } from './inbox-server.js';
import { checkedReport } from './read-report.js';
import { createScrubber } from './secrets.js';

/** Largest response that is read; reports are cut far below it. */
const RESPONSE_LIMIT_BYTES = 16 * 1024 * 1024;
const ERROR_BODY_CHARS = 2_000;

/**
 * Posts the task to the declared URL and takes an AgentReport back. The agent may take as long as the
 * declaration's limits allow, silent or not: fetch would end it after five minutes without headers.
 *
 * @param inboxServer tells the agent, in the task's `inbox`, where it can read news meanwhile
 */
export function httpAgent(declaration: HttpAgent, inboxServer?: InboxServer): AgentKind {
  const url = new URL(declaration.url);
  // Credentials and query may be secret, so errors never name them.
  const name = `POST ${url.origin}${url.pathname}`;
  return async (task, run) => {
    const inbox = (await inboxServer?.publish(run.inbox, url)) ?? null;
    try {
      return await call(inbox === null ? task : { ...task, inbox: inbox.url }, run);
    } finally {
      inbox?.close();
    }
  };

  async function call(task: AgentTask, run: KindRun): Promise<AgentReport> {
    const body = JSON.stringify(task);
    const { headers, secrets } = declaredHeaders(declaration.headers);
    // A service may repeat in its errors what it was sent.
    const scrubber = createScrubber(secrets);
    const response = await post(
      url,
      name,
      body,
      { ...headersOf(task, body, run), ...lowerCased(headers) },
      run,
    );
    const status = response.statusCode ?? 0;
    const text = await textOf(response, name, run);
    if (status >= 300 && status < 400) {
      throw new AgentFailure(`${name} answered ${status}: redirects are not followed`);
    }
    if (status < 200 || status >= 300) {
      const said = clip(scrubber.text(text.trim()), ERROR_BODY_CHARS);
      throw new AgentFailure(`${name} answered ${status}`, said === '' ? [] : [said]);
    }
    let parsed: unknown;
    try {
      parsed = JSON.parse(text);
    } catch {
      throw new AgentFailure(`${name} answered no JSON; expected an AgentReport`, [], {
        output: clip(scrubber.text(text), ERROR_BODY_CHARS),
      });
    }
    return scrubber.value(checkedReport(parsed));
  }
}

function headersOf(task: AgentTask, body: string, run: KindRun): Record<string, string> {
  return {
    accept: 'application/json',
    'content-type': 'application/json',
    'content-length': String(Buffer.byteLength(body)),
    'idempotency-key': encodeURI(task.idempotencyKey),
    'journeyman-attempt': String(run.attempt),
  };
}

const lowerCased = (headers: Record<string, string>): Record<string, string> =>
  Object.fromEntries(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value]));

function post(
  url: URL,
  name: string,
  body: string,
  headers: Record<string, string>,
  run: KindRun,
): Promise<IncomingMessage> {
  return new Promise((resolve, reject) => {
    const send = url.protocol === 'https:' ? httpsRequest : httpRequest;
    // A connection of its own for each call: a kept one may be closed by the service just as it is used.
    const outgoing = send(url, { method: 'POST', headers, agent: false, signal: run.signal }, resolve);
    outgoing.on('error', (error) => reject(brokenOff(error, name, run)));
    outgoing.end(body);
  });
}

async function textOf(response: IncomingMessage, name: string, run: KindRun): Promise<string> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  try {
    for await (const chunk of response as AsyncIterable<Buffer>) {
      bytes += chunk.length;
      run.onBytes(chunk.length);
      if (bytes > RESPONSE_LIMIT_BYTES) {
        throw new AgentFailure(
          `output limit: ${name} answered with more than ${RESPONSE_LIMIT_BYTES / 1024 / 1024} MiB`,
        );
      }
      chunks.push(chunk);
    }
  } catch (error) {
    throw brokenOff(error, name, run);
  } finally {
    response.destroy();
  }
  return Buffer.concat(chunks).toString('utf8');
}

function brokenOff(error: unknown, name: string, run: KindRun): AgentFailure {
  if (error instanceof AgentFailure) return error;
  if (run.signal.aborted) {
    const why: unknown = run.signal.reason;
    return new AgentFailure(`${name}: ${why instanceof Error ? why.message : 'cancelled'}`);
  }
  const { code, message } = error as NodeJS.ErrnoException;
  return new AgentFailure(`${name} failed: ${code ?? message}`);
}
