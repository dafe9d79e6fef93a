import { ActivityFailure, ApplicationFailure, RetryState, TimeoutFailure } from '@temporalio/common';
import { describe, expect, it } from 'vitest';
import { failedAttempt, outcomeOfAnswer } from '../../../src/shared/attempt.js';
import type { PlannedAgent } from '../../../src/shared/task.js';

const agent = (hosted: boolean): PlannedAgent => ({
  type: 'code',
  taskQueue: 'code',
  hosted,
  idempotent: false,
  startToCloseSeconds: 60,
  scheduleToStartSeconds: 60,
  heartbeatSeconds: 30,
});
const spent = { cost: 2, tokens: { input: 30, output: 4 }, iterations: 5 };
const failed = (cause: Error, { hosted = true, activity = 'runAgent' } = {}) =>
  failedAttempt(
    { agentType: 'code', role: 'worker', elapsedMs: 10 },
    agent(hosted),
    undefined,
    new ActivityFailure('failed', activity, '1', RetryState.NON_RETRYABLE_FAILURE, 'worker', cause),
  );
const failure = (type: string, message = 'no', ...details: unknown[]) =>
  ApplicationFailure.nonRetryable(message, type, ...details);

describe('a call that failed', () => {
  it('has a reason of bounded length', () => {
    const { reason, report } = failed(failure('Error', 'x'.repeat(900_000)));
    expect(reason).toHaveLength(2_000);
    expect(JSON.stringify(report).length).toBeLessThan(3_000);
  });

  it.each([
    ['the last heartbeat', new TimeoutFailure('late', { spent }, 'HEARTBEAT')],
    ['the worker that made an end of it', failure('Error', 'the disk is full', { spent })],
  ])('has spent what %s tells', (_who, cause) => {
    expect(failed(cause).report).toMatchObject(spent);
  });

  it('has spent nothing where what is told is beyond all limits', () => {
    const cause = failure('Error', 'no', { spent: { ...spent, cost: 1e300 } });
    expect(failed(cause).report.cost).toBeUndefined();
  });

  it.each([
    ['for its own worker', { hosted: true }, false],
    ['before the agent of another was called', { hosted: false, activity: 'openWorkspace' }, false],
    ['by the agent of another itself', { hosted: false }, undefined],
  ])('for input that does not fit, told %s: whether it was started', (_when, how, started) => {
    expect(failed(failure('InvalidInput'), how).started).toBe(started);
    expect(failed(failure('Error'), how).started).toBeUndefined();
  });

  it('has done what its own worker told when that was shut down', () => {
    const report = {
      success: null,
      output: 'half',
      actions: [],
      results: [],
      iterations: 2,
      errors: [],
      discoveries: [],
      applied: [],
      cost: 1,
    };
    const outcome = { report, source: 'agent', durationMs: 5, claimed: null };
    const shutDown = failure('WorkerShutdown', 'was shut down', outcome);
    expect(failed(shutDown)).toMatchObject({
      success: false,
      source: 'system',
      reason: 'was shut down',
      durationMs: 5,
      report: { success: false, output: 'half', iterations: 2, cost: 1, errors: ['was shut down'] },
    });
    // Others have no part in this.
    expect(failed(shutDown, { hosted: false }).report).toMatchObject({ iterations: 0 });
    expect(failed(failure('WorkerShutdown')).report).toMatchObject({ success: false, iterations: 0 });
  });
});

describe('an answer', () => {
  it('that is no report is no word of the agent', () => {
    const outcome = outcomeOfAnswer({ success: 'yes' }, 1);
    expect(outcome).toMatchObject({ source: 'system', report: { success: false } });
    expect(outcome.claimed).toBeUndefined();
    expect(outcomeOfAnswer({ success: null }, 1)).toMatchObject({ source: 'agent', claimed: null });
  });
});
