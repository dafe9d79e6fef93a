/** The steps of a retraction, each in batches of some hundreds, one transaction a batch. */
import type { ClientSession } from 'mongodb';
import { ConflictError } from '../../shared/errors.js';
import { enterLedger } from '../../store/ledger.js';
import type { Store } from '../../store/store.js';
import { marksOf } from '../sharing/marks.js';
import { reinstateMarks, withdrawMarks } from '../sharing/withdrawn-marks.js';
import { parseSource, type Source } from '../source.js';
import type { ExecutionsWanted, ReadExecutions } from './executions.js';
import { mergeAgainOf, takeApart } from './merges.js';
import {
  type RetractionDocument,
  type RetractionFigures,
  type RetractionStep,
  retractionEffects,
  retractions,
} from './retractions.js';
import { plannedReverts, revert, undoReverts } from './reverts.js';
import { giveBackToItems, type Review, withdrawFromItems } from './review-items.js';
import { settleBack, settleMoved } from './settle-moved.js';
import { itemsOf } from './sources.js';
import type { UseSubject } from './use-subjects.js';
import { executionShares, reportedShares, settleUse, type UseScope, usageEvents } from './withdraw-use.js';

/** Items, marks or reports that one transaction takes. */
const BATCH = 200;
/** Notes that one deletion takes. */
const EFFECTS = 5_000;
const BATCH_DEADLINE_MS = 30_000;

/** What the steps work with. */
export interface StepScope {
  store: Store;
  tenant: string;
  retraction: RetractionDocument;
  /** Present where the source has the step `executions`. */
  executions?: ReadExecutions;
  /** `plan` only counts. */
  mode: 'withdraw' | 'give-back' | 'plan';
  by: string;
}

/** What a batch came to, and where the next begins; null after the last. */
export interface Batch {
  figures: Partial<RetractionFigures>;
  after: string | null;
}

/** A step from a position on, batch by batch. */
export type Step = (scope: StepScope, after: string | null) => AsyncIterable<Batch>;

/** The steps that concern a source, in the order of withdrawing. */
export function stepsFor({ kind }: Source): RetractionStep[] {
  if (kind === 'agent') return ['items', 'votes', 'views', 'confirmations', 'reports', 'executions'];
  if (kind === 'task') return ['items', 'reports', 'executions'];
  return kind === 'learning' ? ['items'] : ['items', 'reports'];
}

interface Entered extends Review {
  generations: readonly string[];
}

/** One batch's transaction; what it came to is added to the retraction's figures in it. */
function inTransaction(
  { store, tenant, retraction, mode }: StepScope,
  work: (review: Entered) => Promise<Partial<RetractionFigures>>,
): Promise<Partial<RetractionFigures>> {
  return store.transaction(async (session) => {
    const generations = mode === 'plan' ? [''] : await enterLedger(store, tenant, session);
    if (mode === 'withdraw') await mustStand(store, retraction, session);
    const figures = await work({ store, tenant, session, generations, live: generations[0] ?? '' });
    if (mode === 'withdraw') await count(store, retraction, figures, session);
    return figures;
  }, BATCH_DEADLINE_MS);
}

/**
 * What is withdrawn in the name of a retraction that is undone would never come back.
 *
 * @throws ConflictError when its undoing has begun
 */
async function mustStand(
  store: Store,
  { _id, tenant, id, source }: RetractionDocument,
  session: ClientSession,
): Promise<void> {
  const found = await retractions(store).findOne({ _id, tenant }, { session, projection: { standing: 1 } });
  if (found?.standing !== true)
    throw new ConflictError(`Retraction ${id} of ${source} does not stand any more: it is being undone`);
}

