/** Whether an agent changed within the window, and when. Pure. */
import type { Cell } from './cells.js';
import { type Contrast, contrast, deviateOf, LEAST_EXECUTIONS } from './contrast.js';
import { evidenceOf, meanEvidence } from './evidence-value.js';
import type { Measure } from './measures.js';
import { besidesMix, type Mix } from './mix.js';

/** Days that are tried as that of the change, at most. */
const MOST_DAYS = 12;

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
  const tried = placesToTry(sorted).flatMap((at): Change[] => {
    const [before, after] = [sorted.slice(0, at), sorted.slice(at)];
    const found = worsening(before, after, measure, mix);
    return found === null ? [] : [changeOf(before, after, found, measure)];
  });
  const turned = tried.map(({ before, after, contrast: found }) =>
    changeOf(before, after, { ...found, estimate: -found.estimate }, measure),
  );
  return { worse: likeliest(tried), better: likeliest(turned) };
}

function changeOf(
  before: readonly Cell[],
  after: readonly Cell[],
  found: Contrast,
  measure: Measure,
): Change {
  const evidence = evidenceOf(deviateOf(found, measure.least), found.error, measure.typical);
  return { day: after[0]?.day ?? 0, before, after, contrast: found, evidence };
}

function likeliest(tried: readonly Change[]): Change | null {
  if (tried.length === 0) return null;
  const best = tried.reduce((most, each) => (each.evidence > most.evidence ? each : most));
  return { ...best, evidence: meanEvidence(tried.map(({ evidence }) => evidence)) };
}

/** Whether it is so still: what was worse for a while and is no more needs no advice. */
export function lasts({ before, after }: Change, measure: Measure, mix?: Mix): boolean {
  const days = [...new Set(after.map(({ day }) => day))].sort((a, b) => a - b);
  const half = days[Math.floor(days.length / 2)] ?? 0;
  const late = worsening(
    before,
    after.filter(({ day }) => day >= half),
    measure,
    mix,
  );
  return late === null || deviateOf(late, measure.least) > 1;
}

function worsening(
  before: readonly Cell[],
  after: readonly Cell[],
  measure: Measure,
  mix?: Mix,
): Contrast | null {
  const plain = contrast(after, before, measure);
  const found = plain === null || mix === undefined ? plain : besidesMix(plain, after, before, mix);
  return found === null || !measure.more ? found : { ...found, estimate: -found.estimate };
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
