/** Files of recorded runs made up for tests of the evaluation of patterns. */
import { writeFile } from 'node:fs/promises';
import { seededUniform } from '../../../src/evidence/random.js';

export interface RecordedRunsOptions {
  seed: string;
  category?: string;
  tasks?: number;
  trials?: number;
  /** What planning first adds to the probability of success. */
  effect: number;
}

/**
 * Tasks of differing difficulty, each tried some times. Half of the runs plan instead of asking, which helps by as much
 * as is said; those of easy tasks search more often than they read, which helps nothing; and half polish, at random.
 */
export function recordedRuns({
  seed,
  category = 'made_up',
  tasks = 60,
  trials = 6,
  effect,
}: RecordedRunsOptions) {
  const uniform = seededUniform(seed);
  return Array.from({ length: tasks }, (_, task) => {
    const ease = uniform();
    return Array.from({ length: trials }, (_, trial) => {
      const plans = uniform() < 0.5;
      const types = [
        plans ? 'plan' : 'ask',
        uniform() < ease ? 'search' : 'read',
        'edit',
        uniform() < 0.5 ? 'polish' : 'tidy',
      ];
      return {
        id: `${seed}-${task}#${trial}`,
        agentType: 'maker',
        taskDescription: `make thing ${task} of ${seed}`,
        taskCategory: category,
        context: {},
        actions: types.map((type) => ({ type, input: `${type} it` })),
        results: types.map(() => ({ success: true })),
        success: uniform() < 0.1 + 0.4 * ease + (plans ? effect : 0),
        iterations: types.length,
        errorsEncountered: 0,
      };
    });
  }).flat();
}

export const writeRuns = (file: string, runs: readonly object[]): Promise<void> =>
  writeFile(file, runs.map((run) => `${JSON.stringify(run)}\n`).join(''));
