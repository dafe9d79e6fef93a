import { execFile } from 'node:child_process';
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { buildWorkload } from '../../../src/demo/workload/build-workload.js';
import { families } from '../../../src/demo/workload/defects.js';
import { headOf } from '../../../src/demo/workload/history.js';
import { materialise } from '../../../src/demo/workload/materialise.js';
import { baseModules } from '../../../src/demo/workload/modules/index.js';
import type { RepairTask } from '../../../src/demo/workload/repair-task.js';

const run = promisify(execFile);
const SEED = 20_240;

/** Whether the task's own command succeeds in a directory. */
async function verdict(task: RepairTask, directory: string): Promise<boolean> {
  const [program = '', ...args] = task.verify;
  try {
    await run(program, args, { cwd: directory, timeout: 10_000 });
    return true;
  } catch {
    return false;
  }
}

async function inParallel<T>(items: readonly T[], job: (item: T) => Promise<void>): Promise<void> {
  const queue = [...items];
  const work = async () => {
    for (let item = queue.shift(); item !== undefined; item = queue.shift()) await job(item);
  };
  await Promise.all([work(), work()]);
}

describe('the workload', () => {
  let tasks: RepairTask[];
  let root: string;

  beforeAll(async () => {
    root = await mkdtemp(join(tmpdir(), 'journeyman-test-workload-'));
    tasks = await buildWorkload(SEED);
  });
  afterAll(() => rm(root, { recursive: true, force: true }));

  it('has 66 tasks by default, over at least eight families and 24 modules', () => {
    expect(tasks).toHaveLength(66);
    expect(new Set(tasks.map((task) => task.id)).size).toBe(66);
    expect(new Set(tasks.map((task) => task.family)).size).toBeGreaterThanOrEqual(8);
    expect(new Set(tasks.map((task) => task.context['module'])).size).toBeGreaterThanOrEqual(24);
    expect(baseModules.length).toBeGreaterThanOrEqual(24);
    expect(new Set(baseModules.map((base) => base.name)).size).toBe(baseModules.length);
  });

  it('fails in every task as it is handed out, and passes with the healthy source', async () => {
    const wrong: string[] = [];
    await inParallel(tasks, async (task) => {
      const directory = join(root, task.id);
      await materialise(task, directory);
      if (await verdict(task, directory)) wrong.push(`${task.id} passes when damaged`);
      for (const [path, text] of Object.entries(task.healthy)) await writeFile(join(directory, path), text);
      if (!(await verdict(task, directory))) wrong.push(`${task.id} fails when healthy`);
    });
    expect(wrong).toEqual([]);
  });

  it('is the same for the same seed, and another in another order for another seed', async () => {
    const first = await buildWorkload(5, 12);
    expect(await buildWorkload(5, 12)).toEqual(first);
    expect(tasks.slice(0, 12).map((task) => task.id)).not.toEqual(first.map((task) => task.id));
    expect(tasks.map((task) => task.family)).not.toEqual(tasks.map((task) => task.family).sort());
  });

  it('tells the agents what fails, never which family it is', () => {
    for (const task of tasks) {
      const told = JSON.stringify([task.id, task.description, task.context]);
      for (const family of families.filter((name) => name.includes('-'))) {
        expect(told).not.toContain(family);
        expect(told).not.toContain(family.replaceAll('-', ' '));
      }
      expect(task.context).not.toHaveProperty('family');
      expect(task.description).toContain(`${task.context['module'] as string}.mjs`);
    }
  });

  it('writes histories whose last commit is the workspace, with ids that never vary', async () => {
    const withHistory = tasks.filter((task) => task.history !== undefined);
    expect(withHistory.length).toBeGreaterThan(8);
    // A history must not give a bad commit away.
    expect(withHistory.some((task) => task.family !== 'bad-commit')).toBe(true);
    for (const task of withHistory.slice(0, 4)) {
      expect(headOf(task.history ?? [])).toEqual(task.files);
      const heads = await Promise.all(
        ['one', 'two'].map(async (name) => {
          const directory = join(root, `${name}-${task.id}`);
          await materialise(task, directory);
          const { stdout: status } = await run('git', ['-C', directory, 'status', '--porcelain']);
          expect(status).toBe('');
          const { stdout: count } = await run('git', ['-C', directory, 'rev-list', '--count', 'HEAD']);
          expect(Number(count)).toBe(task.history?.length);
          return (await run('git', ['-C', directory, 'rev-parse', 'HEAD'])).stdout;
        }),
      );
      expect(heads[0]).toBe(heads[1]);
    }
  });

  it('writes exactly the files of a task', async () => {
    const task = tasks.find(({ history }) => history === undefined);
    if (task === undefined) throw new Error('all tasks have a history');
    const directory = join(root, 'exact');
    await materialise(task, directory);
    expect((await readdir(directory)).sort()).toEqual(Object.keys(task.files).sort());
    for (const [path, text] of Object.entries(task.files)) {
      expect(await readFile(join(directory, path), 'utf8')).toBe(text);
    }
  });

  it('refuses to make more tasks than the modules have places for', async () => {
    await expect(buildWorkload(1, 100_000)).rejects.toThrow(/count: 100000 .* 1 to 200/);
    await expect(buildWorkload(1, 0)).rejects.toThrow(RangeError);
  });
});
