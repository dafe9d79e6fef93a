/** Votes of agents on items: one an agent and item, which can be changed and withdrawn. */
import { randomUUID } from 'node:crypto';
import type { ClientSession } from 'mongodb';
import { NotFoundError } from '../../shared/errors.js';
import { appendEvent } from '../../store/event-log.js';
import type { Store } from '../../store/store.js';
import { itemKey, type KnowledgeDocument, knowledgeItems } from '../collections.js';
import { onItem } from '../on-item.js';
import { refuseRetracted } from '../provenance/standing.js';
import { markKey, marksOf, putMarks, removeMarks, type StoredMark } from './marks.js';

export interface VoteResult {
  /** Agents that found the item useful, this one included. */
  votes: number;
  /** Agents that did not. */
  downvotes: number;
  /** False when it was so before: nothing was written. */
  counted: boolean;
}

/** What becomes of an agent's vote, given the one it has. Null: it stays as it is. */
type Change = (vote: StoredMark | null, session: ClientSession) => Promise<LoggedVote | null>;

interface LoggedVote {
  act: 'voted' | 'vote-withdrawn';
  useful: boolean;
  /** False for what a merge had brought already. */
  isChange: boolean;
}

/**
 * Counts an agent's vote on an item; another one of the same agent takes the place of the first. A vote on an item
 * that was merged goes to the one that speaks for it.
 *
 * @throws NotFoundError when the tenant has no such item
 */
export function vote(
  store: Store,
  tenant: string,
  id: string,
  agent: string,
  useful: boolean,
): Promise<VoteResult> {
  return changeVote(store, tenant, id, agent, (item) => async (held, session) => {
    await refuseRetracted(store, tenant, [{ kind: 'agent', ref: agent }], { session });
    if (held?.useful === useful && held.via === null) return null;
    const where = { id: item.id, key: agent };
    if (held !== null) await removeMarks(store, tenant, 'votes', where, session);
    const retractedBy = held?.retractedBy ?? null;
    await putMarks(store, tenant, 'votes', [{ ...where, useful, retractedBy }], session);
    // One that had come with a merged item is now the agent's own, and no other than before.
    return { act: 'voted', useful, isChange: held?.useful !== useful };
  });
}

/**
 * Takes an agent's vote back.
 *
 * @returns `counted` false when it had none
 * @throws NotFoundError when the tenant has no such item
 */
export function withdrawVote(store: Store, tenant: string, id: string, agent: string): Promise<VoteResult> {
  return changeVote(store, tenant, id, agent, (item) => async (held, session) => {
    if (held === null) return null;
    await removeMarks(store, tenant, 'votes', { id: item.id, key: agent }, session);
    return { act: 'vote-withdrawn', useful: held.useful !== false, isChange: true };
  });
}

function changeVote(
  store: Store,
  tenant: string,
  id: string,
  agent: string,
  changeOf: (item: KnowledgeDocument) => Change,
): Promise<VoteResult> {
  return onItem(store, id, itemKey(tenant, id), async (session) => {
    const item = await speakerFor(store, tenant, id, session);
    const _id = markKey(tenant, item.id, agent);
    const held = await marksOf(store, 'votes').findOne({ _id, tenant }, { session });
    const logged = await changeOf(item)(held, session);
    if (logged !== null)
      await appendEvent(
        store,
        {
          _id: `${tenant}|item|${item.id}|${logged.act}|${randomUUID()}`,
          ...{ kind: 'item', tenant, itemId: item.id, act: logged.act, at: new Date(), by: agent },
          detail: { useful: logged.useful, version: item.version },
          generations: [],
        },
        session,
      );
    const after = logged === null ? item : await itemNamed(store, tenant, item.id, session);
    return { votes: after.votes, downvotes: after.downvotes ?? 0, counted: logged?.isChange === true };
  });
}

async function itemNamed(
  store: Store,
  tenant: string,
  id: string,
  session: ClientSession,
): Promise<KnowledgeDocument> {
  const found = await knowledgeItems(store).findOne({ _id: itemKey(tenant, id), tenant }, { session });
  if (found === null) throw new NotFoundError('knowledge item', id);
  return found;
}

/** The item that speaks for one: itself, or what it was merged into, in the end. */
export async function speakerFor(
  store: Store,
  tenant: string,
  id: string,
  session: ClientSession,
): Promise<KnowledgeDocument> {
  let item = await itemNamed(store, tenant, id, session);
  const passed = new Set([id]);
  while (item.mergedInto != null && !passed.has(item.mergedInto)) {
    passed.add(item.mergedInto);
    item = await itemNamed(store, tenant, item.mergedInto, session);
  }
  return item;
}
