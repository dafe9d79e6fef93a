/** Near-duplicates and contradictions as parts of an evolve run. */
import { randomBytes } from 'node:crypto';
import { consolidateSome } from '../likeness/consolidate.js';
import { decideContradictions } from '../likeness/decide.js';
import { addTo, type Step } from './step.js';

/** Items that are compared, or looked at, between two looks at the clock. */
const BATCH = 50;

/** Merges what says the same, and marks what says the opposite of each other. */
export const consolidating: Step = {
  name: 'consolidation',
  async run(context, { signal }) {
    const written: Record<string, number> = {};
    for (;;) {
      const { compared, merged, contradicted, reconciled } = await consolidateSome(context, BATCH, signal);
      addTo(written, {
        'items compared': compared,
        'items merged': merged,
        'contradictions found': contradicted,
        'contradictions ended': reconciled,
      });
      // Fewer than asked for: none are left, unless the time was up. None at all in that time is for another run.
      if (compared < BATCH) return { written, finished: !signal.aborted || compared === 0 };
      if (signal.aborted) return { written, finished: false };
    }
  },
};

/**
 * Ends contradictions that evidence decides. Most are not decided, and are looked at in every run: one that has no time
 * for all of them begins anywhere, so that each has its turn.
 */
export const deciding: Step = {
  name: 'contradictions',
  async run(context, { signal }) {
    const written: Record<string, number> = {};
    const begin = `k_${randomBytes(4).toString('hex')}`;
    let after: string | null = begin;
    for (let isRound = false; ; ) {
      const { deprecated, reconciled, next }: Awaited<ReturnType<typeof decideContradictions>> =
        await decideContradictions(context, BATCH, after);
      addTo(written, { 'contradictions ended': reconciled, 'items that lost to their opposite': deprecated });
      after = next;
      if (isRound && (after === null || after >= begin)) return { written, finished: true };
      isRound ||= after === null;
      // Without a change, there is nothing that another call of this run would do.
      if (signal.aborted) return { written, finished: Object.keys(written).length === 0 };
    }
  },
};
