/** Logistic regression with a ridge penalty on features that runs show or do not: the reference of a prediction. Pure. */
import type { Observation } from '../learning/inference/observation.js';

type Example = Pick<Observation, 'task' | 'features' | 'success'>;

/** Fewest training runs that show a feature, and that do not. */
const MIN_RUNS = 3;
/** Penalties that are tried, as shares of the mean square of a run's features. */
const PENALTIES = [0.03, 0.1, 0.3, 1, 3, 10] as const;
const FOLDS = 4;
const STEPS = 25;

/**
 * Fits logistic regression with a ridge penalty on the standardised features of the examples. The penalty is the
 * one with the best log loss over four parts of the tasks, each predicted from the others.
 *
 * It is solved in the examples rather than in the features, of which there are more: the weights are a combination
 * of the examples, found by Newton's method.
 *
 * @see S. le Cessie and J. C. van Houwelingen, "Ridge estimators in logistic regression", Appl. Stat. 41 (1992)
 * @returns the log odds of success of a run by its features
 */
export function fitRidge(examples: readonly Example[]): (features: readonly string[]) => number {
  const vectors = vectorsOf(examples);
  const outcomes = examples.map(({ success }) => Number(success));
  const all = examples.map((_, at) => at);
  const gram = all.map((a) => all.map((b) => vectors.product(a, b)));
  const scale = all.reduce((sum, at) => sum + (gram[at]?.[at] ?? 0), 0) / Math.max(1, all.length);
  if (scale === 0) return () => 0;
  const folds = foldsOf(examples);
  const losses = PENALTIES.map((share) => {
    let loss = 0;
    for (const [fold] of folds.entries()) {
      const held = folds[fold] ?? [];
      const kept = folds.flatMap((members, other) => (other === fold ? [] : members));
      const solution = solve(gram, outcomes, kept, share * scale);
      for (const at of held) {
        const odds = kept.reduce(
          (sum, other, index) => sum + (solution.weights[index] ?? 0) * (gram[at]?.[other] ?? 0),
          solution.intercept,
        );
        loss += Math.log1p(Math.exp(outcomes[at] === 1 ? -odds : odds));
      }
    }
    return loss;
  });
  const best = PENALTIES[losses.indexOf(Math.min(...losses))] ?? 1;
  const { weights, intercept } = solve(gram, outcomes, all, best * scale);
  return vectors.linear(weights, intercept);
}

/** Tasks dealt to folds in the order in which they come; trials of a task stay together. */
function foldsOf(examples: readonly Example[]): number[][] {
  const folds: number[][] = Array.from({ length: FOLDS }, () => []);
  const foldOf = new Map<string, number>();
  for (const [at, { task }] of examples.entries()) {
    const fold = foldOf.get(task) ?? foldOf.size % FOLDS;
    foldOf.set(task, fold);
    folds[fold]?.push(at);
  }
  return folds.filter((members) => members.length > 0);
}

interface Vectors {
  product(a: number, b: number): number;
  /** The linear function of features that a combination of the examples makes. */
  linear(weights: readonly number[], intercept: number): (features: readonly string[]) => number;
}

/** Standardised features without ever writing the absent ones down. */
function vectorsOf(examples: readonly Example[]): Vectors {
  const n = examples.length;
  const counts = new Map<string, number>();
  for (const { features } of examples)
    for (const feature of features) counts.set(feature, (counts.get(feature) ?? 0) + 1);
  // By feature: square of the scale, and the share of runs that show it.
  const kept = new Map<string, { weight: number; rate: number }>();
  for (const [feature, count] of counts) {
    if (count < MIN_RUNS || n - count < MIN_RUNS) continue;
    const rate = count / n;
    kept.set(feature, { weight: 1 / (rate * (1 - rate)), rate });
  }
  // (x - r) (y - r) w, summed over features, with x and y 0 or 1: the parts without x y are sums of their own.
  const own = (features: readonly string[]): number =>
    features.reduce((sum, feature) => {
      const { weight = 0, rate = 0 } = kept.get(feature) ?? {};
      return sum + weight * rate;
    }, 0);
  const constant = [...kept.values()].reduce((sum, { weight, rate }) => sum + weight * rate * rate, 0);
  const sets = examples.map(
    ({ features }) => new Set(features.filter((feature) => kept.has(feature))) as ReadonlySet<string>,
  );
  const owns = examples.map(({ features }) => own(features));
  const shared = (a: Iterable<string>, b: ReadonlySet<string>): number => {
    let sum = 0;
    for (const feature of a) if (b.has(feature)) sum += kept.get(feature)?.weight ?? 0;
    return sum;
  };
  const empty: ReadonlySet<string> = new Set();
  return {
    product: (a, b) =>
      shared(sets[a] ?? empty, sets[b] ?? empty) - (owns[a] ?? 0) - (owns[b] ?? 0) + constant,
    linear: (weights, intercept) => {
      const slopes = new Map<string, number>();
      let base = intercept;
      for (const [at, weight] of weights.entries()) {
        base += weight * (constant - (owns[at] ?? 0));
        for (const feature of sets[at] ?? [])
          slopes.set(feature, (slopes.get(feature) ?? 0) + weight * (kept.get(feature)?.weight ?? 0));
      }
      const total = weights.reduce((sum, weight) => sum + weight, 0);
      return (features) =>
        new Set(features).size === 0
          ? base
          : [...new Set(features)].reduce((sum, feature) => {
              const { weight = 0, rate = 0 } = kept.get(feature) ?? {};
              return sum + (slopes.get(feature) ?? 0) - total * weight * rate;
            }, base);
    },
  };
}

