import { beforeAll, describe, expect, it } from 'vitest';
import { ANNOUNCE_WORKFLOW } from '../../src/shared/announcement.js';
import { maintenanceWorkflows } from '../../src/shared/maintenance.js';
import type { ExecutionRecord, TaskResult } from '../../src/shared/task.js';
import { NEWEST } from './keep-history.js';
import { type Kept, keptHistories, replay, resultOf } from './kept-histories.js';

const WORKFLOWS = '../../src/workflows/index.ts';
const PLATFORM = './platform-workflows.ts';
const INTERCEPTORS = ['../../src/workflows/step-interceptors.ts'];
const firstTypes = ['ExecuteTaskWorkflow', 'RecordExecutionWorkflow', ...Object.values(maintenanceWorkflows)];
const ownTypes = [...firstTypes, ANNOUNCE_WORKFLOW];
/** Recorded before there were announcements. */
const older = ['shape-1', 'shape-2', 'shape-3'];

let kept: Kept[];
let own: Kept[];
let platforms: Kept[];
beforeAll(async () => {
  kept = await keptHistories();
  own = kept.filter(({ workflowType }) => ownTypes.includes(workflowType));
  platforms = kept.filter(({ workflowType }) => !ownTypes.includes(workflowType));
});
const well = (histories: readonly Kept[]) => Object.fromEntries(histories.map(({ name }) => [name, null]));
const isTask = ({ workflowType }: Kept): boolean => workflowType === 'ExecuteTaskWorkflow';
const named = (...names: string[]) => kept.filter(({ name }) => names.includes(name));

/**
 * Which commands a workflow gives is not all: what came of a task then has to come of it now.
 *
 * @returns the names of the histories of which that is not so
 */
function otherEnds(histories: readonly Kept[], records: readonly ExecutionRecord[]): string[] {
  const concluded = new Map(records.map((record) => [record.executionId, record]));
  return histories.flatMap((history) => {
    const result = resultOf(history) as TaskResult | undefined;
    const record = concluded.get(`${history.workflowId}/${history.runId}`);
    if (result === undefined || record === undefined) return [];
    const { outcome, reason } = record;
    const same = [outcome.success, outcome.source, reason].every(
      (value, index) => value === [result.success, result.source, result.reason][index],
    );
    return same ? [] : [history.name];
  });
}

describe('replay', () => {
  it('there are histories of every workflow, of this and of earlier versions', () => {
    const typesOf = (shape: string) =>
      new Set(own.filter((one) => one.shape === shape).map(({ workflowType }) => workflowType));
    const shapes = [...new Set(kept.map(({ shape }) => shape))];
    expect(shapes.at(-1)).toBe(NEWEST);
    for (const shape of shapes)
      expect(typesOf(shape), shape).toEqual(new Set(older.includes(shape) ? firstTypes : ownTypes));
    expect(kept.filter(({ shape }) => shape === 'shape-1')).toHaveLength(25);
    expect(platforms.length).toBeGreaterThan(3);
  });

  it('what ran on an earlier version goes on with this one', async () => {
    const { errors, records } = await replay(WORKFLOWS, own);
    expect(errors).toEqual(well(own));
    expect(records.length).toBeGreaterThan(50);
    expect(otherEnds(own, records)).toEqual([]);
  });

  it('so do the workflows of platforms', async () => {
    expect((await replay(PLATFORM, platforms, INTERCEPTORS)).errors).toEqual(well(platforms));
  });

  it('finds a change that running tasks would not survive', async () => {
    const tasks = own.filter(isTask);
    const { errors } = await replay('./changed/delayed.ts', tasks);
    expect(Object.keys(errors)).toHaveLength(tasks.length);
    for (const error of Object.values(errors)) expect(error).toMatch(/nondeterminism|TMPRL1100/i);
  });

  it('finds a change that only tasks with an approval would not survive', async () => {
    const [asked, accepted, plain] = [
      'approval-before-approved',
      'approval-after-rejected',
      'single-program',
    ].map((name) => `${NEWEST}/${name}`) as [string, string, string];
    const { errors } = await replay('./changed/asks-late.ts', named(asked, accepted, plain));
    expect(errors).toEqual({
      [asked]: expect.stringMatching(/nondeterminism|TMPRL1100/i),
      [accepted]: null,
      [plain]: null,
    });
  });

  it('finds a change after which tasks go on, but come to another end', async () => {
    const { errors, records } = await replay('./changed/other-default.ts', own.filter(isTask));
    const silent = ['shape-2', 'shape-3', NEWEST].map((shape) => `${shape}/approval-after-by-deadline`);
    expect(silent.map((name) => errors[name])).toEqual([null, null, null]);
    expect(otherEnds(own, records)).toEqual(silent);
  });

  it('finds a change that only workflows of platforms would not survive', async () => {
    const histories = platforms.filter(({ workflowType }) => workflowType === 'ReleaseWorkflow');
    const { errors } = await replay('./changed/looks-up-late.ts', histories, INTERCEPTORS);
    expect(Object.keys(errors)).toHaveLength(histories.length);
    for (const error of Object.values(errors)) expect(error).toMatch(/nondeterminism|TMPRL1100/i);
  });

  it('holds nothing of the machine that recorded', () => {
    for (const { name, text } of kept) {
      const decoded = text.replace(/"([A-Za-z0-9+/]{8,}={0,2})"/g, (_, base64: string) =>
        Buffer.from(base64, 'base64').toString(),
      );
      expect(decoded, name).not.toMatch(/\/(home|root|Users|tmp|work)\/|file:\/\/|\d+@[\w-]+/);
      // The folder that the agents worked in goes by another name.
      expect(decoded, name).not.toMatch(/"\/(?!example\/)[\w.-]+\//);
    }
  });
});
