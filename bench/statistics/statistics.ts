/**
 * How long it takes to ask how agents did over the last 90 days, of which a million executions are known; beside
 * the same questions about ten thousand.
 */
import { seededUniform } from '../../src/evidence/random.js';
import { PerformanceOptimizer } from '../../src/performance/performance-optimizer.js';
import { foldStatistics } from '../../src/performance/statistics/fold.js';
import { setUpStore } from '../../src/setup.js';
import { InvalidInputError } from '../../src/shared/errors.js';
import type { Store } from '../../src/store/store.js';
import type { BenchReport, BenchWithOptions } from '../bench.js';
import { type Beside, beside, latencyText, type Time, timed } from '../choice/latency.js';
import { onOwnStore } from '../own-servers.js';
import { tell } from '../tell.js';
import { agents, DAYS, seedLastHour, seedPast } from './past.js';

const EXECUTIONS = 1_000_000;
const FEW = 10_000;
const QUESTIONS = 400;
/** Asked before it counts: a worker is warm. */
const WARM_UP = 40;

export const statistics: BenchWithOptions = {
  options: { executions: 'a whole number' },
  run: async (values) => {
    const executions = Number(values.get('executions') ?? EXECUTIONS);
    if (!Number.isSafeInteger(executions) || executions < FEW)
      throw new InvalidInputError('--executions', values.get('executions'), `a whole number from ${FEW}`);
    return onOwnStore((store) => measure(store, executions));
  },
};

async function measure(store: Store, executions: number): Promise<BenchReport> {
  await setUpStore(store);
  const folding: Record<string, number> = {};
  for (const [tenant, count] of [
    ['many', executions],
    ['few', FEW],
  ] as const) {
    tell(`Writing the counters of ${count} executions`);
    await seedPast(store, tenant, count);
    const { ms } = await timed(async () => {
      for (let moved = 1; moved > 0; ) {
        moved = await foldStatistics(store, tenant);
        tell(`Moved ${moved} counters into blocks`);
      }
    });
    folding[tenant] = ms;
    await seedLastHour(store, tenant, count);
  }
  const [many, few] = ['many', 'few'].map((tenant) => new PerformanceOptimizer(store, tenant));
  if (many === undefined || few === undefined) throw new Error('there is nobody to ask');
  const performance = await askBoth(many, few, (one, draw) =>
    one.getAgentPerformance(draw(), { days: DAYS }),
  );
  const compare = await askBoth(many, few, (one, draw) => {
    const a = draw();
    let b = draw();
    while (b === a) b = draw();
    return one.compareAgents(a, b, { days: DAYS });
  });
  return report(executions, folding['many'] ?? 0, performance, compare);
}

/** Asks both in turns, each first in every other round. */
async function askBoth(
  many: PerformanceOptimizer,
  few: PerformanceOptimizer,
  ask: (one: PerformanceOptimizer, draw: () => string) => Promise<unknown>,
): Promise<Beside> {
  const times = { many: [] as Time[], few: [] as Time[] };
  const uniform = seededUniform('bench/statistics/questions');
  const draw = (): string => agents[Math.floor(agents.length * uniform())] ?? '';
  for (let round = -WARM_UP; round < QUESTIONS; round += 1) {
    const turns = [
      async () => ({ of: times.many, time: await timed(() => ask(many, draw)) }),
      async () => ({ of: times.few, time: await timed(() => ask(few, draw)) }),
    ];
    for (const turn of round % 2 === 0 ? turns : turns.toReversed()) {
      const { of, time } = await turn();
      if (round >= 0) of.push(time);
    }
  }
  return beside(times.many, times.few);
}

function report(executions: number, foldMs: number, performance: Beside, compare: Beside): BenchReport {
  const lines = (name: string, { ours, baseline, ratioP95 }: Beside): string[] => [
    `${name}: ${latencyText(ours)}`,
    `  of ${FEW} executions: ${latencyText(baseline)}; ratio ${ratioP95.toFixed(2)} at p95`,
  ];
  return {
    figures: {
      executions,
      performanceP95Ms: performance.ours.p95,
      compareP95Ms: compare.ours.p95,
      ratio: Math.max(performance.ratioP95, compare.ratioP95),
      foldMs,
      performance,
      compare,
    },
    text: [
      `${executions} executions over ${DAYS} days, moved into blocks in ${(foldMs / 1_000).toFixed(1)} s, and those of an hour since`,
      ...lines('getAgentPerformance', performance),
      ...lines('compareAgents', compare),
    ].join('\n'),
  };
}
