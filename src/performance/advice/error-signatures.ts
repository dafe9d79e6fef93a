/** The errors of an agent by what they cost: failures, and time. Pure. */
import { groupBy } from '../../shared/group-by.js';
import type { CounterRow } from '../../store/counters.js';
import { entriesOf } from './cells.js';
import { type Cost, divide, failuresBy, timeBy } from './error-cost.js';
import { seconds } from './measures.js';
import type { Performer, Scene } from './scene.js';
import { effectOf, evidenceFor, type Trial } from './trial.js';
import { amount, percent } from './wording.js';

/** What an error costs: of the success rate, and of the time. What costs less than the least is not worth a word. */
const IN_FAILURES = { scale: 'points', least: 0.01, typical: 0.08 } as const;
const IN_TIME = { scale: 'share', least: 0.02, typical: 0.08 } as const;
/** By how much executions with the error have to differ from the others: points of failures. */
const MORE_FAILURES = { least: 0.05, typical: 0.3 } as const;
/** An error that a smaller share of the executions has can cost little. */
const LEAST_SHARE = 0.02;

/** Tests each error that an agent had. */
export function errorSignatures(scene: Scene, performer: Performer, rows: readonly CounterRow[]): Trial[] {
  return [...groupBy(rows, ({ dimensions }) => dimensions['signature'] ?? '')].flatMap(([signature, same]) =>
    costsOf(scene, performer, signature, same),
  );
}

function costsOf(
  { category }: Scene,
  { agentType, entries, monthly }: Performer,
  signature: string,
  rows: readonly CounterRow[],
): Trial[] {
  const divided = divide(entries, entriesOf(rows));
  const failing = failuresBy(divided);
  if (failing === null || failing.share < LEAST_SHARE) return [];
  const tell = (why: string, evidence: Record<string, number>) => () => ({
    title: `Remove the cause of "${signature}" from ${agentType} in ${category}`,
    reason: `${agentType} meets "${signature}" in ${percent(failing.share)} of its executions, ${why}`,
    action: `Find out where "${signature}" comes from and mend it, or tell ${agentType} how to go round it`,
    evidence: { signature, share: failing.share, ...evidence },
  });
  const about = { subject: signature, monthlyExecutions: monthly.executions };
  // That executions with the error fare worse is tested; that this comes to something has to be seen besides.
  const evidenceIf = ({ cost, found }: Cost, least: number, tested: { least: number; typical: number }) =>
    cost.estimate < least ? 0 : evidenceFor(found, tested);
  const [withIt, withoutIt] = failing.found.means;
  const trials: Trial[] = [
    {
      ...about,
      evidence: evidenceIf(failing, IN_FAILURES.least, MORE_FAILURES),
      effect: effectOf(failing.cost, IN_FAILURES),
      metric: 'successRate',
      monthlySpend: monthly.executions,
      tell: tell(`and fails in ${percent(withIt)} of them, in ${percent(withoutIt)} of the others`, {
        failureRate: withIt,
        failureRateWithout: withoutIt,
      }),
    },
  ];
  const slowing = timeBy(divided);
  if (slowing === null) return trials;
  const [slow, usual] = slowing.found.means;
  trials.push({
    ...about,
    evidence: evidenceIf(slowing, IN_TIME.least, seconds),
    effect: effectOf(slowing.cost, IN_TIME),
    metric: 'seconds',
    monthlySpend: monthly.hours,
    tell: tell(`which take ${amount(seconds, slow)}, the others ${amount(seconds, usual)}`, {
      timeShare: slowing.cost.estimate,
    }),
  });
  return trials;
}
