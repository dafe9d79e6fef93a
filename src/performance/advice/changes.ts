/** Whether an agent changed within the window, and when. Pure. */
import type { Cell } from './cells.js';
import { type Contrast, contrast, contrastOf, deviateOf, LEAST_EXECUTIONS } from './contrast.js';
import { evidenceOf, meanEvidence } from './evidence-value.js';
import type { Amounts, Measure } from './measures.js';
import { besidesMix, type Mix } from './mix.js';
import { amountsOf, strataOf, without } from './strata.js';

/** Days that are tried as that of the change, at most. */
const MOST_DAYS = 12;
/** A change that is not as many errors from none is none: what days have to do with it need not be known. */
const SOUGHT = 1.5;

export interface Change {
  /** First day after it, since 1970. */
  day: number;
  before: readonly Cell[];
  after: readonly Cell[];
  /** Later against earlier: positive where it changed in the direction looked for. */
  contrast: Contrast;
  /** For a change on some day: the mean over all days that were tried. */
  evidence: number;
}

/** The likeliest change in either direction; null where no day has 5 executions on both sides. */
export interface Changes {
  worse: Change | null;
  better: Change | null;
}

/**
 * Looks for the day from which on it goes worse, and for the one from which on it goes better.
 *
 * The day is the one with the strongest evidence; that there was a change at all stands on the mean evidence of all
 * days, so that many days to choose from make no change more likely to be found.
 *
 * @param mix of tasks by day, where the cells are not counted by complexity
 */
export function changesIn(cells: readonly Cell[], measure: Measure, mix?: Mix): Changes {
  const sorted = cells.toSorted((a, b) => a.day - b.day);
  const all = amountsOf(sorted);
  const earlier: Amounts[] = [];
  let taken = 0;
  const tried = placesToTry(sorted).flatMap((at): Place[] => {
    amountsOf(sorted.slice(taken, at), earlier);
    taken = at;
    const strata = strataOf(without(all, earlier), without(earlier, []));
    const parts = () => [sorted.slice(at), sorted.slice(0, at)] as const;
    const found = contrastOf(strata, measure.scale, parts, SOUGHT);
    return found === null ? [] : [{ at, found: towardsWorse(found, parts, measure, mix) }];
  });
  const turned = tried.map(({ at, found }) => ({ at, found: { ...found, estimate: -found.estimate } }));
  return { worse: likeliest(sorted, tried, measure), better: likeliest(sorted, turned, measure) };
}

/** A day that may be that of the change, as a position among the cells, and what would have changed. */
interface Place {
  at: number;
  found: Contrast;
}

function likeliest(sorted: readonly Cell[], tried: readonly Place[], measure: Measure): Change | null {
  const evidence = tried.map(({ found }) =>
    evidenceOf(deviateOf(found, measure.least), found.error, measure.typical),
  );
  const best = tried[evidence.indexOf(Math.max(...evidence))];
  if (best === undefined) return null;
  const [before, after] = [sorted.slice(0, best.at), sorted.slice(best.at)];
  const day = after[0]?.day ?? 0;
  return { day, before, after, contrast: best.found, evidence: meanEvidence(evidence) };
}

/** Whether it is so still: what was worse for a while and is no more needs no advice. */
export function lasts({ before, after }: Change, measure: Measure, mix?: Mix): boolean {
  const days = [...new Set(after.map(({ day }) => day))].sort((a, b) => a - b);
  const half = days[Math.floor(days.length / 2)] ?? 0;
  const later = after.filter(({ day }) => day >= half);
  const found = contrast(later, before, measure);
  if (found === null) return true;
  return (
    deviateOf(
      towardsWorse(found, () => [later, before], measure, mix),
      measure.least,
    ) > 1
  );
}

function towardsWorse(
  plain: Contrast,
  parts: () => readonly [after: readonly Cell[], before: readonly Cell[]],
  measure: Measure,
  mix?: Mix,
): Contrast {
  const found = mix === undefined ? plain : besidesMix(plain, ...parts(), mix);
  return measure.more ? { ...found, estimate: -found.estimate } : found;
}

/** Where days begin with enough on both sides, thinned to as many executions between them. */
function placesToTry(sorted: readonly Cell[]): number[] {
  const all = sorted.reduce((sum, { n }) => sum + n, 0);
  const places: number[] = [];
  let [earlier, next] = [0, LEAST_EXECUTIONS];
  for (const [at, { day, n }] of sorted.entries()) {
    const begins = day !== sorted[at - 1]?.day;
    if (begins && earlier >= next && all - earlier >= LEAST_EXECUTIONS) {
      places.push(at);
      next = earlier + all / MOST_DAYS;
    }
    earlier += n;
  }
  return places;
}
