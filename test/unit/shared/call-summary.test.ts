import { describe, expect, it } from 'vitest';
import { calledBy, callSummary } from '../../../src/shared/call-summary.js';

describe('the summary of a call', () => {
  it.each([
    [{ agentType: 'code', role: 'worker', lessons: 0, plan: null } as const],
    [{ agentType: 'a.b-c_1', role: 'lead-integrate', lessons: 12, plan: 'single(x), as y' } as const],
  ])('tells who was called: %j', (call) => {
    expect(calledBy(callSummary(call))).toEqual({ agentType: call.agentType, role: call.role });
  });

  it.each([
    undefined,
    null,
    7,
    '',
    'Approval, before the agents; nobody in time: reject',
    'x as boss, 1 lessons, plan y',
  ])('is not %j', (other) => {
    expect(calledBy(other)).toBeNull();
  });
});
