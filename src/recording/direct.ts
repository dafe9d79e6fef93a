/** The components' own record calls, for platforms that run their agents without our workflow. */
import { randomUUID } from 'node:crypto';
import { findTaskInteractions } from '../learning/interactions.js';
import { type ExecutionFigures, statisticsIncrement } from '../performance/statistics/executions.js';
import { InvalidInputError } from '../shared/errors.js';
import { taskOfWorkflowId } from '../shared/ids.js';
import { parseStrategyId } from '../shared/plan-key.js';
import type { ExecutionRecord } from '../shared/task.js';
import { applyIncrements, type Increment } from '../store/counters.js';
import { appendEvent, type DirectEvent, events } from '../store/event-log.js';
import { ensureLedger, enterLedger } from '../store/ledger.js';
import { addPending } from '../store/pending.js';
import type { Store } from '../store/store.js';
import { type ArmFigures, armIncrement } from '../strategy/arms.js';
import { durationIncrement } from '../strategy/durations.js';
import { executionIncrement } from '../strategy/evidence-rows.js';
import { type Recorded, recordExecution } from './record-execution.js';

const runId = /\/[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;

/** Whether an execution id is that of a workflow's run: those record themselves, whole and once. */
export function isWorkflowExecution(executionId: string): boolean {
  return runId.test(executionId) && taskOfWorkflowId(executionId.replace(runId, '')) !== null;
}

/** Recording of an interaction that no workflow of ours ran. Moves learning only. */
export async function recordInteraction(store: Store, record: ExecutionRecord): Promise<Recorded> {
  if (isWorkflowExecution(record.executionId)) return { applied: false };
  return recordExecution(store, record, ['learning']);
}

/**
 * Recording of one agent execution's figures. Moves statistics only; idempotent by `executionId` when one
 * is given.
 */
export async function recordPerformance(
  store: Store,
  tenant: string,
  figures: ExecutionFigures,
  executionId?: string,
): Promise<Recorded> {
  if (executionId !== undefined && isWorkflowExecution(executionId)) return { applied: false };
  return appendDirect(store, tenant, 'execution', executionId, [statisticsIncrement(figures)], {
    ...figures,
  });
}

/**
 * Recording of a plan's outcome. Moves what is known of plans only; idempotent by `executionId`, or by strategy
 * and task. What a workflow of ours ran is counted by its own record, so that only the remarks on it are taken.
 *
 * @throws InvalidInputError when `strategyId` did not come from selectStrategy
 */
export async function recordStrategyOutcome(
  store: Store,
  tenant: string,
  strategyId: string,
  // Null: what it cost is not known.
  figures: Omit<ArmFigures, 'plan' | 'category' | 'cost'> & { cost: number | null },
  detail: { taskId: string; whatWorked: string[]; improvements: string[] },
  executionId?: string,
): Promise<Recorded> {
  const parsed = parseStrategyId(strategyId);
  if (parsed === null)
    throw new InvalidInputError('strategyId', strategyId, 'the strategyId that selectStrategy returned');
  const arm = { plan: parsed.key, category: parsed.category };
  const { success, source = 'system', cost } = figures;
  const found = await findTaskInteractions(store, tenant, detail.taskId);
  const { complexity = '', keywords = [] } = found[0]?.analysis ?? {};
  const counted =
    (executionId !== undefined && isWorkflowExecution(executionId)) ||
    found.some(({ parts, choice }) => parts.includes('strategy') && choice?.plan.key === parsed.key);
  const increments = counted
    ? []
    : [
        armIncrement({ ...figures, ...arm, cost: cost ?? 0 }),
        executionIncrement({ ...figures, ...arm, outcome: { success, source }, expected: null }),
        durationIncrement({ ...figures, ...arm, complexity }),
      ];
  const noted = detail.whatWorked.length + detail.improvements.length > 0;
  if (counted && !noted) return { applied: false };
  const id = executionId ?? `${detail.taskId}/${strategyId}`;
  return appendDirect(store, tenant, 'strategy-outcome', id, increments, {
    strategyId,
    ...figures,
    ...detail,
    // What the next analysis of a similar task finds it by.
    keywords,
    ...(noted ? { noted } : {}),
  });
}

class AlreadyAppended extends Error {}

async function appendDirect(
  store: Store,
  tenant: string,
  kind: DirectEvent['kind'],
  executionId: string | undefined,
  increments: Increment[],
  detail: Record<string, unknown>,
): Promise<Recorded> {
  const _id = `${tenant}/${kind}/${executionId ?? randomUUID()}`;
  await ensureLedger(store, tenant);
  try {
    await store.transaction(async (session) => {
      const generations = await enterLedger(store, tenant, session);
      if ((await events(store).findOne({ _id }, { session, projection: { _id: 1 } })) !== null)
        throw new AlreadyAppended();
      const event: DirectEvent = {
        _id,
        tenant,
        kind,
        at: new Date(),
        by: 'api',
        increments,
        detail,
        generations,
      };
      await appendEvent(store, event, session);
      if (kind === 'execution')
        await addPending(store, { tenant, executionId: _id, eventId: _id, generations }, session, [
          'recommendations',
        ]);
      await applyIncrements(store, tenant, generations, increments, session);
    });
  } catch (error) {
    if (error instanceof AlreadyAppended) return { applied: false };
    throw error;
  }
  return { applied: true };
}
