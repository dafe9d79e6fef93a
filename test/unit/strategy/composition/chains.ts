/** Executions of plans of several agents, made up for tests. */
import type { Json } from '../../../../src/shared/agent-contract.js';
import { planKey } from '../../../../src/shared/plan-key.js';
import type { Attempt, ExecutionRecord, PlanRequest } from '../../../../src/shared/task.js';
import { attempt, executionRecord } from '../../learning/execution-records.js';

export interface Try {
  agent: string;
  success: boolean | null;
  source?: Attempt['source'];
  cost?: number;
  output?: Json;
  decisive?: boolean;
}

const planned = (type: string) => ({
  type,
  taskQueue: type,
  hosted: true,
  idempotent: false,
  startToCloseSeconds: 1,
  scheduleToStartSeconds: 1,
  heartbeatSeconds: 1,
});

/** What is recorded of a plan's tries; each took two seconds, and a verifier judged it unless said otherwise. */
export function planRecord(
  request: PlanRequest,
  tries: readonly Try[],
  options: { id?: string; tenant?: string; category?: string } = {},
): ExecutionRecord {
  const attempts = tries.map(({ agent, success, source = 'verifier', cost, output, decisive }): Attempt => {
    const made = attempt([], agent);
    return {
      ...made,
      success,
      source,
      elapsedMs: 2_000,
      decisive: decisive ?? false,
      report: {
        ...made.report,
        success,
        ...(cost === undefined ? {} : { cost }),
        ...(output === undefined ? {} : { output }),
      },
    };
  });
  const last = attempts.at(-1);
  if (last !== undefined && !attempts.some(({ decisive }) => decisive)) last.decisive = true;
  const decisive = attempts.find((each) => each.decisive);
  const record = executionRecord({
    id: options.id ?? 'one',
    tenant: options.tenant ?? 't1',
    category: options.category ?? 'bug_fix',
    plan: planKey(request),
    attempts,
  });
  const { choice } = record;
  if (choice === null || decisive === undefined) throw new Error('a plan and a try are needed');
  const { strategy, onFailure = 'next' } = request;
  return {
    ...record,
    choice: {
      ...choice,
      plan: { key: planKey(request), strategy, agents: request.agents.map(planned), onFailure },
    },
    outcome: { success: decisive.success, source: decisive.source },
  };
}
