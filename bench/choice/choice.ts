/**
 * How long choosing a plan takes: 50 plans, 100,000 past tasks in 20 categories. Measured in memory, and through
 * AdaptiveStrategy on a mongod of its own with records coming in between; beside Thompson sampling in the same run.
 */
import type { Bench, BenchReport } from '../bench.js';
import { onOwnServers } from '../own-servers.js';
import { tell } from '../tell.js';
import { type InMemory, measureInMemory } from './in-memory.js';
import { type Beside, latencyText } from './latency.js';
import { measureOnStore, type OnStore } from './on-store.js';
import { CATEGORIES, plans, TASKS } from './past.js';

/** Measures the choice on servers of its own, which are gone afterwards. */
export const choice: Bench = async () => {
  tell('In memory');
  const inMemory = await measureInMemory();
  return onOwnServers(async ({ mongo }) => report(inMemory, await measureOnStore(mongo.uri)));
};

function report(inMemory: InMemory, onStore: OnStore): BenchReport {
  const baselineLine = (name: string, { baseline, ratioP50, ratioP95 }: Beside): string =>
    `  ${name}: ${latencyText(baseline)}; ratio ${ratioP50.toFixed(2)} at p50, ${ratioP95.toFixed(2)} at p95`;
  const lines = (name: string, measured: Beside): string[] => [
    `${name}: ${latencyText(measured.ours)}`,
    baselineLine('Thompson sampling from the same counts', measured),
  ];
  return {
    figures: { plans: plans.length, tasks: TASKS, categories: CATEGORIES, inMemory, onStore },
    text: [
      `${plans.length} plans, ${TASKS} past tasks in ${CATEGORIES} categories`,
      ...lines('In memory', inMemory.plain),
      ...lines('In memory, with a budget', inMemory.budget),
      `  taking in the past: ${inMemory.takingInAll.ms.toFixed(0)} ms; first choice: ${inMemory.firstChoice.ms.toFixed(0)} ms`,
      ...lines('On MongoDB, its read included', onStore.warm),
      baselineLine('Thompson sampling from documents for it alone', onStore.besideOwnDocuments),
      `  cold, the first choice of a process: ${latencyText(onStore.cold)}`,
    ].join('\n'),
  };
}
