/** The Knowledge Hub: sharing between agents through channels, votes and applications. */
import { randomUUID } from 'node:crypto';
import { z } from 'zod';
import { checkField, checkInput } from '../shared/check-input.js';
import { InvalidInputError } from '../shared/errors.js';
import type { Redactor } from '../shared/redact.js';
import type { Store } from '../store/store.js';
import type { KnowledgeItem } from './collections.js';
import { type KnowledgeContext, type KnowledgeOptions, knowledgeContext } from './context.js';
import { type FollowOptions, follow, type Sight } from './feed/follow.js';
import {
  subscribe as listen,
  type SubscribeOptions,
  type Subscription,
  unsubscribe,
} from './feed/subscribe.js';
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
import { draftOf } from './insert-items.js';
import {
  acknowledgeUpTo,
  BROADCAST_CHANNEL,
  type Channel,
  createChannel,
  listChannels,
  missedItems,
  subscribe,
  subscribedChannels,
} from './sharing/channels.js';
import { type PopularItem, popularItems } from './sharing/popular.js';
import { queriedItems } from './sharing/query.js';
import { type ShareResult, share } from './sharing/share.js';
import { view } from './sharing/views.js';
import { type VoteResult, vote, withdrawVote } from './sharing/votes.js';
import { recordApplication } from './usage/record-application.js';
import { type MeasuredItem, measured } from './usage/usage.js';

const parseAgent = (agent: string): string => checkField('agent', agentSchema, agent);
const parseChannel = (channel: string): string => checkField('channel', channelNameSchema, channel);
const parseId = (id: string): string => checkField('id', idSchema, id);
const parseLimit = (limit: number): number => checkField('limit', limitSchema, limit);

export class KnowledgeHub {
  private readonly context: KnowledgeContext;

  /** @param redactor takes secrets out of all that is shared */
  constructor(
    private readonly store: Store,
    private readonly tenant: string,
    redactor?: Redactor,
    options?: KnowledgeOptions,
  ) {
    this.context = knowledgeContext(store, tenant, redactor, options);
  }

  /**
   * Shares an item to a channel (by its type when none is named). With `id`, or with `executionId` and the
   * same title, a retry returns the item that was shared first. One that says the same as an item that is there
   * confirms that one, and gets it back: another agent's word counts as a confirmation, the same agent's as a
   * repeat.
   *
   * @throws InvalidInputError when a field is wrong or the channel unknown
   * @throws ConflictError when `id` names an item with another title, or the agent or its task is retracted
   * @throws RateLimitError when the agent shared as much as it may in a minute; nothing was written
   * @throws StoreUnavailableError when MongoDB is away or too slow; a retry with the same id is harmless
   */
  async shareKnowledge(input: ShareInput): Promise<KnowledgeItem> {
    return (await this.share(input)).item;
  }

  /** As {@link shareKnowledge}, and says whether the item is new. */
  async share(input: ShareInput): Promise<ShareResult> {
    const draft = draftOf(checkInput(shareSchema, input));
    const [result] = await share(this.context, [draft], { retracted: 'refuse' });
    return result as ShareResult;
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
  createChannel(input: ChannelInput): Promise<void> {
    const { name, description } = checkInput(channelSchema, input);
    return createChannel(this.store, this.tenant, {
      name,
      description: this.context.redactor.text(description),
    });
  }

  /** All channels, by name. */
  channels(): Promise<Channel[]> {
    return listChannels(this.store, this.tenant);
  }

  /**
   * Subscribes an agent to a channel, and to `general` for broadcasts, from the next item on.
   *
   * @throws InvalidInputError when the channel is unknown
   */
  subscribeToChannel(agent: string, channel: string): Promise<void> {
    return subscribe(this.store, this.tenant, parseAgent(agent), parseChannel(channel));
  }

  /**
   * Ends an agent's subscription to a channel; what it had not acknowledged of it is forgotten.
   *
   * @returns false when it did not subscribe to it
   */
  unsubscribeFromChannel(agent: string, channel: string): Promise<boolean> {
    return unsubscribe(this.store, this.tenant, parseAgent(agent), parseChannel(channel));
  }

  /** The channels that an agent subscribes to, by name. */
  async subscriptionsOf(agent: string): Promise<string[]> {
    return subscribedChannels(this.store, this.tenant, parseAgent(agent));
  }

  /**
   * The items of channels as they are shared from now on, for somebody who only looks on: nothing is kept of it. See
   * {@link follow}.
   *
   * @throws InvalidInputError when an option is wrong or a channel unknown
   */
  follow(options?: FollowOptions): AsyncGenerator<Sight, void> {
    return follow(this.store, this.tenant, options);
  }

  /**
   * The items of all channels that an agent subscribes to, live, from the first that it has not acknowledged. See
   * {@link listen}.
   *
   * @throws InvalidInputError naming the field, the value and what is allowed
   */
  subscribe(agent: string, options?: SubscribeOptions): Subscription {
    return listen(this.store, this.tenant, agent, options);
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

  /**
   * Items that fit: best match first with `query`, newest first without; EXPERIMENTAL and VALIDATED ones unless
   * a `state` is named. With `viewer`, the answer counts as a view of each item by that agent, once.
   */
  async queryKnowledge(input: KnowledgeQuery = {}): Promise<MeasuredItem[]> {
    const found = await queriedItems(this.store, this.tenant, checkInput(querySchema, input));
    return measured(this.store, this.tenant, found);
  }

  /**
   * Counts that an agent was handed an item, once.
   *
   * @returns false when it had been handed it before
   * @throws NotFoundError when the tenant has no such item
   */
  view(id: string, agent: string): Promise<boolean> {
    return view(this.store, this.tenant, parseId(id), parseAgent(agent));
  }

  /**
   * Counts an agent's vote on an item; another one of the same agent takes the place of the first.
   *
   * @param useful whether it found the item useful
   * @throws NotFoundError when the tenant has no such item
   */
  voteUseful(id: string, agent: string, useful = true): Promise<VoteResult> {
    const verdict = checkField('useful', z.boolean(), useful);
    return vote(this.store, this.tenant, parseId(id), parseAgent(agent), verdict);
  }

  /**
   * Takes an agent's vote back.
   *
   * @returns `counted` false when it had none
   * @throws NotFoundError when the tenant has no such item
   */
  withdrawVote(id: string, agent: string): Promise<VoteResult> {
    return withdrawVote(this.store, this.tenant, parseId(id), parseAgent(agent));
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
   * The items that agents found useful for sure, most popular first: by the lower 95% bound of what speaks for
   * an item (useful votes, confirmations by other agents, successful applications) among all that was said of it
   * and came of it, so that a few happy voices do not outrank many.
   */
  getPopularKnowledge(limit = 10): Promise<PopularItem[]> {
    return popularItems(this.store, this.tenant, parseLimit(limit));
  }
}
