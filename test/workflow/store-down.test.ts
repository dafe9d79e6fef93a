import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, inject, it } from 'vitest';
import { interactions } from '../../src/learning/interactions.js';
import { openStore } from '../../src/store/store.js';
import { type Harness, startHarness } from './harness.js';
import { type MongoDoor, openMongoDoor } from './mongo-door.js';
import { waitUntil } from './wait-until.js';

const AGENT_SECONDS = 1.5;
/** Deadlines of analysis, look-ups and the quick try to record (0.8 + 0.8 + 0.5 s), and room for a slow machine. */
const LONGEST_BEYOND_THE_AGENT = 5;

/** Runs a test on a harness whose every way to MongoDB leads through a door. */
async function behindDoor(
  test: (parts: { door: MongoDoor; harness: Harness; direct: ReturnType<typeof openStore> }) => Promise<void>,
): Promise<void> {
  const door = await openMongoDoor(inject('mongoUri'));
  const harness = await startHarness({
    mongoUri: door.uri,
    agents: {
      first: async () => {
        await sleep(AGENT_SECONDS * 1_000);
        return { output: 'done' };
      },
      second: () => ({}),
    },
  });
  const direct = openStore({ uri: inject('mongoUri'), database: harness.database });
  try {
    await test({ door, harness, direct });
  } finally {
    await door.open();
    await harness.stop();
    await door.close();
    await direct.close();
  }
}

describe.concurrent('MongoDB is away during a task', () => {
  for (const [how, shut] of [
    ['refuses', (door: MongoDoor) => door.refuse()],
    ['is silent', async (door: MongoDoor) => door.stall()],
  ] as const) {
    it(`it ${how}: the task ends in time, and its record arrives once it is back`, async () => {
      await behindDoor(async ({ door, harness, direct }) => {
        await shut(door);
        const result = await harness.client.executeTask({ description: 'Fix the bug' });
        expect(result).toMatchObject({
          success: true,
          output: 'done',
          plan: 'single(first)',
          recording: 'deferred',
        });
        expect(result.duration).toBeLessThan(AGENT_SECONDS + LONGEST_BEYOND_THE_AGENT);
        expect(await interactions(direct).countDocuments()).toBe(0);
        await door.open();
        const record = await waitUntil('the record', () => interactions(direct).findOne());
        expect(record).toMatchObject({
          _id: result.executionId,
          origin: 'workflow',
          ending: 'completed',
          outcome: { success: true },
          choice: { source: 'configuration', propensity: null, confidence: null, candidates: [] },
          learnings: [],
          knowledge: [],
        });
        expect(record.missing.toSorted()).toEqual(['knowledge', 'learnings', 'strategy']);
        expect(record.choice?.reason).toContain('the store is out of reach');
        // The next task finds the store as if nothing had been.
        const next = await harness.client.executeTask({ description: 'Fix the bug', agents: ['second'] });
        expect(next.recording).toBe('recorded');
        expect(await interactions(direct).countDocuments()).toBe(2);
      });
    });
  }

  it('leaves while the agent runs: what was looked up stays, only the record waits', async () => {
    await behindDoor(async ({ door, harness, direct }) => {
      const handle = await harness.client.startTask({ description: 'Fix the bug', agents: ['first'] });
      await waitUntil('the agent runs', async () => (await handle.progress()).phase === 'executing');
      await door.refuse();
      expect(await handle.result()).toMatchObject({ success: true, recording: 'deferred' });
      await door.open();
      const record = await waitUntil('the record', () => interactions(direct).findOne());
      expect(record).toMatchObject({ missing: [], choice: { source: 'posterior', propensity: 1 } });
    });
  });
});
