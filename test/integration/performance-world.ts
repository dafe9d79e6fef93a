/** Made-up executions that move every statistic, spread over many days, and what reading must then give. */
import { seededUniform } from '../../src/evidence/random.js';
import { type Interaction, interactions } from '../../src/learning/interactions.js';
import { performanceOf } from '../../src/performance/statistics/contributions.js';
import {
  STATISTICS,
  STEPS,
  type StatisticsName,
  statisticsDimensions,
} from '../../src/performance/statistics/projections.js';
import { readStatistics } from '../../src/performance/statistics/read.js';
import { effectiveOutcome, findOutcomes } from '../../src/recording/outcomes.js';
import type { Attempt, ExecutionRecord } from '../../src/shared/task.js';
import { complexities, strategies } from '../../src/shared/terms.js';
import type { Increment } from '../../src/store/counters.js';
import type { Store } from '../../src/store/store.js';
import { attempt, executionRecord, failing, type Step } from '../unit/learning/execution-records.js';

const DAY = 86_400_000;
/** The first day that executions are of. */
export const BEGAN = Date.parse('2026-01-10T00:00:00Z');
export const DAYS = 120;

const pick = <T>(values: readonly T[], share: number): T => values[Math.floor(share * values.length)] as T;

/** The record number `index` of a tenant: they differ in all that statistics are kept by. */
export function madeRecord(tenant: string, index: number): ExecutionRecord {
  const uniform = seededUniform(`${tenant}/${index}`);
  const category = pick(['parsing', 'review | odd=name', 'database'], uniform());
  const strategy = pick(strategies, uniform());
  const agents = ['code', 'test.er', 'doc'];
  const attempts = Array.from({ length: strategy === 'single' ? 1 : 2 }, (_, place): Attempt => {
    const steps = Array.from({ length: Math.floor(6 * uniform()) }, (): Step => {
      const type = pick(['search', 'edit', 'run.tests'], uniform());
      const input = { path: `src/file${Math.floor(3 * uniform())}.ts` };
      if (uniform() < 0.2) return failing(type, `Error: no ${index}`, input);
      const seconds = uniform() < 0.6 ? { seconds: 10 * uniform() } : {};
      return [
        { type, input },
        { success: true, output: 'as it was', ...seconds },
      ];
    });
    const made = attempt(steps, pick(agents, uniform()), 1 + Math.floor(4 * uniform()));
    const success = uniform() < 0.6;
    const durationMs = Math.round(1_000 * Math.exp(4 * uniform()));
    const errors = Array.from(
      { length: Math.floor(4 * uniform() ** 2) },
      (_, error) => `Error ${pick(['alpha', 'beta', 'gamma'], uniform())}: line ${error}`,
    );
    return {
      ...made,
      ...{ success, durationMs, elapsedMs: durationMs + Math.round(500 * uniform()) },
      decisive: place === 0,
      report: {
        ...made.report,
        ...{ success, errors, output: `found marker${index}` },
        ...(uniform() < 0.7 ? { cost: uniform() } : {}),
        ...(uniform() < 0.5 ? { tokens: { input: Math.round(1e4 * uniform()), output: 12 } } : {}),
      },
    };
  });
  const endedAt = BEGAN + Math.floor(DAYS * uniform()) * DAY + Math.floor(DAY * uniform());
  const record = executionRecord({ tenant, id: `p${index}`, category, endedAt, attempts, plan: 'x(y)' });
  if (record.analysis !== null) record.analysis.complexity = pick(complexities, uniform());
  if (record.choice !== null) record.choice.plan.strategy = strategy;
  return {
    ...record,
    origin: 'workflow',
    outcome: { success: attempts[0]?.success ?? null, source: 'agent' },
    steps: { analyse: 3, lookUp: 40, execute: 900, ...(uniform() < 0.1 ? { approval: 5_000 } : {}) },
  };
}

/** Sums by the values of some dimensions; those that come to nothing are left out. */
export type Counted = Record<string, Record<string, number>>;

function add(into: Counted, key: string, sums: Record<string, number>): void {
  const row = (into[key] ??= {});
  for (const [name, value] of Object.entries(sums)) row[name] = (row[name] ?? 0) + value;
}

function withoutZeros(all: Counted): Counted {
  const rows = Object.entries(all).map(([key, sums]): [string, Record<string, number>] => [
    key,
    Object.fromEntries(Object.entries(sums).filter(([, value]) => value !== 0)),
  ]);
  return Object.fromEntries(rows.filter(([, sums]) => Object.keys(sums).length > 0));
}

const keyOf = (by: readonly string[], dimensions: Record<string, string>): string =>
  JSON.stringify(by.map((name) => dimensions[name] ?? ''));

export interface Asked {
  by: readonly string[];
  from?: string | undefined;
  to?: string | undefined;
  where?: Record<string, string>;
}

/** A direct count over the interactions themselves. */
export async function counted(
  store: Store,
  tenant: string,
  name: Exclude<StatisticsName, typeof STEPS>,
  asked: Asked,
): Promise<Counted> {
  return countedOf(await contributed(store, tenant), name, asked);
}

/** The same of what {@link contributed} gave. */
export function countedOf(
  increments: readonly Increment[],
  name: Exclude<StatisticsName, typeof STEPS>,
  { by, from = '', to = '9999', where = {} }: Asked,
): Counted {
  const all: Counted = {};
  for (const increment of increments) {
    const { day = '' } = increment.dimensions;
    if (increment.projection !== name || day < from || day > to) continue;
    if (Object.entries(where).some(([dimension, value]) => increment.dimensions[dimension] !== value))
      continue;
    add(all, keyOf(by, increment.dimensions), increment.sums);
  }
  return withoutZeros(all);
}

/** What each interaction adds, given how it is known to have gone. */
export async function contributed(store: Store, tenant: string): Promise<Increment[]> {
  const all = await interactions(store).find({ tenant }).toArray();
  const ids = all.map(({ _id }) => _id);
  const later = await findOutcomes(store, tenant, ids);
  return all.flatMap((interaction: Interaction) => {
    const own = later.filter(({ executionId }) => executionId === interaction._id);
    const outcome = effectiveOutcome(interaction, own);
    return performanceOf(interaction, outcome);
  });
}

/** What reading gives, in the same form. */
export async function read(
  store: Store,
  tenant: string,
  name: StatisticsName,
  asked: Asked & { bins?: boolean },
): Promise<Counted> {
  const all: Counted = {};
  for (const { dimensions, sums } of await readStatistics(store, tenant, name, asked))
    add(all, keyOf(asked.by, dimensions), sums);
  return withoutZeros(all);
}

/** All statistics of a tenant, by all their dimensions. */
export async function everything(store: Store, tenant: string): Promise<Record<string, Counted>> {
  const found: Record<string, Counted> = {};
  for (const [name, by] of Object.entries(statisticsDimensions))
    found[name] = await read(store, tenant, name as StatisticsName, {
      by: name === STEPS ? ['step', ...by] : by,
    });
  return found;
}

/** The names whose rows are counters of their own. */
export const counterNames = (Object.keys(statisticsDimensions) as StatisticsName[]).filter(
  (name): name is Exclude<StatisticsName, typeof STEPS> => name !== STEPS,
);

export { STATISTICS, STEPS };
