import { rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { ApplicationFailure } from '@temporalio/common';
import { MockActivityEnvironment } from '@temporalio/testing';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { workspaceActivities } from '../../../src/activities/workspace-activities.js';
import { withSourceLock } from '../../../src/agents/workspaces/source-lock.js';
import { Workspaces } from '../../../src/agents/workspaces/workspaces.js';
import type { WorkspaceActivities } from '../../../src/shared/activities.js';
import {
  contents,
  memoryArtifacts,
  repository,
  request,
  temporaryFolder,
} from '../../integration/workspace-data.js';

let folder: string;
let source: string;
let activities: WorkspaceActivities;
const wanted = { tenant: 'acme', key: 'call#1', changes: [] };
beforeEach(async () => {
  folder = await temporaryFolder();
  source = await repository(join(folder, 'source'), { 'a.txt': 'one\n' });
  activities = workspaceActivities(
    new Workspaces({ root: join(folder, 'root'), artifacts: memoryArtifacts() }),
  );
});
afterEach(() => rm(folder, { recursive: true, force: true }));

/** Runs work inside an activity. @returns what it returned, and how often it sent a heartbeat */
async function inActivity<T>(work: () => Promise<T>): Promise<{ result: T; beats: number }> {
  const environment = new MockActivityEnvironment();
  let beats = 0;
  environment.on('heartbeat', () => {
    beats += 1;
  });
  let result: T | undefined;
  await environment.run(async () => {
    result = await work();
  });
  return { result: result as T, beats };
}

describe('the activities of workspaces', () => {
  it('make one, take its change, and put that into the source', async () => {
    const workspace = request(source, 'git');
    const { result: opened } = await inActivity(() => activities.openWorkspace({ ...wanted, workspace }));
    expect(opened).toEqual({ folder: expect.stringMatching(/\/work$/), notes: [] });
    await writeFile(join(opened.folder, 'a.txt'), 'two\n');
    const close = () =>
      inActivity(() =>
        activities.closeWorkspace({ tenant: 'acme', key: 'call#1', workspace, success: true }),
      );
    const { result: change } = await close();
    expect((await close()).result).toEqual(change);
    const applied = await inActivity(() => activities.applyChange({ tenant: 'acme', source, change }));
    expect(applied.result).toEqual({ applied: true });
    expect(await contents(source)).toEqual({ 'a.txt': '- two\n' });
  });

  it('send heartbeats while they take long', async () => {
    const workspace = request(source, 'git');
    const { folder: work } = (await inActivity(() => activities.openWorkspace({ ...wanted, workspace })))
      .result;
    await writeFile(join(work, 'a.txt'), 'two\n');
    const close = { tenant: 'acme', key: 'call#1', workspace, success: true };
    const { result: change } = await inActivity(() => activities.closeWorkspace(close));
    const { result: applied, beats } = await withSourceLock(join(folder, 'root/locks'), source, async () => {
      const applying = inActivity(() => activities.applyChange({ tenant: 'acme', source, change }));
      await sleep(5_500);
      return { applying };
    }).then(({ applying }) => applying);
    expect(applied).toEqual({ applied: true });
    expect(beats).toBe(1);
  });

  it('fail for good where no retry helps', async () => {
    const workspace = request(source, 'git', { ref: 'nowhere' });
    const failure = await inActivity(() => activities.openWorkspace({ ...wanted, workspace })).catch(
      (error: unknown) => error,
    );
    expect(failure).toBeInstanceOf(ApplicationFailure);
    expect(failure).toMatchObject({
      type: 'InvalidInput',
      nonRetryable: true,
      message: `workspace.ref: "nowhere" is not allowed; expected a commit, branch or tag of ${source}`,
    });
  });
});
