/** Which candidates stand beside all that was tested. Pure. */
import type { Advice, Tested } from './candidate.js';
import { priorityOf } from './priority.js';

/** Share of the advice that may be false. */
const FALSE_SHARE = 0.1;
/** Chance that any urgent advice is given where there is nothing to improve. */
const FALSE_URGENT = 0.05;

/**
 * Advice that stands, the most urgent first.
 *
 * The e-BH procedure: Benjamini and Hochberg's on the inverses of e-values. At most a tenth of the advice is false on
 * average, whatever the tests have to do with each other (they share executions), and however often one looks, since
 * e-values hold at every look.
 *
 * @see R. Wang and A. Ramdas, "False discovery rate control with e-values", J. R. Statist. Soc. B 84 (2022)
 */
export function choose(all: readonly Tested[]): Advice[] {
  const tests = all.reduce((sum, { tests }) => sum + tests, 0);
  const candidates = all.flatMap((tested) => tested.candidates).sort((a, b) => a.p - b.p);
  let kept = 0;
  for (const [place, { p }] of candidates.entries())
    if (p * tests <= FALSE_SHARE * (place + 1)) kept = place + 1;
  return candidates
    .slice(0, kept)
    .map((candidate): Advice => {
      const isSure = candidate.p * tests <= FALSE_URGENT;
      return {
        ...candidate,
        priority: priorityOf(candidate, candidate.expectedImprovement, isSure),
      };
    })
    .sort((a, b) => b.priority - a.priority || a.p - b.p || (a.title < b.title ? -1 : 1));
}
