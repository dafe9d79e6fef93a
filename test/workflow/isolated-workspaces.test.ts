/** Plans whose agents each work in a folder of their own, on one repository. */
import { execFile } from 'node:child_process';
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { interactions } from '../../src/learning/interactions.js';
import { contributionsOf } from '../../src/recording/contributions.js';
import type { AgentTask } from '../../src/shared/agent-contract.js';
import type { WorkspaceRequest } from '../../src/shared/workspace.js';
import type { TaskRequest } from '../../src/task-request.js';
import { type Harness, startHarness } from './harness.js';
import { waitUntil } from './wait-until.js';

const git = async (cwd: string, ...args: string[]): Promise<string> =>
  (await promisify(execFile)('git', ['-c', 'user.name=t', '-c', 'user.email=t@t', ...args], { cwd })).stdout;

/** Does in its folder what the task's context says for its type, and reports what it saw there. */
const agentProgram = `
  const fs = require('node:fs'), { execFileSync } = require('node:child_process');
  const { context, agentType, role } = JSON.parse(fs.readFileSync(process.env.JOURNEYMAN_TASK_FILE, 'utf8'));
  const mine = context[role === 'part' || role.startsWith('lead') ? agentType + ':' + role : agentType] ?? {};
  const git = (...args) => execFileSync('git', ['-c', 'user.name=a', '-c', 'user.email=a@a', ...args]).toString();
  const look = () => fs.readdirSync('.').filter((name) => name !== '.git').sort();
  const before = look();
  for (const [name, text] of Object.entries(mine.write ?? {})) fs.writeFileSync(name, text);
  if (mine.commit) { git('checkout', '-b', agentType); git('add', '-A'); git('commit', '-m', agentType); }
  // The others have time to leave traces.
  const until = Date.now() + (mine.waitMs ?? 0);
  while (Date.now() < until) execFileSync('sleep', ['0.05']);
  const after = look();
  const branches = git('branch', '-a', '--format=%(refname:short)').trim();
  const output = mine.output ?? { before, after, branches, cwd: process.cwd() };
  console.log(JSON.stringify({ success: 'success' in mine ? mine.success : true, output }));`;

const agents = ['left', 'right', 'third', 'judge'];
let harness: Harness;
let base: string;
let source: string;
beforeAll(async () => {
  base = await mkdtemp(path.join(tmpdir(), 'journeyman-isolated-'));
  harness = await startHarness({
    agents: {
      // An agent of another worker gets a folder of its own, too.
      foreign: async (task: AgentTask) => {
        const folder = task.workspace ?? '';
        const seen = await readdir(folder);
        await writeFile(path.join(folder, 'shop.txt'), 'by another worker\n');
        return { success: true, output: { seen, folder } };
      },
    },
    config: {
      workspaces: { root: path.join(base, 'workspaces') },
      agents: agents.map((type) => ({
        type,
        kind: 'command',
        command: [process.execPath, '-e', agentProgram],
        taskQueue: `isolated-${process.pid}-${type}`,
      })),
    },
  });
});
afterAll(async () => {
  await harness.stop();
  await rm(base, { recursive: true, force: true });
});
beforeEach(async () => {
  source = await mkdtemp(path.join(base, 'source-'));
  await git(source, 'init', '-q', '-b', 'main');
  await writeFile(path.join(source, 'shop.txt'), 'open\n');
  await git(source, 'add', '-A');
  await git(source, 'commit', '-q', '-m', 'start');
});

const run = async (
  request: Omit<TaskRequest, 'description' | 'workspace'>,
  workspace: Partial<WorkspaceRequest> = {},
) => {
  const result = await harness.client.executeTask({
    description: 'Work on the shop',
    workspace: { source, isolation: 'git', apply: 'success', ...workspace },
    ...request,
  });
  const record = await interactions(harness.store).findOne({ taskId: result.taskId });
  if (record === null) throw new Error('not recorded');
  return { result, record, diff: await harness.client.task(result.taskId).diff() };
};
const shop = () => readFile(path.join(source, 'shop.txt'), 'utf8');
const left = { write: { 'shop.txt': 'left\n', 'left.txt': 'l\n' }, commit: true, waitMs: 400 };
const right = { write: { 'shop.txt': 'right\n', 'right.txt': 'r\n' }, commit: true, waitMs: 400 };

