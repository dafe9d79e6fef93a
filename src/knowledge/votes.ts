/** Votes of agents for items. */
import { NotFoundError } from '../shared/errors.js';
import { appendEvent } from '../store/event-log.js';
import type { Store } from '../store/store.js';
import { itemKey, knowledgeItems, knowledgeVotes } from './collections.js';
import { inTurn } from './in-turn.js';

export interface VoteResult {
  /** The item's votes, this one included. */
  votes: number;
  /** False when the agent had voted for the item before. */
  counted: boolean;
}

/**
 * Counts an agent's vote for an item, once.
 *
 * @throws NotFoundError when the tenant has no such item
 */
export async function vote(store: Store, tenant: string, id: string, agent: string): Promise<VoteResult> {
  const _id = itemKey(tenant, id);
  return inTurn(store, _id, () =>
    store.transaction(async (session) => {
      const item = await knowledgeItems(store).findOne({ _id, tenant }, { session });
      if (item === null) throw new NotFoundError('knowledge item', id);
      const key = `${tenant}|${id}|${agent}`;
      if ((await knowledgeVotes(store).findOne({ _id: key, tenant }, { session })) !== null)
        return { votes: item.votes, counted: false };
      const at = new Date();
      // The item first: of two votes of one agent at once, the second conflicts here and is tried again.
      await knowledgeItems(store).updateOne({ _id, tenant }, { $inc: { votes: 1 } }, { session });
      await knowledgeVotes(store).insertOne(
        { _id: key, tenant, id, key: agent, at, useful: true, via: null, retractedBy: null },
        { session },
      );
      await appendEvent(
        store,
        {
          _id: `${tenant}|item|${id}|voted|${agent}`,
          kind: 'item',
          tenant,
          itemId: id,
          act: 'voted',
          at,
          by: agent,
          detail: { useful: true, version: item.version },
          generations: [],
        },
        session,
      );
      return { votes: item.votes + 1, counted: true };
    }),
  );
}
