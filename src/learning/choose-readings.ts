/** Which readings of a group become learnings, so that none comes and goes with every few runs. Pure. */
import { type Confidence, confidences } from '../shared/terms.js';
import { isSharper } from './explain.js';
import type { Learning } from './learning.js';
import { atMostConfidence, leansItsWay, type Reading } from './readings.js';
import { deedOf } from './wording-feature.js';

/** A reading that is kept as a learning, and as how sure a one. */
export interface Chosen {
  reading: Reading;
  state: 'asserted' | 'candidate';
  confidence: Confidence;
}

/** Candidates of one type in a group. */
const MAX_CANDIDATES = 5;
/** Of what is quicker, those that are asserted in a group. */
const MAX_QUICKER = 3;
/** Places among which a candidate that is known may fall before another takes its turn. */
const KEPT_PLACES = 12;
/** A difference of rates, or of ratios, that is worth a lesson of its own. */
const MARKED = 0.1;

/**
 * Chooses the readings that are learned. Those that are told from chance are asserted; what was asserted before stays
 * so as long as its interval is on its side. Of the rest only the best few are kept, as candidates, and only
 * what might help: that something might harm is nothing to act on.
 */
export function chooseReadings(
  readings: readonly Reading[],
  stored: ReadonlyMap<string, Learning>,
): Chosen[] {
  const chosen: Chosen[] = [];
  const asserted = readings.filter(({ verdict }) => verdict.state === 'asserted');
  const told = readings.filter((reading) => !asserted.some((one) => saysNoLess(one, reading)));
  const rest = new Map<string, Reading[]>();
  for (const reading of told) {
    const before = stored.get(reading.id);
    const { verdict, type } = reading;
    const wasAsserted = before?.state === 'asserted' && before.origin === 'extracted';
    if (verdict.state === 'asserted')
      chosen.push({
        reading,
        state: 'asserted',
        confidence: steady(reading, wasAsserted ? before : undefined),
      });
    else if (wasAsserted && leansItsWay(reading))
      chosen.push({ reading, state: 'asserted', confidence: 'MEDIUM' });
    else if (mayHelp(reading, before?.state === 'candidate'))
      rest.set(type, [...(rest.get(type) ?? []), reading]);
  }
  return [...fewest(chosen, stored), ...[...rest.values()].flatMap((some) => candidates(some, stored))];
}

/**
 * Whether what is asserted says as much as what it is the general case of: an effect that is hardly larger in
 * special cases is the general one. Of success, only what is not asserted is held against it: that what is adds
 * something was tested.
 */
function saysNoLess(general: Reading, reading: Reading): boolean {
  const [own, its] = [general.verdict, reading.verdict];
  const isPace = 'measure' in its;
  if (general.type !== reading.type || own.verb !== its.verb || !isSharper(reading.feature, general.feature))
    return false;
  return (isPace || its.state === 'candidate') && Math.abs(its.effect) < Math.abs(own.effect) + MARKED;
}

/** What is quicker is not tested beside the rest of what is: only the surest few are lessons. */
function fewest(chosen: readonly Chosen[], stored: ReadonlyMap<string, Learning>): Chosen[] {
  const isPace = ({ reading }: Chosen): boolean => 'measure' in reading.verdict;
  const isKnown = ({ reading }: Chosen): number => Number(stored.get(reading.id)?.state === 'asserted');
  const quicker = chosen
    .filter(isPace)
    .sort(
      (one, other) =>
        isKnown(other) - isKnown(one) ||
        one.reading.verdict.pValue - other.reading.verdict.pValue ||
        (one.reading.id < other.reading.id ? -1 : 1),
    );
  return [...chosen.filter((one) => !isPace(one)), ...quicker.slice(0, MAX_QUICKER)];
}

/** It falls only when it would fall even if it were much surer. */
function steady(reading: Reading, before: Learning | undefined): Confidence {
  const { confidence } = reading.verdict;
  const rank = (one: Confidence): number => confidences.indexOf(one);
  if (before === undefined || rank(before.confidence) <= rank(confidence)) return confidence;
  const most = atMostConfidence(reading);
  return rank(before.confidence) <= rank(most) ? before.confidence : most;
}

/**
 * Whether it is worth an agent's attention though it is not proven: something to do, that made a marked difference so
 * far, or any where it is known already.
 */
function mayHelp({ verdict, feature, type }: Reading, isKnown: boolean): boolean {
  const { verb, counts, effect } = verdict;
  if (verb !== 'prefer' || counts.successes === 0 || deedOf(feature) === null) return false;
  // After an error it is worth knowing what ended it, though nothing else was ever tried, or nothing else failed.
  if (type === 'ERROR_RECOVERY' && effect === 0) return true;
  return counts.withoutN > 0 && ('measure' in verdict || isKnown || effect >= MARKED);
}

function candidates(readings: readonly Reading[], stored: ReadonlyMap<string, Learning>): Chosen[] {
  const differing = readings.filter((reading) => !isOneOfMany(reading));
  // Of what all ended an error and is not told apart, one is enough to go by.
  const most = differing.length > 0 ? MAX_CANDIDATES : 1;
  const ranked = (differing.length > 0 ? differing : readings).toSorted(
    ({ verdict: a, feature }, { verdict: b, feature: other }) =>
      a.pValue - b.pValue ||
      lowOf(b) - lowOf(a) ||
      b.counts.n - a.counts.n ||
      detailOf(other) - detailOf(feature) ||
      (a.feature < b.feature ? -1 : 1),
  );
  const isKnown = ({ id }: Reading): boolean => stored.get(id)?.state === 'candidate';
  const taken: Reading[] = [];
  const known = ranked.slice(0, KEPT_PLACES).filter(isKnown);
  for (const reading of [...known, ...ranked.filter((one) => !known.includes(one))]) {
    if (taken.length === most) break;
    // Of a general case and a special one the better known, or the surer, stands for both.
    if (taken.some((one) => saysNoLess(one, reading) || isSharper(one.feature, reading.feature))) continue;
    taken.push(reading);
  }
  return taken.map((reading) => ({ reading, state: 'candidate', confidence: 'LOW' }));
}

/** Whether it ended an error as often as all else that was tried. */
const isOneOfMany = ({ type, verdict: { effect, counts } }: Reading): boolean =>
  type === 'ERROR_RECOVERY' && effect === 0 && counts.withoutN > 0;

/** How exactly it says what to do. */
function detailOf(feature: Reading['feature']): number {
  if (feature.kind !== 'action') return 0;
  return feature.input === undefined && feature.command === undefined ? 1 : 2;
}

/** The least that it may help: of pace, the most that it may take, turned round. */
const lowOf = (verdict: Reading['verdict']): number =>
  'measure' in verdict ? 1 - verdict.interval[1] : verdict.interval[0];
