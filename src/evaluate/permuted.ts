import { seededUniform } from '../evidence/random.js';
import type { ReplayFile } from './replay-file.js';

/** The file with its tasks in an order drawn by the seed, all orders being equally likely (Fisher and Yates). */
export function permuted(replay: ReplayFile, seed: number): ReplayFile {
  const uniform = seededUniform(`replay|${seed}|order`);
  const tasks = [...replay.tasks];
  for (let last = tasks.length - 1; last > 0; last--) {
    const drawn = Math.floor(uniform() * (last + 1));
    const [one, other] = [tasks[last], tasks[drawn]];
    if (one !== undefined && other !== undefined) [tasks[last], tasks[drawn]] = [other, one];
  }
  return { ...replay, tasks };
}
