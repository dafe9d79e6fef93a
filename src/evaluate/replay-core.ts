/**
 * A replay through the components without Temporal and MongoDB: the same analysis and choice, from evidence that the
 * same contributions of the same records move. What differs is where the evidence lies: in this process, since a
 * choice needs the outcome of the task before it and thousands of transactions one after another take many minutes.
 */
import { parseConfig } from '../config.js';
import { allParts, type Interaction } from '../learning/interactions.js';
import { planOffer } from '../plan-offer.js';
import { contributionsOf } from '../recording/contributions.js';
import { blankReport } from '../shared/check-report.js';
import { executionIdOf, taskWorkflowId } from '../shared/ids.js';
import type { ExecutionRecord, PlanChoice, TaskAnalysis } from '../shared/task.js';
import { analyzeTask } from '../strategy/analyze-task.js';
import { choosePlan } from '../strategy/choose-plan.js';
import { EVIDENCE } from '../strategy/evidence-rows.js';
import { type KeyedCounter, TenantEvidence } from '../strategy/tenant-evidence.js';
import {
  type AnonymisedReplay,
  anonymise,
  type ReplayOutcome,
  type ReplayRequest,
  requestOf,
} from './anonymised-replay.js';
import type { ReplayFile } from './replay-file.js';
import type { ReplayStep, SeedReplay } from './seed-replay.js';

const TENANT = 'replay';
/** Epoch milliseconds at which a replay's first task ends, and how long each takes: one ends a minute. */
const FIRST_END = Date.UTC(2020, 0, 1);
const TASK_MS = 60_000;

export interface CoreReplayOptions {
  /** USD a task that the choice is to hold. */
  budget?: number;
  /** Reward a USD. */
  rewardPerUsd?: number;
  /** Told each execution's record, in order. */
  onRecord?: (record: ExecutionRecord) => Promise<void> | void;
}

/** Replays a file once. The same seed makes the same choices. */
export async function replayThroughCore(
  replay: ReplayFile,
  seed: number,
  options: CoreReplayOptions = {},
): Promise<SeedReplay> {
  const { budget, rewardPerUsd = 0, onRecord } = options;
  const view = anonymise(replay, seed);
  const offer = offerOf(view, rewardPerUsd, budget);
  const evidence = new TenantEvidence();
  const steps: ReplayStep[] = [];
  for (const [index, task] of replay.tasks.entries()) {
    const request = requestOf(task);
    const analysis = analyzeTask(request.description, request.context, offer.agents);
    const executionId = executionIdOf(taskWorkflowId(TENANT, task.id), `seed-${seed}`);
    const endedAt = FIRST_END + index * TASK_MS;
    const choice = choosePlan(evidence, offer, { analysis, executionId, learning: 'full' }, endedAt);
    const agent = choice.plan.agents[0]?.type;
    if (agent === undefined) throw new Error(`Chose ${choice.plan.key}, which has no agent`);
    const outcome = view.outcome(task, agent);
    const record = recordOf(request, executionId, analysis, choice, agent, outcome, endedAt);
    evidence.update(countersOf(record));
    await onRecord?.(record);
    steps.push({
      ...outcome,
      confidence: choice.confidence,
      propensity: choice.propensity,
      plan: choice.plan.key,
      category: analysis.category,
    });
  }
  return { steps, completed: steps.length, recorded: evidence.table.tasks, tenant: null };
}

/** The counters that selection reads, moved by one record: each task ends in a minute of its own. */
const countersOf = (record: ExecutionRecord): KeyedCounter[] =>
  contributionsOf(asInteraction(record), record.outcome)
    .filter(({ projection }) => projection === EVIDENCE)
    .map((increment) => ({ ...increment, key: Object.values(increment.dimensions).join('|') }));

/** The offer of a configuration that declares the agents, none with a capability that would set it apart. */
export function offerOf(view: AnonymisedReplay, rewardPerUsd: number, budget: number | undefined) {
  const agents = view.agents.map((type) => ({ type, kind: 'activity' }));
  // Files tell how each agent does alone.
  const selection = { proposals: false, rewardPerUsd, ...(budget === undefined ? {} : { budget }) };
  return planOffer(parseConfig({ agents, selection }, 'the replay'));
}

/** A record as it would be stored. */
export const asInteraction = (record: ExecutionRecord): Interaction => ({
  _id: record.executionId,
  ...record,
  recordedAt: new Date(record.endedAt),
  generations: [],
  parts: [...allParts],
});

/** What the workflow would hand to recording. */
export function recordOf(
  request: ReplayRequest,
  executionId: string,
  analysis: TaskAnalysis,
  choice: PlanChoice,
  agent: string,
  { reward, success, cost }: ReplayOutcome,
  endedAt: number,
): ExecutionRecord {
  return {
    schemaVersion: 1,
    executionId,
    tenant: TENANT,
    ...request,
    workflowId: null,
    runId: null,
    firstRunId: null,
    origin: 'direct',
    learning: 'full',
    analysis,
    choice,
    learnings: [],
    knowledge: [],
    missing: [],
    attempts: [
      {
        agentType: agent,
        role: 'worker',
        report: { ...blankReport(success), ...(cost === null ? {} : { cost }) },
        success,
        source: 'verifier',
        durationMs: 0,
        elapsedMs: 0,
        decisive: true,
      },
    ],
    ending: 'completed',
    outcome: { success, source: 'verifier', score: reward },
    startedAt: endedAt,
    endedAt,
    steps: { analyse: 0, lookUp: 0, execute: 0 },
  };
}
