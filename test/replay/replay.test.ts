import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Worker } from '@temporalio/worker';
import { beforeAll, describe, expect, it } from 'vitest';
import { maintenanceWorkflows } from '../../src/shared/maintenance.js';
import { bundle } from './bundle.js';
import type { KeptHistory } from './record-histories.js';

const folder = join(import.meta.dirname, 'histories');
interface Event {
  workflowExecutionStartedEventAttributes?: { workflowType: { name: string } };
}
interface Kept extends KeptHistory {
  name: string;
  text: string;
  history: { events: Event[] };
}
let kept: Kept[];
beforeAll(async () => {
  const files = (await readdir(folder)).sort();
  kept = await Promise.all(
    files.map(async (file) => {
      const text = await readFile(join(folder, file), 'utf8');
      return { ...(JSON.parse(text) as Omit<Kept, 'name' | 'text'>), name: file.replace('.json', ''), text };
    }),
  );
});

/** Replays histories, and gives the error of each; null where it went well. */
async function replay(path: string, histories: readonly Kept[]): Promise<Map<string, string | null>> {
  const { code } = await bundle(path);
  if (code === null) throw new Error(`${path} could not be bundled`);
  const errors = new Map<string, string | null>();
  const results = Worker.runReplayHistories({ workflowBundle: { code } }, histories);
  for await (const { workflowId, error } of results) errors.set(workflowId, error?.message ?? null);
  return errors;
}

describe('replay', () => {
  it('there are histories of every workflow', () => {
    const types = new Set(
      kept.map(
        ({ history }) => history.events[0]?.workflowExecutionStartedEventAttributes?.workflowType.name,
      ),
    );
    expect(types).toEqual(
      new Set(['ExecuteTaskWorkflow', 'RecordExecutionWorkflow', ...Object.values(maintenanceWorkflows)]),
    );
    expect(kept.length).toBeGreaterThan(20);
  });

  it('what ran on an earlier version goes on with this one', async () => {
    const errors = await replay('../../src/workflows/index.ts', kept);
    expect(Object.fromEntries(errors)).toEqual(
      Object.fromEntries(kept.map(({ workflowId }) => [workflowId, null])),
    );
  });

  it('finds a change that running tasks would not survive', async () => {
    const tasks = kept.filter(({ workflowId }) => workflowId.startsWith('acme/'));
    const errors = await replay('./changed/delayed.ts', tasks);
    expect(errors.size).toBe(tasks.length);
    for (const error of errors.values()) expect(error).toMatch(/nondeterminism|TMPRL1100/i);
  });

  it('holds nothing of the machine that recorded', () => {
    for (const { name, text } of kept) {
      const decoded = text.replace(/"([A-Za-z0-9+/]{8,}={0,2})"/g, (_, base64: string) =>
        Buffer.from(base64, 'base64').toString(),
      );
      expect(decoded, name).not.toMatch(/\/(home|root|Users|tmp|work)\/|file:\/\/|\d+@[\w-]+/);
    }
  });
});
