/** Deciding between items that contradict each other, by what their use and the votes on them have shown. */
import type { ClientSession } from 'mongodb';
import { type Interval, wilson } from '../../evidence/intervals.js';
import { ensureLedger, enterLedger } from '../../store/ledger.js';
import type { Store } from '../../store/store.js';
import { itemKey, type KnowledgeDocument, knowledgeItems } from '../collections.js';
import type { KnowledgeContext } from '../context.js';
import { moveItem } from '../lifecycle/transitions.js';
import { activeStates } from '../search.js';
import { survivorsOf } from '../usage/merged.js';
import { type ItemUsage, readUsage } from '../usage/usage.js';
import { clearContradiction } from './contradictions.js';

/** Normal quantile of two-sided 99%: the evidence is looked at again and again. */
const Z_99 = 2.5758293035489;
/** Applications and votes that an item must have before it can win, and before it can lose. */
const LEAST_EVIDENCE = 5;

/** What speaks for an item and against it. */
export interface Evidence {
  for: number;
  against: number;
}

/** Applications with a known outcome and votes, each counted once. */
export const evidenceFor = (
  { votes, downvotes }: Pick<KnowledgeDocument, 'votes' | 'downvotes'>,
  { successes, failures }: Pick<ItemUsage, 'successes' | 'failures'>,
): Evidence => ({ for: successes + votes, against: failures + (downvotes ?? 0) });

/**
 * Decides between two items that contradict each other. One wins when both have evidence enough and its share of
 * successes and votes is surely higher: the lower 99% bound (Wilson) of its own lies above the upper one of the
 * other's.
 *
 * @returns which of them wins; null while it is not decided
 */
export function winnerOf(a: Evidence, b: Evidence): 'a' | 'b' | null {
  if (Math.min(a.for + a.against, b.for + b.against) < LEAST_EVIDENCE) return null;
  const [one, other] = [boundsOf(a), boundsOf(b)];
  if (one.low > other.high) return 'a';
  return other.low > one.high ? 'b' : null;
}

const boundsOf = (evidence: Evidence): Interval =>
  wilson(evidence.for, evidence.for + evidence.against, Z_99);

/** What one call did. */
export interface Decided {
  /** Items with marks that were looked at; fewer than asked for when there are no more. */
  looked: number;
  /** Items that lost, and were deprecated. */
  deprecated: number;
  /** Pairs whose marks were taken away. */
  reconciled: number;
  /** Where the next call goes on; null when all were looked at. */
  next: string | null;
}

/**
 * Looks at items that contradict others: where evidence decides ({@link winnerOf}), the loser is DEPRECATED with that
 * reason and the marks go; they go as well where one of the two is not in use any more. A merged item is spoken for
 * by what it was merged into.
 *
 * @param limit items to look at, at most
 * @param after id of the last one that an earlier call looked at
 * @throws StoreUnavailableError when MongoDB is away
 */
export async function decideContradictions(
  { store, tenant }: KnowledgeContext,
  limit: number,
  after: string | null = null,
): Promise<Decided> {
  await ensureLedger(store, tenant);
  const marked = await store.run((options) =>
    knowledgeItems(store)
      .find(
        {
          tenant,
          contradicts: { $gt: '' },
          ...(after === null ? {} : { _id: { $gt: itemKey(tenant, after) } }),
        },
        { ...options, projection: { id: 1, contradicts: 1 } },
      )
      .sort({ _id: 1 })
      .limit(limit)
      .toArray(),
  );
  const decided: Decided = { looked: marked.length, deprecated: 0, reconciled: 0, next: null };
  for (const { id, contradicts } of marked)
    for (const other of contradicts) {
      const outcome = await store.transaction((session) => settlePair(store, tenant, id, other, session));
      if (outcome === null) continue;
      decided.reconciled += 1;
      if (outcome === 'deprecated') decided.deprecated += 1;
    }
  if (marked.length === limit) decided.next = marked.at(-1)?.id ?? null;
  return decided;
}

/** @returns null while the pair stays as it is */
async function settlePair(
  store: Store,
  tenant: string,
  aId: string,
  bId: string,
  session: ClientSession,
): Promise<'deprecated' | 'cleared' | null> {
  const clear = (reason: string) => clearContradiction(store, tenant, aId, bId, reason, session);
  const survivors = await survivorsOf(store, tenant, [aId, bId], { session });
  const [one, other] = [survivors.get(aId), survivors.get(bId)];
  const items = await knowledgeItems(store)
    .find({ _id: { $in: [one ?? aId, other ?? bId].map((id) => itemKey(tenant, id)) }, tenant }, { session })
    .toArray();
  const [a, b] = [one, other].map((id) => items.find((item) => item.id === id));
  if (a === undefined || b === undefined || a.id === b.id) {
    // What is merged into one item, or gone, stands against nothing.
    return (await clear('they are one item now, or one of them is gone')) ? 'cleared' : null;
  }
  const idle = [a, b].find(({ state }) => !activeStates.includes(state));
  if (idle !== undefined) return (await clear(`${idle.id} is ${idle.state}`)) ? 'cleared' : null;
  const [live = ''] = await enterLedger(store, tenant, session);
  const usageOf = await readUsage(store, tenant, live, [a, b], { session });
  const [forA, forB] = [evidenceFor(a, usageOf(a.id)), evidenceFor(b, usageOf(b.id))];
  const winner = winnerOf(forA, forB);
  if (winner === null) return null;
  const [won, lost] = winner === 'a' ? [a, b] : [b, a];
  const [best, worst] = winner === 'a' ? [forA, forB] : [forB, forA];
  const reason =
    `it contradicts ${won.id}, which does better: ${figures(best)} of its applications and votes went well, ` +
    `${figures(worst)} of this one's`;
  if (!(await clear(reason))) return null;
  await deprecate(store, lost, reason, usageOf(lost.id), session);
  return 'deprecated';
}

const figures = (evidence: Evidence): string => `${evidence.for} of ${evidence.for + evidence.against}`;

/** Holds the loser down until it does well again, and has it compared anew once it does. */
async function deprecate(
  store: Store,
  item: KnowledgeDocument,
  reason: string,
  { successes, failures }: ItemUsage,
  session: ClientSession,
): Promise<void> {
  const { _id, tenant, version } = item;
  const by = 'system';
  const because = 'contradiction' as const;
  const deprecation = { by, reason, at: new Date(), because, version, successes, failures };
  await knowledgeItems(store).updateOne(
    { _id, tenant },
    { $set: { deprecation, comparedVersion: 0 } },
    { session },
  );
  await moveItem(store, item, { to: 'DEPRECATED', reason }, session);
}
