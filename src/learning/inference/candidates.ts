/** The features that are judged, with the runs that show them. Pure. */
import { compareText } from './compare-text.js';
import type { Observation } from './observation.js';

/** Fewest runs that show a feature before it is judged. */
const MIN_RUNS = 3;

export interface Candidate {
  feature: string;
  /** Positions of the runs that show it, ascending. */
  runs: readonly number[];
}

/** Candidates among the runs in the order of their keys: chosen by how often they are seen, never by how it went. */
export function candidatesOf(runs: readonly Observation[]): Candidate[] {
  const seen = new Map<string, number[]>();
  runs.forEach((run, position) => {
    for (const feature of run.features) {
      const list = seen.get(feature);
      if (list === undefined) seen.set(feature, [position]);
      else if (list.at(-1) !== position) list.push(position);
    }
  });
  return [...seen]
    .map(([feature, positions]) => ({ feature, runs: positions }))
    .filter(({ runs: positions }) => positions.length >= MIN_RUNS)
    .sort((a, b) => compareText(a.feature, b.feature));
}
