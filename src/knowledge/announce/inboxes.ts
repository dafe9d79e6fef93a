/** The inboxes of the agents that run in this process. */
import { type Client, QueryNotRegisteredError } from '@temporalio/client';
import { bulkhead } from 'cockatiel';
import type { KnowledgeExcerpt } from '../../shared/agent-contract.js';
import type { CallingWorkflow, Inbox, InboxSource } from '../../shared/inbox.js';
import { inboxQuery } from '../../shared/messages.js';
import { ChangeFeed } from '../../store/change-feed.js';
import type { Store } from '../../store/store.js';
import { ANNOUNCEMENTS } from '../collections.js';
import { Mailbox } from './mailbox.js';

const QUESTIONS_AT_ONCE = 10;
const QUESTION_DEADLINE_MS = 5_000;
/** Milliseconds for which an agent that begins may not have been told what was announced meanwhile. */
const HEARD_MS = 60_000;
const MAX_HEARD = 1_000;
/** Milliseconds after which all are asked in any case: for what was signalled past the hub, or while MongoDB was away. */
const ANYWAY_MS = 60_000;

/**
 * Follows one change stream over the announcements, a small document each. An announcement wakes the inboxes of
 * its tenant that lack the item, and these ask their workflows, which know best. An agent that works while
 * nothing is announced costs a question a minute.
 */
export class Inboxes implements InboxSource {
  private readonly boxes = new Map<string, Set<Mailbox>>();
  /** Announcements by key, and when they were last heard of on the monotonic clock. */
  private readonly heard = new Map<string, number>();
  private readonly turns = bulkhead(QUESTIONS_AT_ONCE, Number.POSITIVE_INFINITY);
  private readonly feed: ChangeFeed;
  private following: 'no' | 'soon' | 'yes' = 'no';
  private timer: NodeJS.Timeout | undefined;

  constructor(
    store: Store,
    private readonly client: Client,
  ) {
    this.feed = new ChangeFeed(store, ANNOUNCEMENTS, {
      changed: (key) => this.announced(key),
      lost: () => this.refreshAll(),
    });
  }

  open(workflow: CallingWorkflow, known: readonly KnowledgeExcerpt[]): Inbox {
    const { tenant } = workflow;
    const boxes = this.boxes.get(tenant) ?? new Set();
    this.boxes.set(tenant, boxes);
    const box = new Mailbox(
      known,
      () => this.ask(workflow),
      () => {
        boxes.delete(box);
        if (boxes.size === 0 && this.boxes.get(tenant) === boxes) this.boxes.delete(tenant);
      },
    );
    boxes.add(box);
    this.timer ??= setInterval(() => {
      this.follow();
      this.refreshAll();
    }, ANYWAY_MS).unref();
    if (this.following !== 'yes') this.follow();
    else if (this.heardLately(tenant).some((id) => !box.has(id))) box.refresh();
    return box;
  }

  /** Wakes nobody any more. */
  close(): void {
    clearInterval(this.timer);
    this.feed.close();
    for (const boxes of this.boxes.values()) for (const box of boxes) box.close();
  }

  /** What was announced before the stream was followed is asked for once it is. */
  private follow(): void {
    if (this.following !== 'no') return;
    this.following = 'soon';
    this.feed.begin().then(
      () => {
        this.following = 'yes';
        this.refreshAll();
      },
      () => {
        // MongoDB is away: tried again by the next agent, or before long.
        this.following = 'no';
      },
    );
  }

  private announced(key: string): void {
    const bar = key.indexOf('|');
    const id = key.slice(bar + 1);
    this.heard.delete(key);
    this.heard.set(key, performance.now());
    for (const oldest of this.heard.keys()) {
      if (this.heard.size <= MAX_HEARD) break;
      this.heard.delete(oldest);
    }
    for (const box of this.boxes.get(key.slice(0, bar)) ?? []) if (!box.has(id)) box.refresh();
  }

  private heardLately(tenant: string): string[] {
    const since = performance.now() - HEARD_MS;
    return [...this.heard].flatMap(([key, at]) =>
      at >= since && key.startsWith(`${tenant}|`) ? [key.slice(tenant.length + 1)] : [],
    );
  }

  private refreshAll(): void {
    for (const boxes of this.boxes.values()) for (const box of boxes) box.refresh();
  }

  private ask({ workflowId, runId }: CallingWorkflow): Promise<unknown[] | null> {
    return this.turns.execute(async () => {
      try {
        const deadline = Date.now() + QUESTION_DEADLINE_MS;
        const handle = this.client.workflow.getHandle(workflowId, runId);
        const answer: unknown = await this.client.withDeadline(deadline, () => handle.query(inboxQuery));
        return Array.isArray(answer) ? answer : null;
      } catch (error) {
        if (error instanceof QueryNotRegisteredError) return null;
        throw error;
      }
    });
  }
}
