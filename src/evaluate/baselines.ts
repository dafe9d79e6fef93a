/** What the product is laid beside: ways to choose that are known, or that know too much. */
import { beta, seededUniform } from '../evidence/random.js';
import { outcomeOf, succeeds } from './anonymised-replay.js';
import { type Measures, meanMeasures, measuresOf, utilityOf } from './measures.js';
import type { ReplayFile } from './replay-file.js';

export interface Baselines {
  /** Every agent equally often: its exact expectation, without sampling. */
  random: Measures;
  /** Thompson sampling with a Beta posterior per agent, which sees no text and no category. */
  thompson: Measures;
  /** The one agent that would have been best for all tasks, known in hindsight only. */
  bestSingle: Measures;
}

/**
 * Measures the baselines on a file.
 *
 * @param seeds how often Thompson sampling is run; the others need no chance
 * @param costWeight reward a USD: Thompson sampling learns from, and the best single agent is best by, reward
 *   less weighted cost
 */
export function baselinesOf(replay: ReplayFile, seeds: readonly number[], costWeight: number): Baselines {
  const singles = replay.agents.map((_, agent) =>
    measuresOf(replay.tasks.map((task) => outcomeOf(task, agent, 0))),
  );
  const bestSingle = singles.reduce((best, single) =>
    utilityOf(single, costWeight) > utilityOf(best, costWeight) ? single : best,
  );
  return {
    random: meanMeasures(singles),
    thompson: meanMeasures(seeds.map((seed) => thompson(replay, seed, costWeight))),
    bestSingle,
  };
}

/** Thompson sampling (Biometrika 25, 1933) with Beta(1, 1) priors. */
function thompson(replay: ReplayFile, seed: number, costWeight: number): Measures {
  const uniform = seededUniform(`replay|${seed}|thompson`);
  const posteriors = replay.agents.map(() => ({ a: 1, b: 1 }));
  return measuresOf(
    replay.tasks.map((task) => {
      let [chosen, top] = [0, -1];
      posteriors.forEach(({ a, b }, agent) => {
        const draw = beta(a, b, uniform);
        if (draw > top) [chosen, top] = [agent, draw];
      });
      const outcome = outcomeOf(task, chosen, seed);
      const posterior = posteriors[chosen];
      if (posterior !== undefined)
        posterior[
          succeeds(utilityOf(outcome, costWeight), `replay|${seed}|utility|${task.id}|${chosen}`) ? 'a' : 'b'
        ] += 1;
      return outcome;
    }),
  );
}
