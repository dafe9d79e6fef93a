/** Sums of one agent's tries at tasks where another had failed, over all categories. */
import type { CounterRow } from '../../store/counters.js';

interface CategorySums {
  category: string;
  /** Tries where the first alone had failed, one after the other or side by side. */
  tries: number;
  successes: number;
}

export interface DirectedPair {
  first: string;
  then: string;
  categories: CategorySums[];
  tries: number;
  successes: number;
  /** Tries where more than one had failed. */
  laterTries: number;
  laterSuccesses: number;
  /** By category: tries whose cost (USD) or time (seconds) is known, and their sums. */
  amounts: { category: string; costed: number; cost: number; timed: number; seconds: number }[];
}

/** Answers of two agents to the same tasks. */
export interface Agreement {
  compared: number;
  agreed: number;
  comparedRight: number;
  agreedRight: number;
}

export const pairKey = (first: string, then: string): string => `${first} ${then}`;

/** Adds splits of counters up: one by itself may be below 0, as what takes a count back may meet another split. */
function together(rows: Iterable<CounterRow>): CounterRow[] {
  const whole = new Map<string, CounterRow>();
  for (const { dimensions, sums } of rows) {
    const key = JSON.stringify(['first', 'then', 'category'].map((name) => dimensions[name]));
    const known = whole.get(key) ?? { dimensions, sums: {} };
    whole.set(key, known);
    for (const [name, value] of Object.entries(sums)) known.sums[name] = (known.sums[name] ?? 0) + value;
  }
  return [...whole.values()];
}

/** Takes counters of handovers apart: what they tell of b after a, and how often answers agree. */
export function pairsOf(rows: Iterable<CounterRow>) {
  const pairs = new Map<string, DirectedPair>();
  const agreements = new Map<string, Agreement>();
  const pairOf = (first: string, then: string): DirectedPair => {
    const key = pairKey(first, then);
    const known = pairs.get(key);
    if (known !== undefined) return known;
    const none = { tries: 0, successes: 0, laterTries: 0, laterSuccesses: 0 };
    const made = { first, then, categories: [], ...none, amounts: [] };
    pairs.set(key, made);
    return made;
  };
  const note = (pair: DirectedPair, category: string, tries: number, successes: number): void => {
    if (tries <= 0) return;
    // Splits that were read at different moments may not fit together yet.
    const known = Math.min(tries, Math.max(0, successes));
    pair.categories.push({ category, tries, successes: known });
    pair.tries += tries;
    pair.successes += known;
  };
  for (const { dimensions, sums } of together(rows)) {
    const [first = '', then = '', category = ''] = ['first', 'then', 'category'].map(
      (name) => dimensions[name],
    );
    const of = (name: string): number => sums[name] ?? 0;
    const pair = pairOf(first, then);
    note(pair, category, of('tries'), of('successes'));
    pair.laterTries += of('laterTries');
    pair.laterSuccesses += of('laterSuccesses');
    if (of('timed') > 0)
      pair.amounts.push({
        category,
        costed: of('costed'),
        cost: of('costMicroUsd') / 1e6,
        timed: of('timed'),
        seconds: of('ms') / 1e3,
      });
    const neither = of('neither');
    note(pair, category, of('onlyThen') + neither, of('onlyThen'));
    if (of('onlyFirst') + neither > 0)
      note(pairOf(then, first), category, of('onlyFirst') + neither, of('onlyFirst'));
    if (of('compared') > 0) {
      const key = pairKey(first, then);
      const agreement = agreements.get(key) ?? { compared: 0, agreed: 0, comparedRight: 0, agreedRight: 0 };
      for (const name of ['compared', 'agreed', 'comparedRight', 'agreedRight'] as const)
        agreement[name] += of(name);
      agreements.set(key, agreement);
    }
  }
  return { pairs, agreements };
}
