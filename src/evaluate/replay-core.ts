/**
 * A replay through the components without Temporal and MongoDB: the same analysis, posterior and choice, on
 * counters that the same contributions of the same records move. What differs is where the counters lie: in
 * this process, since a choice needs the outcome of the task before it and thousands of transactions one
 * after another take many minutes.
 */
import { parseConfig } from '../config.js';
import { allParts } from '../learning/interactions.js';
import { planOffer } from '../plan-offer.js';
import { contributionsOf } from '../recording/contributions.js';
import { blankReport } from '../shared/check-report.js';
import { executionIdOf, taskWorkflowId } from '../shared/ids.js';
import { strategyIdOf } from '../shared/plan-key.js';
import type { ExecutionRecord, PlanChoice, TaskAnalysis } from '../shared/task.js';
import { analyzeTask } from '../strategy/analyze-task.js';
import { ARMS } from '../strategy/arms.js';
import { choosePlan } from '../strategy/choose.js';
import { candidatePlans } from '../strategy/plans.js';
import { planPosterior } from '../strategy/posterior.js';
import {
  type AnonymisedReplay,
  anonymise,
  type ReplayOutcome,
  type ReplayRequest,
  requestOf,
} from './anonymised-replay.js';
import { CounterTable } from './counter-table.js';
import type { ReplayFile } from './replay-file.js';
import type { SeedReplay } from './seed-replay.js';

const TENANT = 'replay';

/** Told each execution's record, in order. */
export type OnRecord = (record: ExecutionRecord) => Promise<void> | void;

/** Replays a file once. The same seed makes the same choices. */
export async function replayThroughCore(
  replay: ReplayFile,
  seed: number,
  onRecord?: OnRecord,
): Promise<SeedReplay> {
  const view = anonymise(replay, seed);
  const offer = offerOf(view);
  const arms = new CounterTable(ARMS, ['plan', 'category']);
  const steps: ReplayOutcome[] = [];
  for (const task of replay.tasks) {
    const request = requestOf(task);
    const analysis = analyzeTask(request.description, request.context, offer.agents);
    const executionId = executionIdOf(taskWorkflowId(TENANT, task.id), `seed-${seed}`);
    const rows = arms.rows();
    const plans = candidatePlans(offer, analysis);
    const { key, propensity, candidates } = choosePlan(
      new Map(plans.map((plan) => [plan.key, planPosterior(rows, plan.key, analysis.category)])),
      `${executionId}/plan`,
    );
    const plan = plans.find((candidate) => candidate.key === key);
    const agent = plan?.agents[0]?.type;
    if (plan === undefined || agent === undefined) throw new Error(`Chose ${key}, which is no candidate`);
    const outcome = view.outcome(task, agent);
    const choice: PlanChoice = {
      strategyId: strategyIdOf(key, analysis.category),
      plan,
      confidence: candidates.find((candidate) => candidate.key === key)?.mean ?? null,
      propensity,
      source: 'posterior',
      reason: 'chosen in a replay',
      candidates,
      learning: 'full',
    };
    const record = recordOf(request, executionId, analysis, choice, agent, outcome);
    arms.add(contributionsOf(asInteraction(record), record.outcome));
    await onRecord?.(record);
    steps.push(outcome);
  }
  return { steps, completed: steps.length, recorded: arms.total('executions'), tenant: null };
}

/** The offer of a configuration that declares the agents, none with a capability that would set it apart. */
function offerOf(view: AnonymisedReplay) {
  return planOffer(
    parseConfig({ agents: view.agents.map((type) => ({ type, kind: 'activity' })) }, 'the replay'),
  );
}

const asInteraction = (record: ExecutionRecord) => ({
  _id: record.executionId,
  ...record,
  recordedAt: new Date(record.endedAt),
  generations: [],
  parts: [...allParts],
});

/** What the workflow would hand to recording. */
function recordOf(
  request: ReplayRequest,
  executionId: string,
  analysis: TaskAnalysis,
  choice: PlanChoice,
  agent: string,
  { reward, success, cost }: ReplayOutcome,
): ExecutionRecord {
  const now = Date.now();
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
        source: 'agent',
        durationMs: 0,
        elapsedMs: 0,
        decisive: true,
      },
    ],
    ending: 'completed',
    outcome: { success, source: 'agent', score: reward },
    startedAt: now,
    endedAt: now,
    steps: { analyse: 0, lookUp: 0, execute: 0 },
  };
}
