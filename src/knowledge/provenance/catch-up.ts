/** Retractions as a part of an evolve run: what was interrupted is gone on with. */
import { ConflictError } from '../../shared/errors.js';
import { isUnavailable } from '../../store/store.js';
import type { KnowledgeContext } from '../context.js';
import type { Step } from '../evolve/step.js';
import { parseSource } from '../source.js';
import { retract, undoRetraction } from './retract.js';
import { retractions } from './retractions.js';
import { sweepItems } from './steps.js';

/** Milliseconds for which a transaction may not have seen a retraction that began meanwhile, amply. */
const SWEPT_MS = 600_000;
/** Retractions that one run goes on with. */
const SOME = 10;

/**
 * Goes on with retractions and undoings whose process ended.
 *
 * @returns how many were finished
 */
async function goOn(context: KnowledgeContext, signal: AbortSignal): Promise<number> {
  const { store, tenant } = context;
  const left = await store.run((options) =>
    retractions(store)
      .find(
        {
          ...{ tenant, state: { $in: ['running', 'undoing'] } },
          $or: [{ heldUntil: null }, { heldUntil: { $lt: new Date() } }],
        },
        options,
      )
      .sort({ at: 1 })
      .limit(SOME)
      .toArray(),
  );
  let finished = 0;
  let failure: { error: unknown } | null = null;
  for (const { id, source, state, by, reason, undoneBy } of left)
    try {
      if (state === 'running') await retract({ ...context, signal }, parseSource(source), { by, reason });
      else await undoRetraction({ ...context, signal }, id, { by: undoneBy ?? by });
      finished += 1;
    } catch (error) {
      if (signal.aborted || isUnavailable(error)) throw error;
      // One that cannot be gone on with must not hold up the others.
      failure ??= { error };
    }
  if (failure !== null) throw failure.error;
  return finished;
}

/** Withdraws what was taken in by transactions that had begun before a retraction, and so did not see it. */
async function sweep(context: KnowledgeContext): Promise<void> {
  const { store, tenant } = context;
  const recent = await store.run((options) =>
    retractions(store)
      .find({ tenant, state: 'done', doneAt: { $gte: new Date(Date.now() - SWEPT_MS) } }, options)
      .toArray(),
  );
  for (const retraction of recent)
    try {
      await sweepItems({ ...context, retraction, mode: 'withdraw', by: retraction.by });
    } catch (error) {
      // It is being undone meanwhile.
      if (!(error instanceof ConflictError)) throw error;
    }
}

/** Goes on with interrupted retractions, and closes the gaps of recent ones. */
export const catchingUp: Step = {
  name: 'retractions',
  async run(context, { signal }) {
    try {
      const finished = await goOn(context, signal);
      await sweep(context);
      return { written: { 'retractions finished': finished }, finished: true };
    } catch (error) {
      if (signal.aborted && error === signal.reason) return { written: {}, finished: false };
      throw error;
    }
  },
};
