import { argmax } from '../draws.js';
import type { MakeMethod } from '../method.js';
import { FEATURES, featuresOf } from './hashed-text.js';

/** One agent's ridge regression: the inverse of its Gram matrix, and its coefficients. */
interface Regression {
  inverse: Float64Array;
  coefficients: Float64Array;
}

/**
 * LinUCB with a regression of its own for each agent (Li, Chu, Langford and Schapire, WWW 2010) on the task's
 * category and hashed words.
 *
 * @param width standard deviations that the bound lies above the estimate
 */
export const linUcb =
  (width: number): MakeMethod =>
  ({ agents }, uniform) => {
    const regressions = Array.from({ length: agents }, (): Regression => {
      const inverse = new Float64Array(FEATURES * FEATURES);
      for (let index = 0; index < FEATURES; index++) inverse[index * FEATURES + index] = 1;
      return { inverse, coefficients: new Float64Array(FEATURES) };
    });
    return {
      choose({ category, text, offered }) {
        const features = featuresOf(category, text);
        const bounds = offered.map((agent) => {
          const regression = regressions[agent];
          if (regression === undefined) return 0;
          return estimate(regression, features) + width * Math.sqrt(quadratic(regression, features));
        });
        return offered[argmax(bounds, uniform)] ?? 0;
      },
      update({ category, text }, agent, { reward }) {
        const regression = regressions[agent];
        if (regression !== undefined) learn(regression, featuresOf(category, text), reward);
      },
    };
  };

type Features = [index: number, value: number][];

const estimate = ({ coefficients }: Regression, features: Features): number =>
  features.reduce((sum, [index, value]) => sum + value * (coefficients[index] ?? 0), 0);

function quadratic({ inverse }: Regression, features: Features): number {
  let sum = 0;
  for (const [row, one] of features)
    for (const [column, other] of features) sum += one * other * (inverse[row * FEATURES + column] ?? 0);
  return sum;
}

/** Takes one outcome in, by Sherman and Morrison's formula. */
function learn(regression: Regression, features: Features, reward: number): void {
  const { inverse, coefficients } = regression;
  const surprise = reward - estimate(regression, features);
  const scale = 1 / (1 + quadratic(regression, features));
  const gain = new Float64Array(FEATURES);
  for (let row = 0; row < FEATURES; row++)
    for (const [column, value] of features)
      gain[row] = (gain[row] ?? 0) + value * (inverse[row * FEATURES + column] ?? 0);
  for (let row = 0; row < FEATURES; row++) {
    coefficients[row] = (coefficients[row] ?? 0) + scale * surprise * (gain[row] ?? 0);
    if (gain[row] === 0) continue;
    for (let column = 0; column < FEATURES; column++)
      inverse[row * FEATURES + column] =
        (inverse[row * FEATURES + column] ?? 0) - scale * (gain[row] ?? 0) * (gain[column] ?? 0);
  }
}
