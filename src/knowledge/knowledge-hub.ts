/** The Knowledge Hub: sharing between agents through channels, votes and applications. */

import { randomUUID } from 'node:crypto';
import { wilson } from '../evidence/intervals.js';
import type { Condition } from '../retrieval/filter.js';
import { checkField, checkInput } from '../shared/check-input.js';
import { ConflictError, InvalidInputError, NotFoundError } from '../shared/errors.js';
import { createRedactor, type Redactor } from '../shared/redact.js';
import { priorities } from '../shared/terms.js';
import { liveGeneration } from '../store/ledger.js';
import type { Store } from '../store/store.js';
import {
  acknowledgeUpTo,
  BROADCAST_CHANNEL,
  ensureChannels,
  missedItems,
  subscribe,
  subscribedChannels,
} from './channels.js';
import { channelsOf, itemKey, type KnowledgeItem, knowledgeItems, publicItem } from './collections.js';
import { inTurn } from './in-turn.js';
import {
  agentSchema,
  type BroadcastInput,
  broadcastSchema,
  type ChannelInput,
  channelNameSchema,
  channelSchema,
  idSchema,
  type KnowledgeQuery,
  limitSchema,
  querySchema,
  type ShareInput,
  type SolutionInput,
  shareSchema,
  solutionSchema,
} from './inputs.js';
import { draftOf, insertItems } from './insert-items.js';
import { recordApplication } from './record-usage.js';
import { newestItems, searchItems } from './search.js';
import { type MeasuredItem, measured, readUsage } from './usage.js';
import { type VoteResult, vote } from './votes.js';

/** A channel and how many items were shared to it. */
export interface Channel {
  name: string;
  description: string;
  sequence: number;
}

/** An item and how popular it is. */
export interface PopularItem extends MeasuredItem {
  /** Lower 95% bound (Wilson) of the share of votes and successful applications among all its verdicts. */
  popularity: number;
}

const parseAgent = (agent: string): string => checkField('agent', agentSchema, agent);
const parseChannel = (channel: string): string => checkField('channel', channelNameSchema, channel);
const parseId = (id: string): string => checkField('id', idSchema, id);
const parseLimit = (limit: number): number => checkField('limit', limitSchema, limit);

export class KnowledgeHub {
  /** @param redactor takes secrets out of all that is shared */
  constructor(
    private readonly store: Store,
    private readonly tenant: string,
    private readonly redactor: Redactor = createRedactor(),
  ) {}

  /**
   * Shares an item to a channel (by its type when none is named). With `id`, or with `executionId` and the
   * same title, a retry returns the item that was shared first.
   *
   * @throws InvalidInputError when a field is wrong or the channel unknown
   * @throws ConflictError when `id` names an item with another title
   */
  async shareKnowledge(input: ShareInput): Promise<KnowledgeItem> {
    const { store, tenant } = this;
    const draft = this.redactor.value(draftOf(checkInput(shareSchema, input)));
    await ensureChannels(store, tenant);
    const shared = await inTurn(store, `${tenant}|${draft.channel}`, () =>
      store.transaction(async (session) => {
        const [inserted] = await insertItems(store, tenant, [draft], session);
        return (
          inserted ?? knowledgeItems(store).findOne({ _id: itemKey(tenant, draft.id), tenant }, { session })
        );
      }),
    );
    if (shared === null) throw new NotFoundError('knowledge item', draft.id);
    if (shared.title !== draft.title)
      throw new ConflictError(`Knowledge item ${draft.id} exists already, titled "${shared.title}"`);
    return publicItem(shared);
  }

  /** Shares how a problem was solved, to the channel `solutions`. */
  shareSolution(input: SolutionInput): Promise<KnowledgeItem> {
    const { problem, solution, ...rest } = checkInput(solutionSchema, input);
    const heading = problem.split('\n')[0]?.slice(0, 200) ?? '';
    return this.shareKnowledge({
      ...rest,
      type: 'SOLUTION',
      title: `Solution: ${heading}`,
      content: { problem, solution },
    });
  }

  /** Shares a discovery to everyone who listens to anything: to the channel `general`, priority HIGH. */
  broadcastDiscovery(input: BroadcastInput): Promise<KnowledgeItem> {
    const parsed = checkInput(broadcastSchema, input);
    return this.shareKnowledge({ ...parsed, type: 'DISCOVERY', channel: BROADCAST_CHANNEL });
  }

  /** Makes a channel; again is harmless and keeps the first description. */
  async createChannel(input: ChannelInput): Promise<void> {
    const { name, description } = checkInput(channelSchema, input);
    const { store, tenant } = this;
    await store.run((options) =>
      channelsOf(store).updateOne(
        { _id: `${tenant}|${name}`, tenant },
        { $setOnInsert: { name, description: this.redactor.text(description), sequence: 0 } },
        { upsert: true, ...options },
      ),
    );
  }