describe.each(['git', 'copy'] as const)('two agents at once, isolated by %s', (isolation) => {
  it("see nothing of each other's, and the winner's change applies cleanly", async () => {
    const { result, record, diff } = await run(
      {
        plan: { strategy: 'consensus', agents: ['left', 'right'], verifier: 'judge' },
        context: { left, right, judge: { output: { winner: 'right' } } },
      },
      { isolation },
    );
    const seen = record.attempts
      .filter(({ role }) => role === 'worker')
      // In the plan's order, not in that of their ends.
      .sort((one, other) => (one.agentType < other.agentType ? -1 : 1))
      .map(({ report }) => report.output as { before: string[]; after: string[]; branches: string });
    expect(seen.map(({ before }) => before)).toEqual([['shop.txt'], ['shop.txt']]);
    expect(seen.map(({ after }) => after)).toEqual([
      expect.arrayContaining(['left.txt', 'shop.txt']),
      expect.arrayContaining(['right.txt', 'shop.txt']),
    ]);
    for (const [index, other] of [/right/, /left/].entries()) {
      expect(seen[index]?.after.join()).not.toMatch(other);
      expect(seen[index]?.branches).not.toMatch(other);
    }
    expect(result).toMatchObject({ success: true, change: { applied: true, files: 2 } });
    expect(await shop()).toBe('right\n');
    expect((await readdir(source)).sort()).toEqual(['.git', 'right.txt', 'shop.txt']);
    expect((await git(source, 'branch', '--format=%(refname:short)')).trim()).toBe('main');
    expect(diff).toContain('+right');
    // The same change by the user's own tool, on an untouched copy.
    await git(source, 'stash', '-u', '-q');
    const patch = path.join(base, 'winner.patch');
    await writeFile(patch, diff ?? '');
    await git(source, 'apply', '--index', patch);
    expect(await shop()).toBe('right\n');
  });
});

