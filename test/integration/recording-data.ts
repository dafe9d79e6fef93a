/** Made-up executions that move every counter, and what the counters must then hold. */

import { observationGroups, observations } from '../../src/learning/observations.js';
import { projections, readProjection } from '../../src/recording/projections.js';
import { type ExecutionRecord, type OfferedItem, type Outcome } from '../../src/shared/task.js';
import type { Increment } from '../../src/store/counters.js';
import type { Store } from '../../src/store/store.js';
import { attempt, executionRecord, failing, step } from '../unit/learning/execution-records.js';

const categories = ['bug_fix', 'database', 'testing'] as const;

const offered = (id: string, shown: boolean): OfferedItem => ({
  id,
  version: 1,
  score: 1,
  shown,
  probability: 0.5,
});

/** The record number `index`: they differ in plan, category, success, day, and in what was offered. */
export function recordNumber(tenant: string, index: number): ExecutionRecord {
  const category = categories[index % categories.length];
  const success = index % 7 === 0 ? null : index % 3 !== 0;
  const made = attempt(
    [step('search'), index % 2 === 0 ? failing('edit', 'Error: no') : step('edit')],
    `agent${index % 4}`,
    1 + (index % 5),
  );
  return {
    ...executionRecord({
      tenant,
      id: `n${index}`,
      ...(category === undefined ? {} : { category }),
      success,
      plan: `single(agent${index % 4})`,
      endedAt: 1_700_000_000_000 + index * 7_200_000,
      learnings: [offered('lesson-a', index % 2 === 0), offered('lesson-b', true)],
      attempts: [
        {
          ...made,
          success,
          report: { ...made.report, success, cost: index / 100, applied: ['lesson-b'] },
        },
      ],
    }),
    knowledge: [offered('item-a', index % 4 === 0)],
  };
}

/** Later words on every third record, by sources of differing trust. */
export function laterOutcome(index: number): Outcome | null {
  if (index % 3 !== 0) return null;
  return index % 2 === 0
    ? { success: index % 4 === 0, source: 'human' }
    : { success: index % 5 === 0, source: 'verifier' };
}

/** All counters of a generation, by collection and dimensions; sums of 0 are left out. */
export async function allCounters(
  store: Store,
  tenant: string,
  generation: string,
): Promise<Record<string, Record<string, number>>> {
  const rows = await Promise.all(
    projections.map(async (projection) =>
      (await readProjection(store, projection, tenant, generation)).map((row) => ({
        projection: projection.name,
        ...row,
      })),
    ),
  );
  return asMap(rows.flat());
}

/** All observations of a generation and what is known of their groups, whichever generation it is. */
export async function allObserved(store: Store, tenant: string, generation: string) {
  const rows = await observations(store).find({ tenant, generation }).toArray();
  const groups = await observationGroups(store).find({ tenant, generation }).toArray();
  return {
    rows: rows
      .map(({ _id, generation: _generation, tenant: _tenant, ...row }) => row)
      .sort((a, b) => (`${a.kind}${a.group}${a.id}` < `${b.kind}${b.group}${b.id}` ? -1 : 1)),
    groups: groups
      .map(({ kind, group, seen, stored, highest }) => ({ kind, group, seen, stored, highest }))
      .sort((a, b) => (`${a.kind}${a.group}` < `${b.kind}${b.group}` ? -1 : 1)),
  };
}

/** Increments added up the plain way, in the same form. */
export function asMap(increments: readonly Increment[]): Record<string, Record<string, number>> {
  const all: Record<string, Record<string, number>> = {};
  for (const { projection, dimensions, sums } of increments) {
    const sorted = Object.entries(dimensions).sort(([a], [b]) => (a < b ? -1 : 1));
    const row = (all[`${projection} ${JSON.stringify(sorted)}`] ??= {});
    for (const [name, value] of Object.entries(sums)) row[name] = (row[name] ?? 0) + value;
  }
  return Object.fromEntries(
    Object.entries(all)
      .map(([key, sums]) => [
        key,
        Object.fromEntries(Object.entries(sums).filter(([, value]) => value !== 0)),
      ])
      .filter(([, sums]) => Object.keys(sums as object).length > 0),
  ) as Record<string, Record<string, number>>;
}
