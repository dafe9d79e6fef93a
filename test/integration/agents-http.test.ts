import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createAgentRunner } from '../../src/agents/agent-runner.js';
import { parseConfig } from '../../src/config.js';
import type { AgentOutcome } from '../../src/shared/agent-call.js';
import type { AgentTask } from '../../src/shared/agent-contract.js';
import { isHosted } from '../../src/shared/agent-declaration.js';
import { agentTask } from '../fixtures/agent-task.js';

/** What the service saw of the last call, and whether the caller hung up. */
let seen: { headers: IncomingMessage['headers']; body: AgentTask };
let hungUp: Promise<void>;
let server: Server;
let origin: string;

const answers: Record<string, (response: ServerResponse) => void> = {
  '/fine': (response) => response.end(JSON.stringify({ success: true, output: 'done', cost: 1 })),
  '/malformed': (response) => response.end(JSON.stringify({ success: true, iterations: 'many' })),
  '/garbage': (response) => response.end('<html>'),
  '/error': (response) => response.writeHead(503).end('come back later'),
  '/redirect': (response) => response.writeHead(307, { location: '/fine' }).end(),
  '/echo': (response) => response.writeHead(401).end(`you sent ${seen.headers['authorization']}`),
  '/silent': () => undefined,
  '/half': (response) => {
    response.write('{"succ');
    setTimeout(() => response.destroy(), 20);
  },
  '/huge': (response) => {
    const chunk = Buffer.alloc(1024 * 1024, 'x');
    let left = 200;
    const more = (): void => {
      while (left > 0 && !response.destroyed) {
        left -= 1;
        if (!response.write(chunk)) {
          response.once('drain', more);
          return;
        }
      }
      response.end();
    };
    more();
  },
};

beforeAll(async () => {
  server = createServer((request, response) => {
    hungUp = new Promise((resolve) => {
      response.once('close', resolve);
    });
    let body = '';
    request.setEncoding('utf8').on('data', (chunk: string) => {
      body += chunk;
    });
    request.on('end', () => {
      seen = { headers: request.headers, body: JSON.parse(body) as AgentTask };
      answers[new URL(request.url ?? '', origin).pathname]?.(response);
    });
  });
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
afterAll(() => {
  server.closeAllConnections();
  server.close();
});

const task = agentTask({ description: 'mach es schön' });

const run = (url: string, more: object = {}, signal?: AbortSignal): Promise<AgentOutcome> => {
  const agents = [{ type: 'test', kind: 'http', url, ...more }];
  const [agent] = parseConfig({ agents }, 'journeyman.config.json').agents;
  if (agent === undefined || !isHosted(agent)) throw new Error('not hosted');
  return createAgentRunner(agent)(task, {
    signal: signal ?? new AbortController().signal,
    heartbeat: () => undefined,
    attempt: 2,
  });
};

it('posts the task and takes the report', async () => {
  process.env['AGENT_KEY'] = 'Bearer abc';
  const outcome = await run(`${origin}/fine`, {
    headers: { Authorization: 'env:AGENT_KEY', 'x-plain': 'text' },
  });
  delete process.env['AGENT_KEY'];
  expect(outcome).toMatchObject({ report: { success: true, output: 'done', cost: 1 }, source: 'agent' });
  expect(seen.body).toEqual(task);
  expect(seen.headers).toMatchObject({
    'content-type': 'application/json',
    'idempotency-key': 'key-1',
    'journeyman-attempt': '2',
    authorization: 'Bearer abc',
    'x-plain': 'text',
  });
});

it('hands no secret back that the service repeats', async () => {
  process.env['AGENT_KEY'] = 'Bearer abcdefgh12345678';
  const outcome = await run(`${origin}/echo`, { headers: { Authorization: 'env:AGENT_KEY' } });
  delete process.env['AGENT_KEY'];
  expect(outcome.reason).toContain('answered 401');
  expect(JSON.stringify(outcome)).toContain('you sent [redacted]');
  expect(JSON.stringify(outcome)).not.toContain('abcdefgh');
});

it('may be verified like any other', async () => {
  const outcome = await run(`${origin}/fine`, { verify: ['false'] });
  expect(outcome).toMatchObject({ report: { success: false }, source: 'verifier' });
});

describe('a service that misbehaves is a failure with a reason', () => {
  it.each([
    ['/malformed', /^malformed report: iterations: "many" is not allowed; expected number$/],
    ['/garbage', /answered no JSON; expected an AgentReport$/],
    ['/error', /answered 503$/],
    ['/redirect', /answered 307: redirects are not followed$/],
    ['/half', /failed: ECONNRESET$/],
    ['/huge', /^output limit: .* answered with more than 16 MiB$/],
  ])('%s', async (route, reason) => {
    const outcome = await run(`${origin}${route}`);
    expect(outcome).toMatchObject({ report: { success: false }, source: 'system' });
    expect(outcome.reason).toMatch(reason);
  });

  it('keeps what it said', async () => {
    expect((await run(`${origin}/error`)).report.errors).toContain('come back later');
  });

  it('that hangs', async () => {
    const outcome = await run(`${origin}/silent`, { limits: { startToCloseSeconds: 0.4 } });
    expect(outcome.reason).toMatch(/\/silent: timed out after 0\.3 s$/);
    await hungUp;
  });

  it('that is not there, without a word of credentials or query', async () => {
    const { reason } = await run('http://user:pass123@127.0.0.1:1/agent?key=secret');
    expect(reason).toBe('POST http://127.0.0.1:1/agent failed: ECONNREFUSED');
  });

  it('whose key is not in the environment', async () => {
    const { reason } = await run(`${origin}/fine`, { headers: { authorization: 'env:NOT_SET_ANYWHERE' } });
    expect(reason).toBe('header authorization: the environment variable NOT_SET_ANYWHERE is not set');
  });
});

it('hangs up when the call is cancelled', async () => {
  const cancel = new AbortController();
  const running = run(`${origin}/silent`, {}, cancel.signal);
  setTimeout(() => cancel.abort(new Error('stop it')), 100);
  await expect(running).rejects.toMatchObject({
    name: 'CallCancelled',
    outcome: { report: { errors: [expect.stringContaining('stop it')] } },
  });
  await hungUp;
});
