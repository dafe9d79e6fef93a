/** Withdrawing all that derives from a bad source, and undoing that. */
import { NotFoundError } from '../../shared/errors.js';
import { ensureLedger } from '../../store/ledger.js';
import type { KnowledgeContext } from '../context.js';
import { parseSource, type Source, sourceKey } from '../source.js';
import { advance, begin, beginUndoing, type Held, letGo } from './hold.js';
import {
  noFigures,
  publicRetraction,
  type Retraction,
  type RetractionDocument,
  type RetractionFigures,
  type RetractionState,
  retractions,
} from './retractions.js';
import { countReverted, forgetEffects, type StepScope, steps, stepsFor } from './steps.js';

/** `executions` is needed for tasks and agents: the use of items in their executions is withdrawn. */
export type RetractionContext = Pick<KnowledgeContext, 'store' | 'tenant' | 'executions'> & {
  /** When it fires, a run ends with the batch that it is at, throwing the signal's reason; the next goes on there. */
  signal?: AbortSignal;
};

export interface RetractOptions {
  /** Who does so. */
  by: string;
  reason: string;
  /** Only counts what it would do. */
  dryRun?: boolean;
}

/**
 * Withdraws all that derives from a source:
 *
 * - Items of which every contribution is the source's, or was made together with it (an agent in a task), are
 *   ARCHIVED: no look-up, feed or confirmation meets them. Their merges are taken apart: what was merged into them and
 *   has other sources comes back.
 * - Items that have other sources stay. Where an agent or a person wrote their current words over others', the last
 *   words of others come back, as a new version; words that others only confirmed stay, as theirs.
 * - Votes, views and confirmations of an agent no longer count; so do confirmations in a task.
 * - Use of items no longer counts: all that was shown and applied in a task; what an agent or a person reported by
 *   hand; what an import brought; and of an agent's executions those whose outcome only its own word tells.
 *
 * All in batches of some hundreds, each one transaction: a run that was killed is gone on with by the next call, once
 * it gave no sign of life for a minute. While the retraction stands, nothing new of the source is taken in.
 *
 * @returns the retraction with its figures; of a dry run, in state `planned`
 * @throws ConflictError when the source is retracted already, or is being so
 */
export async function retract(
  context: RetractionContext,
  source: Source,
  options: RetractOptions,
): Promise<Retraction> {
  const { store, tenant } = context;
  const { by, reason, dryRun = false } = options;
  await ensureLedger(store, tenant);
  const [first = 'items'] = stepsFor(source);
  mustReadExecutions(context, source);
  const key = sourceKey(source);
  if (dryRun) return plan(context, planned(tenant, key, by, reason));
  const held = await begin(store, tenant, key, { by, reason, first });
  return work(context, held, 'withdraw');
}

/**
 * Undoes a retraction: all that it changed is as before, and what others changed meanwhile stays. What another
 * retraction withdraws, too, stays withdrawn in that one's name.
 *
 * @throws NotFoundError when the tenant has no such retraction
 * @throws ConflictError when it is undone, or another run is at it
 */
export async function undoRetraction(
  context: RetractionContext,
  id: string,
  { by }: { by: string },
): Promise<Retraction> {
  const { store, tenant } = context;
  await ensureLedger(store, tenant);
  const found = await store.run((options) =>
    retractions(store).findOne({ _id: `${tenant}|${id}`, tenant }, options),
  );
  if (found === null) throw new NotFoundError('retraction', id);
  const source = parseSource(found.source);
  mustReadExecutions(context, source);
  const first = stepsFor(source).at(-1) ?? 'items';
  const held = await beginUndoing(store, tenant, id, { by, first });
  return work(context, held, 'give-back');
}

/** Half a retraction would look like a whole one. */
function mustReadExecutions({ executions }: RetractionContext, source: Source): void {
  if (executions === undefined && stepsFor(source).includes('executions'))
    throw new Error(
      `The knowledge base was made without executions, which retracting ${sourceKey(source)} needs`,
    );
}

/** Goes through the steps that are left, noting after each batch how far it got. */
async function work(
  context: RetractionContext,
  held: Held,
  mode: 'withdraw' | 'give-back',
): Promise<Retraction> {
  const { store, signal } = context;
  const { retraction } = held;
  const all = stepsFor(parseSource(retraction.source));
  const order = mode === 'withdraw' ? all : all.toReversed();
  const by = mode === 'withdraw' ? retraction.by : (retraction.undoneBy ?? retraction.by);
  const scope: StepScope = { ...context, retraction, mode, by };
  const { cursor } = retraction;
  try {
    for (const step of order.slice(cursor === null ? order.length : order.indexOf(cursor.step))) {
      const from = step === cursor?.step ? cursor.after : null;
      await advance(store, held, { cursor: { step, after: from } });
      for await (const { after } of steps[step](scope, from)) {
        await advance(store, held, { cursor: { step, after } });
        signal?.throwIfAborted();
      }
    }
    const at = new Date();
    return await finish(
      context,
      held,
      mode === 'withdraw' ? { state: 'done', doneAt: at } : { state: 'undone', undoneAt: at },
    );
  } catch (error) {
    await letGo(store, held);
    throw error;
  }
}

async function finish(
  { store }: RetractionContext,
  held: Held,
  set: { state: RetractionState } & Partial<RetractionDocument>,
): Promise<Retraction> {
  const { retraction } = held;
  const { _id, tenant } = retraction;
  if (set.state === 'undone') await forgetEffects(store, retraction);
  else {
    const reverted = await countReverted(store, retraction);
    await store.run((options) =>
      retractions(store).updateOne({ _id, tenant }, { $set: { 'figures.reverted': reverted } }, options),
    );
  }
  await advance(store, held, { ...set, cursor: null, heldUntil: null });
  const done = await store.run((options) => retractions(store).findOne({ _id, tenant }, options));
  return publicRetraction(done ?? { ...retraction, ...set });
}

const planned = (tenant: string, source: string, by: string, reason: string): RetractionDocument => ({
  ...{ _id: '', tenant, id: '', source, number: 0, by, reason, state: 'planned', standing: false },
  ...{ at: new Date(), doneAt: null, undoneBy: null, undoneAt: null, figures: noFigures },
  ...{ cursor: null, holder: null, heldUntil: null },
});

async function plan(context: RetractionContext, retraction: RetractionDocument): Promise<Retraction> {
  const figures: RetractionFigures = { ...noFigures };
  const scope: StepScope = { ...context, retraction, mode: 'plan', by: retraction.by };
  for (const step of stepsFor(parseSource(retraction.source)))
    for await (const batch of steps[step](scope, null))
      for (const [name, by] of Object.entries(batch.figures) as [keyof RetractionFigures, number][])
        figures[name] += by;
  return publicRetraction({ ...retraction, figures });
}

/** Retractions, newest first. */
export async function listRetractions(
  { store, tenant }: Pick<KnowledgeContext, 'store' | 'tenant'>,
  { source, limit = 50 }: { source?: Source; limit?: number } = {},
): Promise<Retraction[]> {
  const filter = { tenant, ...(source === undefined ? {} : { source: sourceKey(source) }) };
  const found = await store.run((options) =>
    retractions(store).find(filter, options).sort({ at: -1, _id: 1 }).limit(limit).toArray(),
  );
  return found.map(publicRetraction);
}