describe('what becomes of changes', () => {
  it('parallel: the first whose success is the surest wins', async () => {
    const { result } = await run({
      plan: { strategy: 'parallel', agents: ['left', 'right'] },
      context: { left: { ...left, success: null }, right },
    });
    expect(result).toMatchObject({ success: null, change: { applied: false } });
    expect(result.change?.reason).toBe('the result is not known to be good');
    expect(await shop()).toBe('open\n');
  });

  it('stages go on from each other, and the judge sees the result', async () => {
    const { result, record } = await run({
      plan: { strategy: 'sequential', agents: ['left', 'third'], onFailure: 'stop' },
      context: { left: { ...left, waitMs: 0 }, third: { write: { 'third.txt': '3\n' } } },
      verifiers: [
        { name: 'content', command: ['sh', '-c', 'test "$(cat shop.txt)" = left'] },
        { name: 'judge', agent: 'judge' },
      ],
    });
    expect(result).toMatchObject({ success: true, source: 'verifier', change: { applied: true, files: 3 } });
    expect((await readdir(source)).sort()).toEqual(['.git', 'left.txt', 'shop.txt', 'third.txt']);
    const judged = record.attempts.at(-1)?.report.output as { before: string[] };
    expect(judged.before).toEqual(['left.txt', 'shop.txt', 'third.txt']);
  });

  it('fallbacks start afresh', async () => {
    const { result, record } = await run({
      plan: { strategy: 'sequential', agents: ['left', 'right'], onFailure: 'next' },
      context: { left: { ...left, success: false, waitMs: 0 }, right: { ...right, waitMs: 0 } },
    });
    expect(result).toMatchObject({ success: true, change: { applied: true } });
    expect(record.attempts[1]?.report.output).toMatchObject({ before: ['shop.txt'] });
    expect(await shop()).toBe('right\n');
  });

  it("hierarchical: the lead integrates the parts' changes", async () => {
    const { result, record } = await run({
      plan: { strategy: 'hierarchical', agents: ['left', 'right', 'third'] },
      context: {
        'left:lead-split': { output: { parts: [{ agent: 'right' }, { agent: 'third' }] } },
        'right:part': { write: { 'right.txt': 'r\n' } },
        'third:part': { write: { 'third.txt': '3\n' } },
        'left:lead-integrate': { write: { 'shop.txt': 'whole\n' } },
      },
    });
    expect(result).toMatchObject({ success: true, change: { applied: true, files: 3 } });
    expect(record.attempts.at(-1)?.report.output).toMatchObject({
      before: ['right.txt', 'shop.txt', 'third.txt'],
    });
    expect((await readdir(source)).sort()).toEqual(['.git', 'right.txt', 'shop.txt', 'third.txt']);
  });

  it('an agent of another worker has a folder of its own, and its change counts', async () => {
    const { result, diff } = await run({ agents: ['foreign'] });
    const { seen, folder } = result.output as { seen: string[]; folder: string };
    expect(seen.sort()).toEqual(['.git', 'shop.txt']);
    expect(folder).not.toBe(source);
    await expect(readdir(folder)).rejects.toThrow('ENOENT');
    expect(result).toMatchObject({ success: true, change: { applied: true } });
    expect(await shop()).toBe('by another worker\n');
    expect(diff).toContain('+by another worker');
  });

  it('a rejected result is not applied, and a failed folder is kept when asked', async () => {
    const { result } = await run(
      {
        agents: ['left'],
        context: { left: { ...left, waitMs: 0 } },
        verifiers: [{ name: 'never', command: ['false'] }],
      },
      { keep: 'failed' },
    );
    expect(result).toMatchObject({ success: false, change: { applied: false } });
    expect(await shop()).toBe('open\n');
    expect(await readdir(result.change?.folder ?? '')).toContain('left.txt');
  });

  it('a source that moved on is left as it is, with the reason', async () => {
    const task = await harness.client.startTask({
      description: 'Work on the shop',
      agents: ['left'],
      context: { left: { ...left, waitMs: 1_500 } },
      workspace: { source, isolation: 'git', apply: 'success' },
    });
    await new Promise((resolve) => setTimeout(resolve, 900));
    await writeFile(path.join(source, 'shop.txt'), 'changed meanwhile\n');
    const { change } = await task.result();
    expect(change).toMatchObject({ applied: false, reason: expect.stringContaining('shop.txt') });
    expect(await shop()).toBe('changed meanwhile\n');
  });

  it('a person sees the result and its patch before deciding on it', async () => {
    const task = await harness.client.startTask({
      description: 'Work on the shop',
      agents: ['left'],
      context: { left: { ...left, waitMs: 0 } },
      workspace: { source, isolation: 'git', apply: 'success' },
      approval: { when: 'after' },
    });
    const asked = await waitUntil('the task asks', async () => (await task.progress()).approval);
    expect(asked.result).toMatchObject({ success: true, change: { files: 2 } });
    expect(await task.diff()).toContain('+left');
    expect(await shop()).toBe('open\n');
    await task.decide({ approved: true, by: 'ana' });
    expect(await task.result()).toMatchObject({ source: 'human', change: { applied: true } });
    expect(await shop()).toBe('left\n');
  });

  it('a source that is not there is a clear failure', async () => {
    const { result, record } = await run({ agents: ['left'] }, { source: '/nowhere/at/all' });
    expect(result).toMatchObject({
      success: false,
      source: 'system',
      reason: expect.stringContaining('workspace.source: "/nowhere/at/all" is not allowed'),
    });
    // The operator's mistake is not held against the agent, nor against the plan.
    const moved = contributionsOf(record, record.outcome).map(({ projection }) => projection);
    expect(moved.toSorted()).toEqual(['steps', 'totals']);
  });
});
