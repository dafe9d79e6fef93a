/** What people do to an item's state: deprecate, archive, restore. Each act is logged with its reason. */
import type { ClientSession } from 'mongodb';
import { ConflictError, NotFoundError } from '../../shared/errors.js';
import { ensureLedger, enterLedger } from '../../store/ledger.js';
import type { Store } from '../../store/store.js';
import { itemKey, type KnowledgeDocument, knowledgeItems, type Ruling } from '../collections.js';
import type { KnowledgeContext } from '../context.js';
import { onItem } from '../on-item.js';
import { readUsage } from '../usage/usage.js';
import { rulingOn, stateByUsage } from './lifecycle.js';
import { restorableSince } from './restore-pruned.js';
import { archiveItem, change, unarchiveItems } from './transitions.js';

/** Who does so, and why. */
export interface HandOptions {
  by: string;
  reason: string;
  now?: Date;
}

interface Scope extends Omit<HandOptions, 'now'> {
  store: Store;
  tenant: string;
  /** The live generation. */
  live: string;
  session: ClientSession;
  now: Date;
}

/**
 * Takes an item out of use, whatever its usage said until now. It stays readable, and comes back by new evidence (5
 * or more further applications, half of which succeeded), by an edit of what it says, or by {@link restore}.
 *
 * @returns false when a person had deprecated it already
 * @throws NotFoundError when the tenant has no such item
 * @throws ConflictError when it is archived
 */
export function deprecate(context: KnowledgeContext, id: string, options: HandOptions): Promise<boolean> {
  return byHand(context, id, options, async (item, scope) => {
    if (item.state === 'ARCHIVED')
      throw new ConflictError(`Knowledge item ${id} is archived: restore it first`);
    if (item.state === 'DEPRECATED' && rulingOn(item)?.because === 'person') return false;
    await changeRuling(item, scope, { because: 'person' });
    return true;
  });
}

/** Deprecates an item inside the caller's transaction, on the word of a person or of its learning's fate. */
export async function changeRuling(
  item: KnowledgeDocument,
  { store, tenant, live, session, now, by, reason }: Scope,
  { because }: { because: 'person' | 'learning' },
): Promise<void> {
  const { successes, failures } = (await readUsage(store, tenant, live, [item], { session }))(item.id);
  const { version } = item;
  const deprecation = { by, reason, at: now, because, version, successes, failures };
  const transition = { to: 'DEPRECATED' as const, reason };
  const act = { act: 'deprecated', by, at: now };
  await change(store, [{ item, transition, set: { deprecation }, act }], session);
}

/** Takes such a word back inside the caller's transaction: the item comes to the state that its usage calls for. */
export async function liftRuling(
  item: KnowledgeDocument,
  { store, tenant, live, session, now, by, reason }: Scope,
): Promise<void> {
  const usageOf = await readUsage(store, tenant, live, [item], { session });
  const next = stateByUsage({ ...item, deprecation: null }, usageOf(item.id));
  const transition = { to: next.to, reason: `${reason}; ${next.reason}` };
  const act = { act: 'restored', by, at: now };
  await change(store, [{ item, transition, set: { deprecation: null }, act }], session);
}

/**
 * Puts an item away: no look-up finds it and no usage brings it back, until it is restored.
 *
 * @returns false when a person had archived it already
 * @throws NotFoundError when the tenant has no such item
 * @throws ConflictError when it is being removed for good, long after it was pruned
 */
export function archive(context: KnowledgeContext, id: string, options: HandOptions): Promise<boolean> {
  return byHand(context, id, options, async (item, { store, session, now, by, reason }) => {
    if (item.archival != null) return false;
    if (item.removing === true) throw new ConflictError(`Knowledge item ${id} is being removed for good`);
    const archival: Ruling = { by, reason, at: now };
    const act = { act: 'archived', by, at: now };
    await archiveItem(store, item, { set: { archival }, reason }, act, session);
    return true;
  });
}

/**
 * Undoes what people and pruning did: an archived or pruned item, or one that a person deprecated, comes to the state
 * that its usage calls for.
 *
 * @returns false when it is in use: there is nothing to restore
 * @throws NotFoundError when the tenant has no such item
 * @throws ConflictError when something else keeps it out of use, saying what undoes that; when it was pruned longer
 *   ago than `restoreDays`
 */
export function restore(context: KnowledgeContext, id: string, options: HandOptions): Promise<boolean> {
  return byHand(context, id, options, async (item, scope) => {
    const { store, tenant, session, now, by, reason, live } = scope;
    if (item.state === 'EXPERIMENTAL' || item.state === 'VALIDATED') return false;
    mustBeRestorable(item, restorableSince(context, now));
    if (item.state === 'DEPRECATED') await liftRuling(item, scope);
    else {
      const act = { act: 'restored', by, at: now, reason, detail: { run: item.prunedIn ?? null } };
      await unarchiveItems(store, tenant, [item], ['archival', 'prunedAt'], act, live, session);
    }
    return true;
  });
}

function mustBeRestorable(item: KnowledgeDocument, since: Date): void {
  const { id, state, mergedInto, retractedBy, prunedAt, removing, archival } = item;
  const refuse = (why: string): never => {
    throw new ConflictError(`Knowledge item ${id} ${why}`);
  };
  if (mergedInto != null) refuse(`was merged into ${mergedInto}: undo the merge`);
  if (retractedBy != null) refuse(`was withdrawn by retraction ${retractedBy}: undo that`);
  // What a person archived stays for as long as that stands.
  const isKept = archival != null && removing !== true;
  if (prunedAt != null && !isKept && (prunedAt < since || removing === true))
    refuse(`was pruned ${prunedAt.toISOString()}, and all pruned before ${since.toISOString()} is removed`);
  if (state !== 'DEPRECATED') return;
  const ruling = rulingOn(item);
  if (ruling === null) refuse('was deprecated by its usage: record further usage, or update its content');
  if (ruling?.because === 'learning')
    refuse(
      `was deprecated with its learning (${ruling.reason}): it returns with that, or when its content is updated`,
    );
}

async function byHand(
  { store, tenant, redactor }: KnowledgeContext,
  id: string,
  options: HandOptions,
  act: (item: KnowledgeDocument, scope: Scope) => Promise<boolean>,
): Promise<boolean> {
  const { by, reason } = redactor.value({ by: options.by, reason: options.reason });
  await ensureLedger(store, tenant);
  return onItem(store, id, itemKey(tenant, id), async (session) => {
    // When its turn has come: the log is in the order of what was done.
    const now = options.now ?? new Date();
    const [live = ''] = await enterLedger(store, tenant, session);
    const item = await knowledgeItems(store).findOne({ _id: itemKey(tenant, id), tenant }, { session });
    if (item === null) throw new NotFoundError('knowledge item', id);
    return act(item, { store, tenant, live, session, now, by, reason });
  });
}
