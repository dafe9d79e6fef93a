/** A made-up past: what so many tasks of one tenant would have left in its counters. */
import { seededUniform, type Uniform } from '../../src/evidence/random.js';
import { planKey } from '../../src/shared/plan-key.js';
import type { Increment } from '../../src/store/counters.js';
import { armIncrement } from '../../src/strategy/arms.js';
import { executionIncrement } from '../../src/strategy/evidence-rows.js';

export const TASKS = 100_000;
export const CATEGORIES = 20;
const MINUTE_MS = 60_000;
/** Epoch milliseconds at which the first task ended: one ends a minute, and the last one now. */
const FIRST_END = Date.now() - TASKS * MINUTE_MS;

export const agents: readonly string[] = Array.from({ length: 50 }, (_, agent) => `agent-${agent + 1}`);
export const plans: readonly string[] = agents.map((agent) =>
  planKey({ strategy: 'single', agents: [agent] }),
);

/** One task: its category, and what its record moves. */
export interface PastTask {
  category: string;
  plan: string;
  success: boolean;
  /** Epoch milliseconds. */
  endedAt: number;
  increments: Increment[];
}

/** The tasks in order, without end; those after the first {@link TASKS} end in times to come. */
export function* tasks(): Generator<PastTask, never> {
  const uniform = seededUniform('bench/choice');
  for (let task = 0; ; task++) yield pastTask(FIRST_END + task * MINUTE_MS, uniform);
}

/** Some categories are common and most are rare; good plans are chosen more often, as selection would. */
function pastTask(endedAt: number, uniform: Uniform): PastTask {
  const category = categoryAt(Math.floor(CATEGORIES * uniform() ** 2));
  const at = Math.floor(plans.length * uniform() ** 2);
  const plan = plans[at] ?? '';
  const expected = 0.8 - 0.6 * (at / plans.length);
  const success = uniform() < expected;
  const cost = 0.002 * (1 + (at % 7));
  const durationMs = 20_000 + 40_000 * uniform();
  const outcome = { success, source: 'verifier' } as const;
  return {
    category,
    plan,
    success,
    endedAt,
    increments: [
      executionIncrement({ plan, category, outcome, durationMs, cost, endedAt, expected }),
      armIncrement({ plan, category, ...outcome, durationMs, iterations: 1, errors: 0, cost, endedAt }),
    ],
  };
}

const categoryAt = (category: number): string => `category-${category + 1}`;
