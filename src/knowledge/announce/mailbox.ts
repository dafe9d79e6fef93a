/** The inbox of one running agent: what its task's workflow says has come. */
import { setTimeout as sleep } from 'node:timers/promises';
import type { KnowledgeExcerpt } from '../../shared/agent-contract.js';
import { knowledgeItemSchema } from '../../shared/agent-contract.js';
import type { Inbox } from '../../shared/inbox.js';

/** Asks the workflow; null when it answers that it holds no inbox. */
export type AskInbox = () => Promise<unknown[] | null>;

/** Milliseconds between two questions of one inbox, at least. */
const PAUSE_MS = 200;

export class Mailbox implements Inbox {
  private news: readonly KnowledgeExcerpt[];
  private readonly listeners = new Set<() => void>();
  private asking = false;
  private again = false;
  private closed = false;

  constructor(
    known: readonly KnowledgeExcerpt[],
    private readonly ask: AskInbox,
    private readonly onClose: () => void,
  ) {
    this.news = known;
  }

  get items(): readonly KnowledgeExcerpt[] {
    return this.news;
  }

  onNews(listener: () => void): () => void {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  }

  close(): void {
    this.closed = true;
    this.listeners.clear();
    this.onClose();
  }

  has(id: string): boolean {
    return this.news.some((item) => item.id === id);
  }

  /** Asks the workflow, soon. However often it is called meanwhile, one more question follows. */
  refresh(): void {
    this.again = true;
    if (!this.asking) void this.askOn();
  }

  private async askOn(): Promise<void> {
    this.asking = true;
    while (this.again && !this.closed) {
      this.again = false;
      try {
        const answer = await this.ask();
        if (answer === null) return this.close();
        this.take(answer);
      } catch {
        // No worker for the workflow, or it has just ended: the next wake asks again.
      }
      await sleep(PAUSE_MS, undefined, { ref: false });
    }
    this.asking = false;
  }

  private take(answer: readonly unknown[]): void {
    if (this.closed) return;
    const items = answer.flatMap((item) => knowledgeItemSchema.safeParse(item).data ?? []);
    if (JSON.stringify(items) === JSON.stringify(this.news)) return;
    this.news = items;
    for (const listener of this.listeners) listener();
  }
}
