/** PARALLEL_EXECUTION: neighbouring stages run one after another, though the second does not use the first's work. Pure. */
import { gammaln } from 'simple-statistics';
import { betaBelow } from '../../evidence/beta.js';
import { wilson } from '../../evidence/intervals.js';
import { groupBy } from '../../shared/group-by.js';
import type { CounterRow } from '../../store/counters.js';
import { byDay, entriesOf, totalOf } from './cells.js';
import { LEAST_EXECUTIONS } from './contrast.js';
import type { Scene } from './scene.js';
import { shareOf } from './share.js';
import { effectOf, type Family, type Trial } from './trial.js';
import { percent } from './wording.js';

/** Share of the executions below which, surely, the second stage makes use of the first's work. */
const FLOWS = 0.1;
/** And below which it is so beside all that was tested, and however often was looked. */
const FLOWS_AT_ANY_LOOK = 0.25;
/** The normal quantile of a one-sided 95% bound. */
const Z_95_ONE_SIDED = 1.6448536269514722;
/** Of two stages at once, the shorter is saved: half of the time at most. */
const MOST_SAVED = 0.5;

export function parallelExecution(scene: Scene): Family[] {
  const firsts = groupBy(scene.picture.stages, ({ dimensions }) => dimensions['first'] ?? '');
  return [...firsts].map(([agentType, rows]) => ({
    type: 'PARALLEL_EXECUTION',
    agentType,
    trials: [...groupBy(rows, ({ dimensions }) => dimensions['then'] ?? '')].flatMap(([then, same]) =>
      pairOf(scene, agentType, then, same),
    ),
  }));
}

function pairOf(
  { category, pace }: Scene,
  first: string,
  then: string,
  rows: readonly CounterRow[],
): Trial[] {
  const entries = entriesOf(rows);
  const [n, flows] = [totalOf(entries, 'executions'), totalOf(entries, 'flows')];
  const days = [...byDay(entries, ['savedMs', 'totalMs']).values()];
  const saved = shareOf(
    days.map(({ savedMs, totalMs }) => ({ part: savedMs, whole: totalMs })),
    n,
    MOST_SAVED,
  );
  if (n < LEAST_EXECUTIONS || saved === null) return [];
  return [
    {
      subject: `${first}>${then}`,
      evidence:
        wilson(Math.min(flows, n), n, Z_95_ONE_SIDED).high < FLOWS
          ? evidenceOfFewer(flows, n, FLOWS_AT_ANY_LOOK)
          : 0,
      effect: effectOf(saved, { scale: 'share', least: null, typical: 0.3 }),
      metric: 'seconds',
      monthlyExecutions: pace * n,
      monthlySpend: (pace * totalOf(entries, 'totalMs')) / 3.6e6,
      tell: () => ({
        title: `Run ${first} and ${then} at once in ${category}`,
        reason: `${then} used what ${first} had made in ${flows} of ${n} executions, and the shorter of the two is ${percent(saved.estimate)} of the time`,
        action: `Let ${category} be done by parallel(${first}+${then}) in place of sequential(${first}>${then})`,
        evidence: { executions: n, flows, savedShare: saved.estimate },
      }),
    },
  ];
}

/**
 * E-value for a rate below `most`: how much likelier the counts are at rates drawn evenly from below it than at it.
 * Since counts at a higher rate make it smaller still, it holds for all rates that are not below.
 */
function evidenceOfFewer(count: number, n: number, most: number): number {
  const [a, b] = [count + 1, n - count + 1];
  const likelihood = count * Math.log(most) + (n - count) * Math.log1p(-most);
  const logBeta = gammaln(a) + gammaln(b) - gammaln(a + b);
  return Math.min(1e300, (betaBelow(most, a, b) / most) * Math.exp(logBeta - likelihood));
}