/** Adds to a retraction's figures in the transaction that they are of. */
async function count(
  store: Store,
  { _id, tenant }: RetractionDocument,
  figures: Partial<RetractionFigures>,
  session: ClientSession,
): Promise<void> {
  const $inc = Object.fromEntries(
    Object.entries(figures)
      .filter(([, by]) => by !== 0)
      .map(([name, by]) => [`figures.${name}`, by]),
  );
  if (Object.keys($inc).length > 0)
    await retractions(store).updateOne({ _id, tenant }, { $inc }, { session });
}

async function* items(scope: StepScope, from: string | null): AsyncGenerator<Batch> {
  const { store, tenant, retraction } = scope;
  const source = parseSource(retraction.source);
  for (let after = from; ; ) {
    const ids = await itemsOf(store, tenant, source, { limit: BATCH, after });
    if (ids.length > 0)
      yield {
        figures: await (scope.mode === 'give-back' ? giveBack : withdraw)(scope, ids),
        after: ids.at(-1) ?? after,
      };
    if (ids.length < BATCH) return;
    after = ids.at(-1) ?? after;
  }
}

async function withdraw(scope: StepScope, ids: readonly string[]): Promise<Partial<RetractionFigures>> {
  const { store, tenant, retraction, mode } = scope;
  const dryRun = mode === 'plan';
  const planned = await plannedReverts(store, tenant, retraction.source, ids);
  if (!dryRun && planned.length > 0) {
    await inTransaction(scope, async () => ({}));
    await revert(scope, planned);
  }
  const figures = await inTransaction(scope, (review) => withdrawFromItems(review, retraction, ids, dryRun));
  if (dryRun) return { ...figures, reverted: planned.length };
  const changed = await takeApart(scope, ids);
  if (changed.size > 0) await settled(scope, changed);
  return figures;
}

async function giveBack(scope: StepScope, ids: readonly string[]): Promise<Partial<RetractionFigures>> {
  const { retraction, by } = scope;
  await inTransaction(scope, async (review) => {
    await giveBackToItems(review, retraction, ids, by);
    return {};
  });
  await undoReverts(scope, ids);
  const changed = await mergeAgainOf(scope, ids);
  if (changed.size > 0) await settled(scope, changed);
  return {};
}

/** Some items' usage changed by something else than use. */
async function settled(scope: StepScope, ids: ReadonlySet<string>): Promise<void> {
  await inTransaction(scope, async (review) => {
    const { id } = scope.retraction;
    if (scope.mode === 'withdraw') await settleMoved(review, ids, id);
    else await settleBack(review, ids, id, scope.by);
    return {};
  });
}

const marks = (kind: 'votes' | 'views' | 'confirmations'): Step =>
  async function* step(scope, from) {
    const { store, tenant, retraction, mode } = scope;
    const { ref: key } = parseSource(retraction.source);
    for (let after = from; ; ) {
      const where = { tenant, key, ...(after === null ? {} : { id: { $gt: after } }) };
      const found = await store.run((options) =>
        marksOf(store, kind)
          .find(where, { ...options, projection: { id: 1, via: 1, retractedBy: 1 } })
          .sort({ id: 1 })
          .limit(BATCH)
          .toArray(),
      );
      if (found.length > 0) {
        const party = { key, kind, ids: found.map(({ id }) => id) };
        // Each once: what another item took over by merging goes with it.
        const figures = {
          [kind]: found.filter(({ via, retractedBy }) => via === null && retractedBy === null).length,
        };
        if (mode !== 'plan')
          await inTransaction(scope, async ({ session }) => {
            const set = mode === 'withdraw' ? withdrawMarks : reinstateMarks;
            await set(store, tenant, party, retraction.id, session);
            return figures;
          });
        yield { figures, after: found.at(-1)?.id ?? after };
      }
      if (found.length < BATCH) return;
      after = found.at(-1)?.id ?? after;
    }
  };

