import { beta, type Uniform } from '../../../src/evidence/random.js';
import type { MakeMethod } from '../method.js';
import { asSuccess, Beliefs, type Counts } from './counts.js';

/** Draws from the beliefs at each choice. */
const DRAWS = 100;

/**
 * Variance-based information-directed sampling (Russo and Van Roy, Operations Research 66(1), 2018): the mixture of
 * two agents with the least squared regret a unit of information, both estimated from draws.
 */
export const informationDirected = (): MakeMethod => (_, uniform) => {
  const beliefs = new Beliefs();
  return {
    choose({ offered }) {
      const figures = figuresOf(
        offered.map((agent) => beliefs.of(`${agent}`)),
        uniform,
      );
      return offered[mixture(figures, uniform)] ?? 0;
    },
    update(_task, agent, { reward }) {
      beliefs.of(`${agent}`)[asSuccess(reward, uniform) ? 'a' : 'b'] += 1;
    },
  };
};

/** Expected regret and information of each agent. */
interface Figures {
  regret: number[];
  information: number[];
}

function figuresOf(counts: readonly Counts[], uniform: Uniform): Figures {
  const n = counts.length;
  const mean = new Float64Array(n);
  const wins = new Float64Array(n);
  // By best agent, sums of what each agent was drawn at.
  const sums = new Float64Array(n * n);
  const draw = new Float64Array(n);
  let highest = 0;
  for (let round = 0; round < DRAWS; round++) {
    let best = 0;
    counts.forEach(({ a, b }, k) => {
      draw[k] = beta(a, b, uniform);
      if ((draw[k] ?? 0) > (draw[best] ?? 0)) best = k;
    });
    wins[best] = (wins[best] ?? 0) + 1;
    highest += (draw[best] ?? 0) / DRAWS;
    for (let k = 0; k < n; k++) {
      mean[k] = (mean[k] ?? 0) + (draw[k] ?? 0) / DRAWS;
      sums[best * n + k] = (sums[best * n + k] ?? 0) + (draw[k] ?? 0);
    }
  }
  const information = Array.from({ length: n }, (_, k) => {
    let sum = 0;
    wins.forEach((count, best) => {
      if (count > 0) sum += (count / DRAWS) * ((sums[best * n + k] ?? 0) / count - (mean[k] ?? 0)) ** 2;
    });
    return Math.max(sum, 1e-12);
  });
  return { regret: Array.from(mean, (each) => highest - each), information };
}

/** One agent of the best pair, by its share. */
function mixture({ regret, information }: Figures, uniform: Uniform): number {
  let [least, one, other, share] = [Number.POSITIVE_INFINITY, 0, 0, 1];
  for (let i = 0; i < regret.length; i++)
    for (let j = i; j < regret.length; j++) {
      const [ri, rj] = [regret[i] ?? 0, regret[j] ?? 0];
      const [gi, gj] = [information[i] ?? 0, information[j] ?? 0];
      const ratio = (q: number): number => (q * ri + (1 - q) * rj) ** 2 / (q * gi + (1 - q) * gj);
      // Where the derivative in q is 0.
      const inner = ((gi - gj) * rj - 2 * (ri - rj) * gj) / ((ri - rj) * (gi - gj));
      for (const q of [1, 0, ...(inner > 0 && inner < 1 ? [inner] : [])])
        if (ratio(q) < least) [least, one, other, share] = [ratio(q), i, j, q];
    }
  return uniform() < share ? one : other;
}
