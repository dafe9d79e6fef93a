/** The errors of an agent by what they cost: failures, and time. Pure. */
import { groupBy } from '../../shared/group-by.js';
import type { CounterRow } from '../../store/counters.js';
import { entriesOf } from './cells.js';
import { divide, failuresBy, timeBy } from './error-cost.js';
import { seconds } from './measures.js';
import type { Performer, Scene } from './scene.js';
import { effectOfShare, evidenceFor, type Trial } from './trial.js';
import { amount, percent } from './wording.js';

/** An error that costs less is not worth a word: points of the success rate, and share of the time. */
const LEAST_FAILURES = 0.01;
const LEAST_TIME = 0.02;
/** Costs of about this size are usual for errors that matter. */
const TYPICAL = 0.08;

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
  if (failing === null) return [];
  const meets = `${agentType} meets "${signature}" in ${percent(failing.share)} of its executions`;
  const tell = (why: string, evidence: Record<string, number>) => () => ({
    title: `Remove the cause of "${signature}" from ${agentType} in ${category}`,
    reason: `${meets}, ${why}`,
    action: `Find out where "${signature}" comes from and mend it, or tell ${agentType} how to go round it`,
    evidence: { signature, share: failing.share, ...evidence },
  });
  const [withIt, withoutIt] = failing.rates;
  const inFailures = effectOfShare(failing.cost, {
    scale: 'points',
    least: LEAST_FAILURES,
    typical: TYPICAL,
  });
  const about = { subject: signature, monthlyExecutions: monthly.executions };
  const trials: Trial[] = [
    {
      ...about,
      evidence: evidenceFor(inFailures),
      effect: inFailures,
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
  const inTime = effectOfShare(slowing.cost, { scale: 'share', least: LEAST_TIME, typical: TYPICAL });
  const [slow, usual] = slowing.found.means;
  trials.push({
    ...about,
    evidence: evidenceFor(inTime),
    effect: inTime,
    metric: 'seconds',
    monthlySpend: monthly.hours,
    tell: tell(`which take ${amount(seconds, slow)}, the others ${amount(seconds, usual)}`, {
      timeShare: slowing.cost.estimate,
    }),
  });
  return trials;
}
