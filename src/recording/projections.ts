/** All projections that are counters, with the dimensions that tell their counters apart. */

import type { ClientSession } from 'mongodb';
import { CLAIMS } from '../evidence/claims.js';
import { KNOWLEDGE_USAGE, LEARNING_USAGE, TOTALS } from '../evidence/usage.js';
import { type StatisticsName, statisticsDimensions } from '../performance/statistics/projections.js';
import { views } from '../performance/statistics/views.js';
import { type BlockView, readWithBlocks } from '../store/counter-blocks.js';
import { type CounterRow, readCounters } from '../store/counters.js';
import type { Store } from '../store/store.js';
import { ARM_DIMENSIONS, ARMS } from '../strategy/arms.js';
import { HANDOVERS } from '../strategy/composition/handovers.js';
import { DURATIONS, durationDimensions } from '../strategy/durations.js';
import { EVIDENCE, EVIDENCE_DIMENSIONS } from '../strategy/evidence-rows.js';

export interface Projection {
  name: string;
  dimensions: readonly string[];
  /** Where its counters are moved into blocks: the view that holds all of them. */
  view?: BlockView;
}

export const projections: readonly Projection[] = [
  ...(Object.keys(statisticsDimensions) as StatisticsName[]).map((name) => ({
    name,
    dimensions: statisticsDimensions[name],
    view: views[name][0],
  })),
  { name: ARMS, dimensions: ARM_DIMENSIONS },
  { name: EVIDENCE, dimensions: EVIDENCE_DIMENSIONS },
  { name: HANDOVERS, dimensions: ['first', 'then', 'category'] },
  { name: DURATIONS, dimensions: durationDimensions },
  { name: CLAIMS, dimensions: ['agentType', 'category', 'day'] },
  { name: LEARNING_USAGE, dimensions: ['id', 'version'] },
  { name: KNOWLEDGE_USAGE, dimensions: ['id', 'version'] },
  { name: TOTALS, dimensions: ['learning', 'ending'] },
];

/** Reads all counters of a projection, in blocks or not. */
export async function readProjection(
  store: Store,
  { name, dimensions, view }: Projection,
  tenant: string,
  generation: string,
  options: { session?: ClientSession } = {},
): Promise<CounterRow[]> {
  if (view === undefined) return readCounters(store, name, tenant, generation, dimensions, {}, options);
  const [rows = []] = await readWithBlocks(store, tenant, generation, [{ view, by: dimensions }], options);
  return rows;
}