/** Settles shares in the use of items, and then the items. */
async function settleShares(
  scope: StepScope,
  sharesOf: (use: UseScope) => Promise<UseSubject[]>,
): Promise<Partial<RetractionFigures>> {
  const { retraction, mode, by } = scope;
  return inTransaction(scope, async (review) => {
    const use = { ...review, by, ...(mode === 'plan' ? { asIf: retraction.source } : {}) };
    const change = await settleUse(use, await sharesOf(use));
    if (mode === 'withdraw') await settleMoved(review, change.items, retraction.id);
    if (mode === 'give-back') await settleBack(review, change.items, retraction.id, by);
    return { usages: change.usages };
  });
}

async function* reports(scope: StepScope, from: string | null): AsyncGenerator<Batch> {
  const { kind, ref } = parseSource(scope.retraction.source);
  const where =
    kind === 'task'
      ? { 'detail.taskId': ref }
      : kind === 'import'
        ? { 'detail.importId': ref }
        : { by: ref, 'detail.importId': { $exists: false } };
  for (let after = from; ; ) {
    let last: string | null = null;
    let found = 0;
    const figures = await settleShares(scope, async (use) => {
      const events = await usageEvents(
        use,
        { ...where, ...(after === null ? {} : { _id: { $gt: after } }) },
        BATCH,
      );
      found = events.length;
      last = events.at(-1)?._id ?? null;
      return reportedShares(use, events);
    });
    if (last !== null) yield { figures, after: last };
    if (found < BATCH) return;
    after = last;
  }
}

async function* executions(scope: StepScope, from: string | null): AsyncGenerator<Batch> {
  const { store, tenant, retraction, executions: read } = scope;
  if (read === undefined) return;
  const { kind, ref } = parseSource(retraction.source);
  const wanted: ExecutionsWanted = kind === 'task' ? { taskId: ref } : { agentType: ref };
  for await (const batch of read(store, tenant, wanted, from === null ? 0 : Number(from))) {
    const figures = await settleShares(scope, (use) => executionShares(use, batch));
    // Those that ended in the same millisecond are looked at again: that changes nothing.
    yield { figures, after: String(batch.at(-1)?.execution.endedAt ?? from) };
  }
}

export const steps: Record<RetractionStep, Step> = {
  items,
  votes: marks('votes'),
  views: marks('views'),
  confirmations: marks('confirmations'),
  reports,
  executions,
};

/** Items that went back to earlier words: that stands in a retraction's notes alone. */
export const countReverted = (store: Store, { tenant, id }: RetractionDocument): Promise<number> =>
  store.run((options) =>
    retractionEffects(store).countDocuments({ tenant, retraction: id, reverted: { $exists: true } }, options),
  );

/** Forgets what a retraction had noted, once it is undone. */
export async function forgetEffects(store: Store, { tenant, id }: RetractionDocument): Promise<void> {
  for (;;) {
    const found = await store.run((options) =>
      retractionEffects(store)
        .find({ tenant, retraction: id }, { ...options, projection: { _id: 1 } })
        .limit(EFFECTS)
        .toArray(),
    );
    await store.run((options) =>
      retractionEffects(store).deleteMany({ _id: { $in: found.map(({ _id }) => _id) }, tenant }, options),
    );
    if (found.length < EFFECTS) return;
  }
}

/**
 * Withdraws what came in while a retraction began: a share whose transaction had begun before does not see it.
 *
 * @returns how many items it looked at
 * @throws ConflictError when the undoing of the retraction has begun
 */
export async function sweepItems(scope: StepScope): Promise<number> {
  const { store, tenant, retraction } = scope;
  let swept = 0;
  for (;;) {
    const marks = await store.run((options) =>
      marksOf(store, 'sources')
        .find({ tenant, key: retraction.source, retractedBy: null }, { ...options, projection: { id: 1 } })
        .limit(BATCH)
        .toArray(),
    );
    if (marks.length === 0) return swept;
    await withdraw(
      scope,
      marks.map(({ id }) => id),
    );
    swept += marks.length;
  }
}
