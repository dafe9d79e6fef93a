import { mean } from 'simple-statistics';
import { type Estimate, estimate } from '../../../src/evaluate/estimate.js';

/**
 * The mean of some figures over the mean of others that belong to the same worlds, with the interval of the ratio's
 * linear approximation (Cochran, Sampling Techniques, 3rd ed., 6.4). A world with much to gain so weighs more
 * than one in which all agents are alike.
 *
 * @param numerators one a world
 * @param denominators one a world, in the same order; their mean is not 0
 */
export function ratio(numerators: readonly number[], denominators: readonly number[]): Estimate {
  const scale = mean([...denominators]);
  const whole = mean([...numerators]) / scale;
  return estimate(
    numerators.map((each, world) => whole + (each - whole * (denominators[world] ?? 0)) / scale),
  );
}
