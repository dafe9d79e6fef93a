/** Pictures of a category with agents as a test wants them. */
import { seededUniform } from '../../../src/evidence/random.js';
import type { Picture } from '../../../src/performance/advice/picture.js';
import type { CounterRow } from '../../../src/store/counters.js';

export const FROM = Date.UTC(2026, 2, 1);
const DAY_MS = 86_400_000;
export const dayAt = (day: number): string => new Date(FROM + day * DAY_MS).toISOString().slice(0, 10);

/** How an agent does on a day. Times in ms, costs in micro-USD. */
export interface Doing {
  perDay?: number;
  success?: number;
  ms?: number;
  cost?: number;
  iterations?: number;
  errors?: number;
  strategy?: string;
  complexity?: string;
}

const usual = {
  perDay: 8,
  success: 0.8,
  ms: 60_000,
  cost: 50_000,
  iterations: 4,
  errors: 0.1,
  strategy: 'single',
  complexity: 'MODERATE',
};

/** Rows of one agent's executions over some days, drawn with a seed. */
export function executionsOf(
  agentType: string,
  days: number,
  doing: (day: number) => Doing,
  seed = '',
): CounterRow[] {
  const uniform = seededUniform(`${seed}|${agentType}`);
  const normal = (): number => Math.sqrt(-2 * Math.log(1 - uniform())) * Math.cos(2 * Math.PI * uniform());
  return Array.from({ length: days }, (_, day) => {
    const { perDay, success, ms, cost, iterations, errors, strategy, complexity } = {
      ...usual,
      ...doing(day),
    };
    const sums: Record<string, number> = {};
    const add = (name: string, value: number): void => {
      sums[name] = (sums[name] ?? 0) + Math.round(value);
    };
    for (let one = 0; one < perDay; one += 1) {
      add('executions', 1);
      add(uniform() < success ? 'successes' : 'failures', 1);
      const [logMs, logCost] = [Math.log(ms) + 0.5 * normal(), Math.log(cost) + 0.3 * normal()];
      add('durationMs', Math.exp(logMs));
      add('timed', 1);
      add('logMs', 1_000 * logMs);
      add('logMs2', 1_000 * logMs ** 2);
      add('costMicroUsd', Math.exp(logCost));
      add('costed', 1);
      add('logCost', 1_000 * logCost);
      add('logCost2', 1_000 * logCost ** 2);
      const taken = Math.max(1, Math.round(iterations + 1.2 * normal()));
      add('iterations', taken);
      add('iterations2', taken ** 2);
      const met = uniform() < errors ? 1 : 0;
      add('errors', met);
      add('errors2', met);
    }
    return { dimensions: { agentType, strategy, complexity, day: dayAt(day) }, sums };
  });
}

export const pictureOf = (
  days: number,
  parts: Partial<Omit<Picture, 'category' | 'from' | 'to'>>,
): Picture => ({
  category: 'parsing',
  from: dayAt(0),
  to: dayAt(days - 1),
  executions: [],
  steps: [],
  errors: [],
  actions: [],
  stages: [],
  ...parts,
});
