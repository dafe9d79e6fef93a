/** What reaches an agent while it works. */
import type { KnowledgeExcerpt } from './agent-contract.js';

export interface Inbox {
  /** The CRITICAL items that came since the task began, the oldest first. */
  readonly items: readonly KnowledgeExcerpt[];
  /** Calls back whenever there are more. @returns what ends that */
  onNews(listener: () => void): () => void;
  close(): void;
}

/** The workflow that called an agent. */
export interface CallingWorkflow {
  tenant: string;
  workflowId: string;
  runId: string;
}

/** Where the inboxes of running agents come from. */
export interface InboxSource {
  /**
   * Never throws, and waits for nothing: an inbox that gets no news is one all the same.
   *
   * @param known what the agent was told at its start
   */
  open(workflow: CallingWorkflow, known: readonly KnowledgeExcerpt[]): Inbox;
}

/** An inbox that nothing comes into. */
export const closedInbox = (known: readonly KnowledgeExcerpt[]): Inbox => ({
  items: known,
  onNews: () => () => {},
  close: () => {},
});
