/** Pruning and removal as parts of an evolve run. */
import { prune } from '../lifecycle/prune.js';
import { purge } from '../lifecycle/purge.js';
import type { Step } from './step.js';

const BY = 'system';

/** Lets go of what the rules and the budget name. */
export const pruning: Step = {
  name: 'pruning',
  async run(context, options) {
    const { counts, finished } = await prune(context, { by: BY, ...options });
    const written = Object.entries(counts)
      .filter(([, count]) => count > 0)
      .map(([rule, count]) => [`items pruned: ${rule}`, count]);
    return { written: Object.fromEntries(written), finished };
  },
};

/** Removes for good what was pruned longer ago than it can be restored. */
export const purging: Step = {
  name: 'removal',
  async run(context, { now, signal }) {
    const { removed, finished } = await purge(context, { by: BY, now, signal });
    return { written: removed > 0 ? { 'items removed': removed } : {}, finished };
  },
};
