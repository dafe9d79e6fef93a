/** A made-up past of one tenant: what so many executions over 90 days would have left in its counters. */
import { seededUniform, type Uniform } from '../../src/evidence/random.js';
import { type ExecutionFigures, statisticsIncrement } from '../../src/performance/statistics/executions.js';
import { complexities, strategies } from '../../src/shared/terms.js';
import { type CounterDocument, counters, dayOf } from '../../src/store/counters.js';
import { FIRST_GENERATION } from '../../src/store/ledger.js';
import type { Store } from '../../src/store/store.js';

export const DAYS = 90;
const DAY_MS = 86_400_000;
/** Documents of one insertion. */
const BATCH = 5_000;
/** Workers that recorded it, a task in some seconds each: each writes a part of its own. */
const WORKERS = 2;

export const agents: readonly string[] = Array.from({ length: 10 }, (_, agent) => `agent-${agent + 1}`);
const categories = Array.from({ length: 10 }, (_, category) => `category-${category + 1}`);
const [used, difficulties] = [strategies.slice(0, 2), complexities.slice(0, 3)];

const normal = (uniform: Uniform): number =>
  Math.sqrt(-2 * Math.log(1 - uniform())) * Math.cos(2 * Math.PI * uniform());
const pick = <T>(values: readonly T[], uniform: Uniform): T =>
  values[Math.floor(values.length * uniform())] as T;

function madeFigures(endedAt: number, uniform: Uniform): ExecutionFigures {
  const agent = Math.floor(agents.length * uniform());
  return {
    agentType: agents[agent] ?? '',
    category: pick(categories, uniform),
    strategy: pick(used, uniform),
    complexity: pick(difficulties, uniform),
    success: uniform() < 0.9 - 0.04 * agent,
    source: 'verifier',
    durationMs: 20_000 * Math.exp(0.05 * agent + normal(uniform)),
    iterations: 1 + Math.floor(6 * uniform()),
    errors: Math.floor(3 * uniform() ** 2),
    actions: 1 + Math.floor(20 * uniform()),
    cost: 0.02 * Math.exp(0.8 * normal(uniform)),
    tokens: { input: Math.floor(20_000 * uniform()), output: Math.floor(2_000 * uniform()) },
    endedAt,
  };
}

/** Writes the counters, evenly over the days that end with today. */
export async function seedPast(store: Store, tenant: string, executions: number): Promise<void> {
  const uniform = seededUniform('bench/statistics');
  const today = dayOf(Date.now());
  const first = Date.parse(today) - (DAYS - 1) * DAY_MS;
  for (let day = 0; day < DAYS; day += 1) {
    const [from, to] = [day, day + 1].map((edge) => Math.round((edge * executions) / DAYS));
    const made = new Map<string, CounterDocument>();
    for (let execution = from ?? 0; execution < (to ?? 0); execution += 1) {
      const { projection, dimensions, sums } = statisticsIncrement(
        madeFigures(first + day * DAY_MS, uniform),
      );
      // What is over will be moved into blocks; today is read as it was written.
      const split = dimensions['day'] === today ? execution % WORKERS : 0;
      const _id = `${tenant}|${FIRST_GENERATION}|${projection}|${Object.values(dimensions).join('|')}|${split}`;
      const document = made.get(_id) ?? {
        ...{ _id, tenant, generation: FIRST_GENERATION, projection, dimensions, sums: {} },
      };
      for (const [name, value] of Object.entries(sums))
        document.sums[name] = (document.sums[name] ?? 0) + value;
      made.set(_id, document);
    }
    const all = [...made.values()];
    for (let at = 0; at < all.length; at += BATCH)
      await counters(store).insertMany(all.slice(at, at + BATCH), {
        ordered: false,
        writeConcern: { w: 1 },
      });
  }
}