  /** All channels, by name. */
  async channels(): Promise<Channel[]> {
    const { store, tenant } = this;
    await ensureChannels(store, tenant);
    return store.run((options) =>
      channelsOf(store)
        .find({ tenant }, options)
        .sort({ name: 1 })
        .map(({ name, description, sequence }) => ({ name, description, sequence }))
        .toArray(),
    );
  }

  /**
   * Subscribes an agent to a channel, and to `general` for broadcasts, from the next item on.
   *
   * @throws InvalidInputError when the channel is unknown
   */
  subscribeToChannel(agent: string, channel: string): Promise<void> {
    return subscribe(this.store, this.tenant, parseAgent(agent), parseChannel(channel));
  }

  /** Items of the agent's channels that it has not acknowledged, oldest first within each channel. */
  missed(agent: string, limit = 100): Promise<KnowledgeItem[]> {
    return missedItems(this.store, this.tenant, parseAgent(agent), parseLimit(limit));
  }

  /**
   * Notes that an agent has taken in a channel up to a position; never goes back.
   *
   * @throws InvalidInputError when it does not subscribe to the channel or no item has that position yet
   */
  acknowledge(agent: string, channel: string, sequence: number): Promise<void> {
    if (!Number.isSafeInteger(sequence) || sequence < 0)
      throw new InvalidInputError('sequence', sequence, 'a whole number from 0 on');
    return acknowledgeUpTo(this.store, this.tenant, parseAgent(agent), parseChannel(channel), sequence);
  }

  /** EXPERIMENTAL and VALIDATED items: best match first with `query`, newest first without. */
  async queryKnowledge(input: KnowledgeQuery = {}): Promise<MeasuredItem[]> {
    const query = checkInput(querySchema, input);
    const { store, tenant } = this;
    const where: Condition[] = [];
    if (query.minPriority !== 'LOW')
      where.push({ facet: 'priority', atLeast: priorities.indexOf(query.minPriority) });
    if (query.type !== undefined) where.push({ facet: 'type', equals: query.type });
    for (const tag of query.tags ?? []) where.push({ facet: 'tags', equals: tag });
    if (query.channel !== undefined) where.push({ facet: 'channel', equals: query.channel });
    if (query.agent !== undefined)
      where.push({ facet: 'channel', oneOf: await subscribedChannels(store, tenant, query.agent) });
    const found =
      query.query === undefined
        ? await newestItems(store, tenant, where, query.limit)
        : (await searchItems(store, tenant, where, query.query, query.limit)).map(({ document }) => document);
    return measured(store, tenant, found);
  }

  /**
   * Counts an agent's vote for an item; one vote an agent.
   *
   * @throws NotFoundError when the tenant has no such item
   */
  voteUseful(id: string, agent: string): Promise<VoteResult> {
    return vote(this.store, this.tenant, parseId(id), parseAgent(agent));
  }

  /**
   * Counts that an agent applied an item, with no word yet on how it went. For work outside Journeyman's own
   * tasks: those count what their reports say was applied. With `taskId`, once an agent and task.
   *
   * @returns false when it had been counted before
   * @throws NotFoundError when the tenant has no such item
   */
  markAsApplied(id: string, agent: string, taskId?: string): Promise<boolean> {
    const by = parseAgent(agent);
    const task = taskId === undefined ? undefined : checkField('taskId', agentSchema, taskId);
    return recordApplication(this.store, this.tenant, {
      itemId: parseId(id),
      success: null,
      by,
      key: `applied|${task === undefined ? randomUUID() : `${encodeURIComponent(by)}|${task}`}`,
      ...(task === undefined ? {} : { taskId: task }),
    });
  }

  /**
   * Items that were found useful, most popular first: by the lower 95% bound of (votes + successful
   * applications) among (those + failed applications), so that a few happy voices do not outrank many.
   */
  async getPopularKnowledge(limit = 10): Promise<PopularItem[]> {
    const { store, tenant } = this;
    const most = parseLimit(limit);
    const verdicts = await store.run(async (options) => {
      const generation = await liveGeneration(store, tenant, options);
      const { rows } = await readUsage(store, tenant, generation, null, options);
      const applied = rows.filter(({ usage }) => usage.successes > 0);
      return knowledgeItems(store)
        .find(
          {
            tenant,
            state: { $ne: 'ARCHIVED' },
            $or: [{ votes: { $gt: 0 } }, { _id: { $in: applied.map(({ id }) => itemKey(tenant, id)) } }],
          },
          options,
        )
        .toArray();
    });
    return (await measured(store, tenant, verdicts))
      .map((item) => {
        const useful = item.votes + item.usage.successes;
        return { ...item, popularity: wilson(useful, useful + item.usage.failures).low };
      })
      .filter((item) => item.votes + item.usage.successes > 0)
      .sort((a, b) => b.popularity - a.popularity || (a.id < b.id ? -1 : 1))
      .slice(0, most);
  }
}