/** Newton's method for the weights of the rows, and the intercept, which is not penalised. */
function solve(
  gram: readonly (readonly number[])[],
  outcomes: readonly number[],
  rows: readonly number[],
  penalty: number,
): { weights: number[]; intercept: number } {
  const n = rows.length;
  const kernel = rows.map((a) => rows.map((b) => gram[a]?.[b] ?? 0));
  const y = rows.map((row) => outcomes[row] ?? 0);
  const rate = (y.reduce((sum, each) => sum + each, 0) + 0.5) / (n + 1);
  let intercept = Math.log(rate / (1 - rate));
  let weights = rows.map(() => 0);
  for (let step = 0; step < STEPS; step += 1) {
    const odds = kernel.map((row) =>
      row.reduce((sum, value, at) => sum + value * (weights[at] ?? 0), intercept),
    );
    const p = odds.map((value) => 1 / (1 + Math.exp(-value)));
    const variance = p.map((value) => Math.max(1e-6, value * (1 - value)));
    // Least squares on the working response z: (K + penalty W^-1) a = z - intercept, sum of a = 0.
    const z = odds.map((value, at) => value + ((y[at] ?? 0) - (p[at] ?? 0)) / (variance[at] ?? 1));
    const matrix = kernel.map((row, a) =>
      row.map((value, b) => (a === b ? value + penalty / (variance[a] ?? 1) : value)),
    );
    const factor = cholesky(matrix);
    const ones = substitute(
      factor,
      rows.map(() => 1),
    );
    const plain = substitute(factor, z);
    const sum = (values: readonly number[]) => values.reduce((total, value) => total + value, 0);
    const next = sum(plain) / sum(ones);
    const updated = plain.map((value, at) => value - next * (ones[at] ?? 0));
    const moved = updated.reduce(
      (most, value, at) => Math.max(most, Math.abs(value - (weights[at] ?? 0))),
      0,
    );
    weights = updated;
    intercept = next;
    if (moved * penalty < 1e-8) break;
  }
  return { weights, intercept };
}

/** Lower triangle L with L L' the matrix, row by row. */
function cholesky(matrix: readonly (readonly number[])[]): Float64Array[] {
  const rows: Float64Array[] = [];
  for (const [a, source] of matrix.entries()) {
    const row = new Float64Array(a + 1);
    rows.push(row);
    for (let b = 0; b <= a; b += 1) {
      const other = rows[b] ?? row;
      let sum = source[b] ?? 0;
      for (let at = 0; at < b; at += 1) sum -= (row[at] ?? 0) * (other[at] ?? 0);
      row[b] = a === b ? Math.sqrt(Math.max(1e-12, sum)) : sum / (other[b] ?? 1);
    }
  }
  return rows;
}

function substitute(lower: readonly Float64Array[], right: readonly number[]): number[] {
  const n = lower.length;
  const x = [...right];
  for (let a = 0; a < n; a += 1) {
    const row = lower[a] ?? new Float64Array();
    let sum = x[a] ?? 0;
    for (let b = 0; b < a; b += 1) sum -= (row[b] ?? 0) * (x[b] ?? 0);
    x[a] = sum / (row[a] ?? 1);
  }
  for (let a = n - 1; a >= 0; a -= 1) {
    let sum = x[a] ?? 0;
    for (let b = a + 1; b < n; b += 1) sum -= (lower[b]?.[a] ?? 0) * (x[b] ?? 0);
    x[a] = sum / (lower[a]?.[a] ?? 1);
  }
  return x;
}
