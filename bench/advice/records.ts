/** Tasks of a world as the records that the workflow would hand to recording. */
import { seededUniform, type Uniform } from '../../src/evidence/random.js';
import type { Interaction } from '../../src/learning/interactions.js';
import type { AgentReport, Json } from '../../src/shared/agent-contract.js';
import type { Attempt, PlanChoice } from '../../src/shared/task.js';
import type { Drawn } from './attempt.js';
import { REPEATED_ACTION, REPEATED_INPUTS, SLOW_ACTION } from './problems.js';
import type { WorldTask } from './tasks.js';
import { type CategoryLevels, COMPLEXITIES, type World } from './world.js';

const DAY_MS = 86_400_000;
/** Actions that stages of their own kind take, so that what two have in common is what one took from the other. */
const WORK = [
  ['edit_file', 'run_tests'],
  ['translate_page', 'check_spelling'],
] as const;
/** Chance that a stage speaks of what the earlier one made, where it needs that and where it does not. */
export const MENTIONS = { dependent: 0.9, independent: 0.02 } as const;

/** The records of a world's tasks, in their order. */
export function recordsOf(world: World, tasks: readonly WorldTask[]): Interaction[] {
  const uniform = seededUniform(`advice|records|${world.seed}`);
  return tasks.map((task, index) => recordOf(world, task, index, uniform));
}

function recordOf(world: World, task: WorldTask, index: number, uniform: Uniform): Interaction {
  const { category, complexity, day, calls } = task;
  let earlier: string | null = null;
  const attempts = calls.map(({ agent, drawn }, stage): Attempt => {
    const word = wordOf(uniform);
    const mentions =
      earlier !== null && uniform() < MENTIONS[category.dependent ? 'dependent' : 'independent'];
    const report = reportOf(drawn, category, stage, word, mentions ? earlier : null, uniform);
    earlier = word;
    return {
      agentType: agent.name,
      role: 'worker',
      report,
      success: drawn.success,
      source: 'verifier',
      durationMs: Math.round(drawn.ms),
      elapsedMs: Math.round(drawn.ms + drawn.queueMs),
      decisive: stage === calls.length - 1,
    };
  });
  const elapsed = attempts.reduce((sum, { elapsedMs }) => sum + elapsedMs, 0);
  const steps = { analyse: stepMs(20, uniform), lookUp: stepMs(40, uniform), execute: elapsed };
  // Ends within its day, however long it took.
  const endedAt = world.from + day * DAY_MS + Math.floor(uniform() * DAY_MS);
  const success = attempts.at(-1)?.success ?? null;
  const id = `${world.seed}/task-${index}`;
  return {
    _id: id,
    schemaVersion: 1,
    executionId: id,
    tenant: 'world',
    taskId: `task-${index}`,
    workflowId: null,
    runId: null,
    firstRunId: null,
    origin: 'workflow',
    description: `Do what item ${index} asks for`,
    context: {},
    learning: 'full',
    analysis: {
      complexity: COMPLEXITIES[complexity] ?? 'MODERATE',
      category: category.name,
      requirements: [],
      keywords: [],
      suggestedAgents: [],
      estimatedDuration: 60,
      evidence: [],
    },
    choice: choiceOf(category, calls[0]?.agent.name ?? ''),
    learnings: [],
    knowledge: [],
    missing: [],
    attempts,
    winner: attempts.length - 1,
    ending: 'completed',
    outcome: { success, source: 'verifier' },
    startedAt: endedAt - elapsed - steps.analyse - steps.lookUp,
    endedAt,
    steps,
    recordedAt: new Date(endedAt + stepMs(15, uniform)),
    generations: [],
    parts: ['performance'],
  };
}

function choiceOf(category: CategoryLevels, first: string): PlanChoice {
  const names = category.strategy === 'sequential' ? category.agents.map(({ name }) => name) : [first];
  const key = `${category.strategy}(${names.join('>')})`;
  return {
    strategyId: `${key}@${category.name}`,
    plan: {
      key,
      strategy: category.strategy,
      agents: names.map((type) => ({
        type,
        taskQueue: type,
        hosted: true,
        idempotent: false,
        startToCloseSeconds: 3_600,
        scheduleToStartSeconds: 60,
        heartbeatSeconds: 30,
      })),
      onFailure: 'stop',
    },
    confidence: null,
    propensity: null,
    source: 'configuration',
    reason: 'as configured',
    candidates: [],
    learning: 'full',
  };
}

interface Done {
  type: string;
  input: Json;
  output: Json;
  ms: number;
}

function reportOf(
  drawn: Drawn,
  category: CategoryLevels,
  stage: number,
  word: string,
  mentioned: string | null,
  uniform: Uniform,
): AgentReport {
  const [work, check] = WORK[stage] ?? WORK[0];
  const rest =
    drawn.ms - (category.measured ? drawn.toolMs : 0) - drawn.repeatedMs.reduce((sum, ms) => sum + ms, 0);
  const subject = mentioned === null ? word : `${word} after ${mentioned}`;
  const done: Done[] = [
    // Cheap, and the same every time: nothing to save.
    ...(category.measured && category.strategy === 'single'
      ? [{ type: 'read_config', input: { path: 'a.json' }, output: 'v1', ms: 15 + 10 * uniform() }]
      : []),
    ...(category.measured
      ? [{ type: SLOW_ACTION, input: { of: wordOf(uniform) }, output: wordOf(uniform), ms: drawn.toolMs }]
      : []),
    ...repeatsIn(drawn, category, uniform),
    { type: work, input: { about: subject }, output: `made ${word}`, ms: rest * (0.3 + 0.2 * uniform()) },
    // The same input, but not the same result.
    { type: check, input: {}, output: `${wordOf(uniform)}: no`, ms: rest * 0.1 * uniform() },
    { type: check, input: {}, output: `${wordOf(uniform)}: yes`, ms: rest * 0.1 * uniform() },
  ];
  return {
    success: drawn.success,
    output: `made ${word}`,
    actions: done.map(({ type, input }) => ({ type, input })),
    results: done.map(({ output, ms }) => ({
      success: true,
      output,
      ...(category.measured ? { seconds: Math.round(ms) / 1_000 } : {}),
    })),
    iterations: drawn.iterations,
    errors: drawn.errors,
    cost: drawn.costUsd,
    tokens: { input: Math.round(drawn.costUsd * 3e5), output: Math.round(drawn.costUsd * 3e4) },
    discoveries: [],
    applied: [],
  };
}

/** Within an execution its own page again and again; across them the same few pages. */
function repeatsIn({ repeatedMs }: Drawn, { measured }: CategoryLevels, uniform: Uniform): Done[] {
  if (!measured || repeatedMs.length === 0) return [];
  const page = repeatedMs.length > 1 ? wordOf(uniform) : `page-${Math.floor(uniform() * REPEATED_INPUTS)}`;
  return repeatedMs.map((ms) => ({ type: REPEATED_ACTION, input: { page }, output: `text of ${page}`, ms }));
}

/** A word that nobody else says. */
const wordOf = (uniform: Uniform): string =>
  `w${Math.floor(uniform() * 36 ** 8)
    .toString(36)
    .padStart(8, '0')}`;

const stepMs = (usual: number, uniform: Uniform): number =>
  Math.max(1, Math.round(usual * (0.5 + uniform())));
