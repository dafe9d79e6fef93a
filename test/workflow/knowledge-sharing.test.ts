import { afterEach, beforeEach, expect, it } from 'vitest';
import { knowledgeItems } from '../../src/knowledge/collections.js';
import type { AgentReport } from '../../src/shared/agent-contract.js';
import { events } from '../../src/store/event-log.js';
import { type Harness, startHarness } from './harness.js';
import { waitUntil } from './wait-until.js';

let harness: Harness;
let report: Partial<AgentReport>;

beforeEach(async () => {
  report = {};
  harness = await startHarness({
    agents: { scout: () => report, critic: () => report },
    config: { knowledge: { sharesPerMinute: 3 } },
  });
});
afterEach(() => harness.stop());

const run = (taskId: string, agent = 'scout') =>
  harness.client.executeTask({ taskId, description: 'Look at the cache', agents: [agent] });
const discovery = (title: string, content: string) => ({
  ...{ title, content, type: 'WARNING' as const, priority: 'HIGH' as const, tags: ['cache'] },
});
const warnings = () => harness.client.hub.queryKnowledge({ channel: 'warnings' });

it('shares what agents discovered as soon as their task is recorded, with no maintenance', async () => {
  report = { discoveries: [discovery('Stale entries', 'Entries outlive the restart of the proxy')] };
  await run('first');
  const [item] = await waitUntil('the discovery', async () => {
    const found = await warnings();
    return found.length > 0 && found;
  });
  expect(item).toMatchObject({
    ...{ title: 'Stale entries', source: 'scout', trust: 'untrusted', context: { taskId: 'first' } },
    ...{ category: expect.any(String) as string, confirmations: 0, repeats: 0 },
  });

  await run('second', 'critic');
  await run('third');
  await waitUntil('the confirmation and the repeat', async () => {
    const [now] = await warnings();
    return now?.confirmations === 1 && now.repeats === 1;
  });
  // The evolve run finds nothing left to share, and counts nothing twice.
  const handle = await harness.client.maintain('knowledge');
  const done = await handle.result();
  expect(done.done).toBe(3);
  expect(done.written).not.toHaveProperty(['discoveries shared']);
  expect(await warnings()).toMatchObject([{ id: item?.id, confirmations: 1, repeats: 1 }]);
});

it('holds agents to the configured limit, and keeps what was refused in the record', async () => {
  const topics = ['Tokens expire', 'Sockets leak', 'Clocks drift', 'Disks fill'];
  report = { discoveries: topics.map((title) => discovery(title, `${title} while nobody looks at them`)) };
  await run('many');
  await waitUntil('the refusal', () =>
    events(harness.store).findOne({ tenant: 'acme', act: 'refused', by: 'scout' }),
  );
  expect((await warnings()).map(({ title }) => title).sort()).toEqual(topics.slice(0, 3).sort());
  const record = await harness.client.task('many').record();
  expect(record.attempts[0]?.report.discoveries.map(({ title }) => title)).toEqual(topics);
});

it('does not hold up or fail a task whose discoveries cannot be shared', async () => {
  // The hub's items are as good as locked away: no transaction that inserts one comes through.
  await harness.store.db.command({
    collMod: 'knowledge',
    validator: { $expr: false },
    validationAction: 'error',
  });
  report = { discoveries: [discovery('Unwanted', 'Nobody takes it in')] };
  const began = performance.now();
  expect(await run('unhindered')).toMatchObject({ success: true });
  expect(performance.now() - began).toBeLessThan(15_000);
  expect(await knowledgeItems(harness.store).countDocuments({ tenant: 'acme' })).toBe(0);
});
