/** Records of tasks whose agents were assigned one way or another. */
import { uniformOf } from '../evidence/random.js';
import type { Interaction } from '../learning/interactions.js';
import { executionIdOf, taskWorkflowId } from '../shared/ids.js';
import { analyzeTask } from '../strategy/analyze-task.js';
import { choosePlan } from '../strategy/choose-plan.js';
import { TenantEvidence } from '../strategy/tenant-evidence.js';
import { anonymise, requestOf } from './anonymised-replay.js';
import { asInteraction, offerOf, recordOf, replayThroughCore } from './replay-core.js';
import type { ReplayFile } from './replay-file.js';

/** How tasks get their agents: all equally likely, or as the product's own selection chooses while it learns. */
export const assignments = ['random', 'selection'] as const;
export type Assignment = (typeof assignments)[number];

const TENANT = 'replay';
const DAY_MS = 86_400_000;
/** Midnight of the first day, UTC, on which tasks end, and over how many days they are spread. */
export const FIRST_DAY = Date.UTC(2020, 0, 1);
export const DAYS = 45;

/**
 * One record a task, of the agents under their drawn names. Durations are unknown: none is recorded.
 *
 * @param seed draws names, successes and agents
 */
export async function assignedRecords(
  replay: ReplayFile,
  seed: number,
  assignment: Assignment,
): Promise<Interaction[]> {
  const records = assignment === 'random' ? randomRecords(replay, seed) : await selectedRecords(replay, seed);
  return records.map((record, index) => {
    const at = FIRST_DAY + Math.floor(((index + 0.5) / records.length) * DAYS * DAY_MS);
    return { ...record, startedAt: at, endedAt: at, recordedAt: new Date(at) };
  });
}

async function selectedRecords(replay: ReplayFile, seed: number): Promise<Interaction[]> {
  const records: Interaction[] = [];
  await replayThroughCore(replay, seed, { onRecord: (record) => void records.push(asInteraction(record)) });
  return records;
}

function randomRecords(replay: ReplayFile, seed: number): Interaction[] {
  const view = anonymise(replay, seed);
  const offer = offerOf(view, 0, undefined);
  const evidence = new TenantEvidence();
  return replay.tasks.map((task) => {
    const draw = uniformOf(`advice|${seed}|agent|${task.id}`);
    const agent = view.agents[Math.floor(draw * view.agents.length)] ?? '';
    const request = requestOf(task);
    const analysis = analyzeTask(request.description, request.context, offer.agents);
    const executionId = executionIdOf(taskWorkflowId(TENANT, task.id), `seed-${seed}`);
    const plan = { strategy: 'single' as const, agents: [agent] };
    const choice = choosePlan(
      evidence,
      offer,
      { analysis, executionId, learning: 'record-only', plan },
      FIRST_DAY,
    );
    return asInteraction(
      recordOf(request, executionId, analysis, choice, agent, view.outcome(task, agent), FIRST_DAY),
    );
  });
}
