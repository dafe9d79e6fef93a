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
/** Workers that recorded what was not moved yet, a task in some seconds each: each writes a part of its own. */
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
  for (let day = 0; day < DAYS; day += 1) {
    const [from, to] = [day, day + 1].map((edge) => Math.round((edge * executions) / DAYS));
    await writeCounters(store, tenant, (to ?? 0) - (from ?? 0), DAYS - 1 - day, 1, uniform);
  }
}

/** Writes what comes within an hour of such a past: what was not moved into blocks yet when somebody asks. */
export const seedLastHour = (store: Store, tenant: string, executions: number): Promise<void> =>
  writeCounters(
    store,
    tenant,
    Math.ceil(executions / DAYS / 24),
    0,
    WORKERS,
    seededUniform('bench/statistics/last hour'),
  );

async function writeCounters(
  store: Store,
  tenant: string,
  executions: number,
  daysAgo: number,
  workers: number,
  uniform: Uniform,
): Promise<void> {
  const at = Date.parse(dayOf(Date.now())) - daysAgo * DAY_MS;
  const made = new Map<string, CounterDocument>();
  for (let execution = 0; execution < executions; execution += 1) {
    const { projection, dimensions, sums } = statisticsIncrement(madeFigures(at, uniform));
    const _id = `${tenant}|${FIRST_GENERATION}|${projection}|${Object.values(dimensions).join('|')}|${execution % workers}`;
    const document = made.get(_id) ?? {
      ...{ _id, tenant, generation: FIRST_GENERATION, projection, dimensions, sums: {} },
    };
    for (const [name, value] of Object.entries(sums))
      document.sums[name] = (document.sums[name] ?? 0) + value;
    made.set(_id, document);
  }
  const all = [...made.values()];
  for (let start = 0; start < all.length; start += BATCH)
    await counters(store).insertMany(all.slice(start, start + BATCH), {
      ordered: false,
      writeConcern: { w: 1 },
    });
}
