import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { interactions } from '../../src/learning/interactions.js';
import type { AgentTask } from '../../src/shared/agent-contract.js';
import { type Harness, startHarness } from './harness.js';

const seen: AgentTask[] = [];
const note = (task: AgentTask) => {
  seen.push(task);
};

let harness: Harness;
beforeAll(async () => {
  harness = await startHarness({
    agents: {
      good: (task) => {
        note(task);
        if (task.role === 'lead-split')
          return { output: { parts: ['left', { agent: 'other', what: 'right' }] } };
        if (task.role === 'verifier') return { output: { winner: 'other' } };
        if (task.role === 'lead-integrate')
          return { output: task.earlier.map((earlier) => earlier.report.output ?? null) };
        return { output: 'yes', actions: [{ type: 'think' }], results: [{ success: true }], cost: 0.25 };
      },
      other: (task) => {
        note(task);
        return { output: task.role === 'part' ? { did: task.part ?? null } : 'yes' };
      },
      bad: (task) => {
        note(task);
        return { success: false, errors: ['Error: cannot'], output: 'no' };
      },
      unsure: () => ({ success: null, output: 'maybe' }),
      malformed: () => ({ iterations: -1 }),
    },
  });
});
afterAll(() => harness.stop());

const run = async (plan: {
  strategy: 'single' | 'sequential' | 'parallel' | 'hierarchical' | 'consensus';
  agents: string[];
  onFailure?: 'next' | 'stop';
  verifier?: string;
}) => {
  seen.length = 0;
  const result = await harness.client.executeTask({ description: 'Do the thing', plan });
  const record = await interactions(harness.store).findOne({ taskId: result.taskId });
  if (record === null) throw new Error('not recorded');
  return { result, record };
};

describe('the five strategies', () => {
  it('single: one agent', async () => {
    const { result, record } = await run({ strategy: 'single', agents: ['good'] });
    expect(result).toMatchObject({
      success: true,
      output: 'yes',
      plan: 'single(good)',
      cost: 0.25,
      recording: 'recorded',
    });
    expect(record.attempts).toHaveLength(1);
    expect(record.attempts[0]).toMatchObject({
      agentType: 'good',
      decisive: true,
      report: { actions: [{ type: 'think' }] },
    });
    expect(record.choice).toMatchObject({ source: 'requested', propensity: null });
  });

  it('keeps an unknown success unknown', async () => {
    const { result, record } = await run({ strategy: 'single', agents: ['unsure'] });
    expect(result.success).toBeNull();
    expect(record.outcome.success).toBeNull();
  });

  it('refuses a malformed report, naming field, value and what is allowed', async () => {
    const { result } = await run({ strategy: 'single', agents: ['malformed'] });
    expect(result).toMatchObject({
      success: false,
      reason: 'report.iterations: -1 is not allowed; expected a whole number, 0 or more',
    });
  });

  it('sequential: falls to the next agent, which sees the earlier report', async () => {
    const { result, record } = await run({ strategy: 'sequential', agents: ['bad', 'good', 'other'] });
    expect(result).toMatchObject({ success: true, plan: 'sequential(bad>good>other)' });
    expect(record.attempts.map(({ agentType, decisive }) => [agentType, decisive])).toEqual([
      ['bad', false],
      ['good', true],
    ]);
    expect(seen[1]?.earlier).toMatchObject([{ agentType: 'bad', report: { success: false } }]);
  });

  it('sequential with stop: stages that all have to succeed', async () => {
    const stopped = await run({
      strategy: 'sequential',
      agents: ['good', 'bad', 'other'],
      onFailure: 'stop',
    });
    expect(stopped.result.success).toBe(false);
    expect(stopped.record.attempts.map(({ agentType }) => agentType)).toEqual(['good', 'bad']);
    const through = await run({ strategy: 'sequential', agents: ['good', 'other'], onFailure: 'stop' });
    expect(through.result.success).toBe(true);
    expect(through.record.attempts).toHaveLength(2);
  });

  it('parallel: all at once, outputs merged, fails when one fails', async () => {
    const { result } = await run({ strategy: 'parallel', agents: ['good', 'other'] });
    expect(result).toMatchObject({ success: true, output: { good: 'yes', other: 'yes' } });
    const failing = await run({ strategy: 'parallel', agents: ['good', 'bad'] });
    expect(failing.result).toMatchObject({ success: false, output: { good: 'yes', bad: 'no' } });
    expect(failing.result.reason).toContain('bad');
  });

  it('hierarchical: the lead splits, others do the parts, the lead integrates', async () => {
    const { result, record } = await run({ strategy: 'hierarchical', agents: ['good', 'bad', 'other'] });
    expect(record.attempts.map(({ agentType, role }) => `${agentType} ${role}`).toSorted()).toEqual([
      'bad part',
      'good lead-integrate',
      'good lead-split',
      'other part',
    ]);
    expect(result.output).toEqual([expect.anything(), 'no', { did: { agent: 'other', what: 'right' } }]);
  });

  it('hierarchical: a lead that does not split fails the plan with the reason', async () => {
    const { result } = await run({ strategy: 'hierarchical', agents: ['other', 'good'] });
    expect(result).toMatchObject({
      success: false,
      reason: 'other split the task badly: its output has no list "parts"',
    });
  });

  it('consensus: the answer of more than half wins', async () => {
    const { result } = await run({ strategy: 'consensus', agents: ['good', 'bad', 'other'] });
    expect(result).toMatchObject({ success: true, output: 'yes' });
    const split = await run({ strategy: 'consensus', agents: ['good', 'unsure'] });
    expect(split.result).toMatchObject({
      success: false,
      reason: 'no answer was given by more than half of the 2 agents',
    });
  });

  it('consensus: a verifier agent decides', async () => {
    const { result, record } = await run({
      strategy: 'consensus',
      agents: ['unsure', 'other'],
      verifier: 'good',
    });
    expect(result).toMatchObject({ success: true, output: 'yes', source: 'verifier' });
    expect(record.attempts.find(({ decisive }) => decisive)?.agentType).toBe('other');
  });
});

describe('what cannot run', () => {
  it('an agent that is not declared fails the task with its type, recorded once', async () => {
    const handle = await harness.client.startTask({
      taskId: 'unknown-agent',
      description: 'x',
      agents: ['nobody'],
    });
    await expect(handle.result()).rejects.toMatchObject({
      type: 'UnknownAgent',
      message: expect.stringContaining('"nobody"'),
    });
    expect(await interactions(harness.store).countDocuments({ taskId: 'unknown-agent' })).toBe(1);
  });

  it('an empty task is refused before it starts', async () => {
    await expect(harness.client.startTask({ description: '  ' })).rejects.toThrow(
      'description: "  " is not allowed',
    );
  });

  it('the same task id is one task', async () => {
    const [first, second] = await Promise.all([
      harness.client.executeTask({ taskId: 'twice', description: 'x', agents: ['good'] }),
      harness.client.executeTask({ taskId: 'twice', description: 'x', agents: ['good'] }),
    ]);
    expect(second).toEqual(first);
    expect(await interactions(harness.store).countDocuments({ taskId: 'twice' })).toBe(1);
  });
});
