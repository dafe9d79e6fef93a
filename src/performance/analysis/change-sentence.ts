/** What a change comes to, in a plain sentence. Pure. */
import type { Followed } from './cells.js';
import type { Change } from './change-points.js';
import { isBetter } from './metrics.js';
import { amountOf, rangeOf } from './wording.js';

const verbs: Record<Followed, { better: string; worse: string }> = {
  success: { better: 'succeeded more often', worse: 'succeeded less often' },
  seconds: { better: 'became faster', worse: 'became slower' },
  cost: { better: 'became cheaper', worse: 'became dearer' },
  iterations: { better: 'needed fewer iterations', worse: 'needed more iterations' },
  errors: { better: 'made fewer errors', worse: 'made more errors' },
};

/** E.g. "code became slower by 12-31% from 2026-01-31 on (2026-01-29 to 2026-02-01)". */
export function changeSentence(
  metric: Followed,
  { value, interval, day, from, to }: Omit<Change, 'p' | 'dispersion'>,
  whose: string,
): string {
  const verb = verbs[metric][isBetter(metric, value) ? 'better' : 'worse'];
  const none = metric === 'success' ? 0 : 1;
  // That something changed is sure where how much is not.
  const amount =
    interval.low <= none && interval.high >= none
      ? `(95% interval ${rangeOf(metric, interval)})`
      : `by ${amountOf(metric, interval)}`;
  return `${whose} ${verb} ${amount} from ${day} on${from === to ? '' : ` (${from} to ${to})`}`;
}
