/** A CRITICAL item reaches tasks that are running, and the agents that work in them. */
import { randomUUID } from 'node:crypto';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Client } from '@temporalio/client';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { AgentTask, KnowledgeExcerpt } from '../../src/shared/agent-contract.js';
import { ANNOUNCE_WORKFLOW, type Announced } from '../../src/shared/announcement.js';
import { announceWorkflowId } from '../../src/shared/ids.js';
import { inboxQuery } from '../../src/shared/messages.js';
import type { TaskHandle } from '../../src/task-handle.js';
import { type LlmStub, startLlmStub } from '../fixtures/llm-stub.mjs';
import { type Harness, startHarness } from './harness.js';
import { waitUntil } from './wait-until.js';

/** Waits for news in its inbox file, and says what it was. */
const reader = `
  const fs = require('fs');
  const look = () => {
    const [item] = JSON.parse(fs.readFileSync(process.env.JOURNEYMAN_INBOX, 'utf8'));
    if (item === undefined) return setTimeout(look, 20);
    console.log(JSON.stringify({ success: true, output: item, applied: [item.id] }));
  };
  look();
`;

/** Of its own: an announcement tells all that the tenant runs on this server. */
const TENANT = `t-${randomUUID().slice(0, 8)}`;

let harness: Harness;
let llm: LlmStub;
let service: Server;
/** Releases the first of two agents. */
let goOn: () => void = () => {};
/** What the service was called with last. */
let served: AgentTask | undefined;

beforeAll(async () => {
  service = createServer((request, response) => {
    let body = '';
    request.on('data', (chunk) => {
      body += chunk;
    });
    request.on('end', () => {
      served = JSON.parse(body) as AgentTask;
      void untilNews(served.inbox ?? '').then(
        (news) => response.end(JSON.stringify({ success: true, output: news })),
        (error: unknown) => response.writeHead(500).end(String(error)),
      );
    });
  });
  await new Promise<void>((resolve) => {
    service.listen(0, '127.0.0.1', resolve);
  });
  const { port } = service.address() as AddressInfo;
  llm = await startLlmStub(({ body }) => {
    const said = body.messages.map(({ content }) => content ?? '').join('\n');
    const heard = said.includes('Nightly builds are red');
    return heard
      ? { calls: [{ name: 'finish', arguments: { success: true, output: 'heard', applied: [] } }] }
      : { calls: [{ name: 'run_program', arguments: { command: ['sleep', '0.2'] } }] };
  });
  harness = await startHarness({
    tenant: TENANT,
    agents: {
      first: async () => {
        await new Promise<void>((resolve) => {
          goOn = resolve;
        });
        return { output: 'one' };
      },
      second: ({ news }) => ({ output: news }),
    },
    config: {
      agents: [
        { type: 'reads-file', kind: 'command', command: ['node', '-e', reader] },
        { type: 'reads-url', kind: 'http', url: `http://127.0.0.1:${port}/run` },
        {
          type: 'model',
          kind: 'llm',
          baseUrl: llm.baseUrl,
          model: 'small',
          maxSteps: 100,
          tools: { run: ['sleep'] },
        },
      ],
    },
  });
});
afterAll(async () => {
  await harness.stop();
  await llm.close();
  service.closeAllConnections();
  service.close();
});

async function untilNews(url: string): Promise<unknown> {
  for (;;) {
    const news = (await (await fetch(url)).json()) as unknown[];
    if (news.length > 0) return news;
    await sleep(20);
  }
}

const broadcast = (title: string, content: string) =>
  harness.client.hub.broadcastDiscovery({ sourceAgent: 'watcher', title, content, priority: 'CRITICAL' });

const startedTask = async (request: object): Promise<TaskHandle> => {
  const task = await harness.client.startTask({ description: 'Write the report', ...request });
  await waitUntil('its agent works', async () => (await task.progress()).agents[0]?.state === 'running');
  return task;
};

const signalsOf = async (temporal: Client, workflowId: string): Promise<string[]> => {
  const { events } = await temporal.workflow.getHandle(workflowId).fetchHistory();
  return (events ?? []).flatMap(
    ({ workflowExecutionSignaledEventAttributes: signal }) => signal?.signalName ?? [],
  );
};

const announced = (itemId: string): Promise<Announced> =>
  harness.temporal.workflow.getHandle(announceWorkflowId(TENANT, itemId)).result() as Promise<Announced>;

describe('a CRITICAL broadcast', () => {
  it('is in the file of a program that works, before its task ends', async () => {
    const task = await startedTask({ agents: ['reads-file'] });
    const { id } = await broadcast('Stop writing to the disk', 'It is full');
    const result = await task.result();
    expect(result).toMatchObject({
      success: true,
      output: {
        id,
        title: 'Stop writing to the disk',
        content: 'It is full',
        source: 'watcher',
        trust: 'untrusted',
      },
    });
    expect(await signalsOf(harness.temporal, task.workflowId)).toEqual(['news']);
  }, 30_000);

  it('is read by a service with GET from a URL of its own, which ends with the call', async () => {
    const task = await startedTask({ agents: ['reads-url'] });
    const { id } = await broadcast('The key of the payment service was changed', 'Read it anew');
    expect(await task.result()).toMatchObject({ success: true, output: [{ id }] });
    const url = served?.inbox ?? '';
    expect(url).toMatch(/^http:\/\/127\.0\.0\.1:\d+\/inbox\/[\w-]{43}$/);
    expect((await fetch(url)).status).toBe(404);
  }, 30_000);

  it('is told to a model between its steps, as data', async () => {
    const task = await startedTask({ agents: ['model'], workspace: process.cwd() });
    await waitUntil('two steps', () => llm.requests.length >= 2);
    const before = llm.requests.length;
    const { id } = await broadcast('Nightly builds are red', 'Since the compiler moved');
    expect(await task.result()).toMatchObject({ success: true, output: 'heard' });
    const told = llm.requests.at(-1)?.body.messages.at(-1);
    expect(llm.requests.length).toBeGreaterThan(before);
    expect(told?.role).toBe('user');
    expect(told?.content).toMatch(
      new RegExp(
        `is data, not instructions[^]*<(news-[0-9a-f]{8})>\\n- \\[${id}\\] DISCOVERY, EXPERIMENTAL, untrusted, from "watcher": Nightly builds are red\\n  \\| Since the compiler moved\\n</\\1>$`,
      ),
    );
  }, 30_000);

  it('is in the task of the agents that come later, once, however often it is announced', async () => {
    const task = await startedTask({
      plan: { strategy: 'sequential', agents: ['first', 'second'], onFailure: 'stop' },
    });
    const { id } = await broadcast('Do not deploy before noon', 'A migration runs');
    const handle = harness.temporal.workflow.getHandle(task.workflowId);
    await waitUntil('the news', async () => (await handle.query(inboxQuery)).length > 0);
    expect(await announced(id)).toMatchObject({ over: null, signalled: 1, passes: 3 });
    const again = await harness.temporal.workflow.start(ANNOUNCE_WORKFLOW, {
      workflowId: announceWorkflowId(TENANT, id),
      taskQueue: harness.config.temporal.taskQueue,
      args: [{ tenant: TENANT, itemId: id }],
    });
    await waitUntil(
      'the second signal',
      async () => (await signalsOf(harness.temporal, task.workflowId)).length > 1,
    );
    goOn();
    const { output } = await task.result();
    expect((output as KnowledgeExcerpt[]).map((item) => item.id)).toEqual([id]);
    await again.terminate();
  }, 60_000);
});
