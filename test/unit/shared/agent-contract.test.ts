import { describe, expect, it } from 'vitest';
import { agentHeartbeatSchema, agentReportSchema } from '../../../src/shared/agent-contract.js';

describe('figures of agents', () => {
  it.each([
    { cost: 1e6 + 1 },
    { cost: 9e12 },
    { cost: -1 },
    { cost: Number.POSITIVE_INFINITY },
    { iterations: 1e6 + 1 },
    { tokens: { input: 1e12 + 1, output: 0 } },
    { tokens: { input: 0, output: 9e15 } },
  ])('%j is not allowed', (figures) => {
    expect(agentReportSchema.safeParse({ success: true, ...figures }).success).toBe(false);
    const spent = { cost: 0, tokens: { input: 0, output: 0 }, iterations: 0, ...figures };
    expect(agentHeartbeatSchema.safeParse({ elapsedSeconds: 1, spent }).success).toBe(false);
  });

  it('may be as large as any agent makes them', () => {
    const spent = { cost: 1e6, tokens: { input: 1e12, output: 1e12 }, iterations: 1e6 };
    expect(agentReportSchema.parse({ success: true, ...spent })).toMatchObject(spent);
    expect(agentHeartbeatSchema.parse({ elapsedSeconds: 1, spent })).toMatchObject({ spent });
  });
});
