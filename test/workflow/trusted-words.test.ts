/** Whose word on a result counts, where several have spoken. */
import { mkdtemp, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { interactions } from '../../src/learning/interactions.js';
import type { ApprovalDecision } from '../../src/shared/approval.js';
import type { TaskRequest } from '../../src/task-request.js';
import { type Harness, startHarness } from './harness.js';
import { waitUntil } from './wait-until.js';

let harness: Harness;
const says =
  (success: boolean | null, output: unknown = null, errors: string[] = []) =>
  () => ({ success, output: output as never, errors });
const program = (type: string, code: string) => ({
  type,
  kind: 'command',
  command: ['node', '-e', `${code}; console.log(JSON.stringify({success:true}))`],
});
beforeAll(async () => {
  harness = await startHarness({
    agents: {
      one: says(true, 1),
      two: says(true, 2),
      failing: says(false),
      pleased: says(true),
      picksZero: says(true, { winner: 0 }),
      picksFailing: says(true, { winner: 'failing' }),
      unsure: says(null, { winner: 0 }),
      refuses: says(false, null, ['neither compiles']),
      malformed: () => ({ success: 'yes' as never }),
    },
    config: {
      agents: [
        program('keeps', `require('fs').writeFileSync('bad.txt', 'bad')`),
        program('removes', `require('fs').rmSync('check.sh')`),
      ],
    },
  });
});
afterAll(() => harness.stop());
const run = async (request: Partial<TaskRequest>) => {
  const result = await harness.client.executeTask({ description: 'Do it', ...request });
  const record = await interactions(harness.store).findOne({ taskId: result.taskId });
  return { result, record };
};

describe('parallel', () => {
  const plan: NonNullable<TaskRequest['plan']> = { strategy: 'parallel', agents: ['one', 'two'] };
  const pleased = { name: 'pleased', agent: 'pleased' };
  const tests = (command: string) => ({ name: 'tests', command: [command] });

  it('the "no" of the most trusted verifier is not overruled by one below it', async () => {
    const { result } = await run({ plan, verifiers: [tests('false'), pleased] });
    expect(result).toMatchObject({ success: false, source: 'verifier' });
  });

  it('that of another is, by one above it', async () => {
    const { result } = await run({ plan, verifiers: [pleased, tests('false')] });
    expect(result).toMatchObject({ success: true, source: 'verifier' });
  });

  it('where all succeeded, the plan is trusted as much as its least trusted part', async () => {
    const { result } = await run({ plan, verifiers: [tests('true')] });
    expect(result).toMatchObject({ success: true, source: 'verifier' });
    expect((await run({ plan })).result).toMatchObject({ success: true, source: 'agent' });
  });
});

describe('consensus', () => {
  const judgedBy = (verifier: string, agents = ['one', 'two']) =>
    ({ strategy: 'consensus', agents, verifier }) as const;

  it('a judge cannot pick an answer that a verifier found wrong', async () => {
    const source = await mkdtemp(path.join(tmpdir(), 'journeyman-trust-'));
    await writeFile(path.join(source, 'check.sh'), '#!/bin/sh\nexit 1\n', { mode: 0o755 });
    const { result, record } = await run({
      plan: judgedBy('picksZero', ['keeps', 'removes']),
      workspace: { source, isolation: 'copy', apply: 'success' },
      verifiers: [{ name: 'check', command: ['./check.sh'] }],
    });
    const keeps = record?.attempts.find(({ agentType }) => agentType === 'keeps');
    expect(keeps).toMatchObject({ success: false, source: 'verifier' });
    expect(result).toMatchObject({ success: false, reason: 'picksZero named no answer that stands' });
  });

  it('nor one whose agent says that it failed', async () => {
    const { result } = await run({ plan: judgedBy('picksFailing', ['failing', 'one']) });
    expect(result.success).toBe(false);
  });

  it('a judge that does not know confirms nobody', async () => {
    const { result, record } = await run({ plan: judgedBy('unsure') });
    expect(result).toMatchObject({ success: true, source: 'agent', output: 1 });
    expect(record?.words).toContainEqual({ success: null, source: 'verifier', by: 'unsure' });
  });

  it('the "no" of a judge is a verifier\'s', async () => {
    const { result, record } = await run({ plan: judgedBy('refuses') });
    expect(result).toMatchObject({ success: false, source: 'verifier' });
    expect(record?.words).toContainEqual({
      success: false,
      source: 'verifier',
      by: 'refuses',
      reason: 'neither compiles',
    });
  });

  it('a judge that breaks down has said nothing', async () => {
    const { result, record } = await run({ plan: judgedBy('malformed') });
    expect(result).toMatchObject({ success: false, source: 'system' });
    expect(record?.words).toMatchObject([{ success: null, by: 'malformed' }]);
  });
});

describe('two approvals of one result', () => {
  const ask = (deadlineSeconds: number) =>
    harness.client.startTask({
      description: 'Release',
      plan: {
        strategy: 'single',
        agents: ['one'],
        approval: { when: 'after', question: 'first', deadlineSeconds },
      },
      approval: { when: 'after', question: 'second' },
    });
  const answer = async (
    task: Awaited<ReturnType<typeof ask>>,
    question: string,
    decision: ApprovalDecision,
  ) => {
    await waitUntil(question, async () => (await task.progress()).approval?.question === question);
    await task.decide(decision);
  };

  it('the first rejection stands, and nobody else is asked', async () => {
    const task = await ask(60);
    await answer(task, 'first', { approved: false, by: 'ana' });
    expect(await task.result()).toMatchObject({
      success: false,
      source: 'human',
      approvals: [{ by: 'ana' }],
    });
  });

  it('also where nobody answered in time', async () => {
    const result = await (await ask(0.2)).result();
    expect(result).toMatchObject({ source: 'agent', reason: 'not approved in time', approvals: [{}] });
  });

  it('else both are asked', async () => {
    const task = await ask(60);
    await answer(task, 'first', { approved: true, by: 'ana' });
    await answer(task, 'second', { approved: false, by: 'ben' });
    expect(await task.result()).toMatchObject({ success: false, reason: 'rejected by ben' });
  });
});
