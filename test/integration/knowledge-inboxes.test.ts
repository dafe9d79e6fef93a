/** What inboxes of running agents cost, and how services read theirs. */
import { randomUUID } from 'node:crypto';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { type Client, QueryNotRegisteredError } from '@temporalio/client';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { InboxServer } from '../../src/agents/inbox-server.js';
import { noteBegun, ring } from '../../src/knowledge/announce/announcements.js';
import { Inboxes } from '../../src/knowledge/announce/inboxes.js';
import type { KnowledgeExcerpt } from '../../src/shared/agent-contract.js';
import { closedInbox, type Inbox } from '../../src/shared/inbox.js';
import { inboxSchema } from '../../src/shared/inbox-settings.js';
import { openStore, type Store } from '../../src/store/store.js';
import { waitUntil } from '../workflow/wait-until.js';

/** As the client throws it. */
const noSuchQuery = Object.create(QueryNotRegisteredError.prototype) as Error;

const item = (id: string): KnowledgeExcerpt => ({
  ...{ id, version: 1, type: 'WARNING', title: id, content: id, state: 'VALIDATED', source: 's' },
});

let store: Store;
beforeAll(() => {
  store = openStore({ uri: inject('mongoUri'), database: `test-${randomUUID().slice(0, 8)}` });
});
afterAll(async () => {
  await store.db.dropDatabase();
  await store.close();
});

/** Workflows that answer from a table, and count how often they are asked. */
const workflows = (answers: Map<string, unknown>) => {
  const asked = new Map<string, number>();
  const client = {
    withDeadline: (_: number, work: () => Promise<unknown>) => work(),
    workflow: {
      getHandle: (workflowId: string) => ({
        query: async () => {
          asked.set(workflowId, (asked.get(workflowId) ?? 0) + 1);
          const answer = answers.get(workflowId) ?? [];
          if (answer instanceof Error) throw answer;
          return answer;
        },
      }),
    },
  } as unknown as Client;
  return { client, asked };
};

describe('inboxes', () => {
  it('ask only where something was announced, and not what they know', async () => {
    const answers = new Map<string, unknown>([
      ['no-inbox', noSuchQuery],
      ['away', new Error('no worker')],
      ['knows', [item('k_1')]],
    ]);
    const { client, asked } = workflows(answers);
    const inboxes = new Inboxes(store, client);
    const open = (tenant: string, workflowId: string, known: KnowledgeExcerpt[] = []): Inbox =>
      inboxes.open({ tenant, workflowId, runId: 'run' }, known);
    const many = Array.from({ length: 50 }, (_, index) => open('acme', `acme-${index}`));
    const [knows, other] = [open('acme', 'knows', [item('k_1')]), open('umbrella', 'other')];
    for (const id of ['no-inbox', 'away']) open('acme', id);
    // Once, for what was announced before the stream was followed.
    await waitUntil('each is asked', () => asked.size === 54);
    answers.set('acme-7', [item('k_1'), { id: 'no item' }]);
    let told = 0;
    many[7]?.onNews(() => {
      told += 1;
    });
    await noteBegun(store, 'acme', 'k_1');
    for (let rings = 0; rings < 20; rings += 1) await ring(store, 'acme', 'k_1');
    await waitUntil('the news', () => (many[7]?.items.length ?? 0) > 0);
    expect(many[7]?.items).toEqual([item('k_1')]);
    await sleep(1_500);
    expect(told).toBe(1);
    expect([asked.get('knows'), asked.get('other'), asked.get('no-inbox')]).toEqual([1, 1, 1]);
    // However often it rings: few questions, and one that finds nothing yet does not keep asking.
    expect(asked.get('acme-8')).toBeLessThanOrEqual(8);
    const before = asked.get('acme-8');
    await sleep(1_500);
    expect(asked.get('acme-8')).toBe(before);

    // Who begins now asks once, for it may have been called before the news came.
    open('acme', 'late');
    open('acme', 'late-and-told', [item('k_1')]);
    await waitUntil('the late one asks', () => asked.get('late') === 1);
    expect(asked.get('late-and-told')).toBeUndefined();
    many[8]?.close();
    await ring(store, 'acme', 'k_1');
    await waitUntil('the others ask', () => (asked.get('late') ?? 0) > 1);
    expect(asked.get('acme-8')).toBe(before);
    expect([knows.items.length, other.items.length]).toEqual([1, 0]);
    inboxes.close();
  }, 60_000);
});

describe('the server of inboxes', () => {
  const here = new URL('http://127.0.0.1:9/run');

  it('answers what the inbox holds now, and nothing once it is closed', async () => {
    const server = new InboxServer();
    let items: KnowledgeExcerpt[] = [];
    const inbox = await server.publish(
      {
        get items() {
          return items;
        },
        onNews: () => () => {},
        close: () => {},
      },
      here,
    );
    const url = inbox?.url ?? '';
    const first = await fetch(url);
    expect(await first.json()).toEqual([]);
    const tag = first.headers.get('etag') ?? '';
    expect((await fetch(url, { headers: { 'if-none-match': tag } })).status).toBe(304);
    items = [item('k_1')];
    expect(await (await fetch(url, { headers: { 'if-none-match': tag } })).json()).toEqual([item('k_1')]);
    expect((await fetch(`${url}x`)).status).toBe(404);
    expect((await fetch(url, { method: 'POST' })).status).toBe(404);
    inbox?.close();
    expect((await fetch(url)).status).toBe(404);
    await server.close();
    await expect(fetch(url)).rejects.toThrow('fetch failed');
  });

  it('sends nobody to an address that is not theirs', async () => {
    const elsewhere = new URL('https://agents.example.com/run');
    const server = new InboxServer();
    expect(await server.publish(closedInbox([]), elsewhere)).toBeNull();
    await server.close();
    const proxied = new InboxServer(inboxSchema.parse({ url: 'https://inbox.example.com/news/' }));
    const { url } = (await proxied.publish(closedInbox([]), elsewhere)) ?? { url: '' };
    expect(url).toMatch(/^https:\/\/inbox\.example\.com\/news\/inbox\/[\w-]{43}$/);
    await proxied.close();
  });

  it('does without where it cannot listen, and says so once', async () => {
    const taken = createServer();
    await new Promise<void>((resolve) => {
      taken.listen(0, '127.0.0.1', resolve);
    });
    const { port } = taken.address() as AddressInfo;
    const troubles: unknown[] = [];
    const server = new InboxServer(inboxSchema.parse({ port }), (error) => troubles.push(error));
    expect(await server.publish(closedInbox([]), here)).toBeNull();
    expect(await server.publish(closedInbox([]), here)).toBeNull();
    expect(troubles).toMatchObject([{ code: 'EADDRINUSE' }]);
    await server.close();
    taken.close();
  });
});
