/** What every kind of agent implements. */
import type { AgentHeartbeat, AgentReport, AgentTask, Spending } from '../shared/agent-contract.js';
import type { Inbox } from '../shared/inbox.js';

/** What a kind of agent is told besides the task, and what it tells while it works. */
export interface KindRun {
  /** Aborted by cancellation, by the deadline and by a cap; the agent is then ended. */
  signal: AbortSignal;
  /** Milliseconds between asking an agent's processes to end and killing them. */
  graceMs: number;
  /** 1 at first. */
  attempt: number;
  /** The last that is known of the attempt before, which a crash cut off. */
  interrupted?: AgentHeartbeat;
  /** What comes in while it works, the task's news included. */
  inbox: Inbox;
  /** Told the size of every piece of output. */
  onBytes: (bytes: number) => void;
  /** Told what this attempt has spent in all so far, as soon as it is known better. */
  onSpent: (spent: Spending) => void;
  /** Told what the agent is at, in one line. */
  onDoing: (doing: string) => void;
  /** Told the id by which a later attempt could take up the work. */
  onSession: (session: string) => void;
}

/** A task with all the news that its agent can have seen. */
export const withNews = (task: AgentTask, { inbox }: Pick<KindRun, 'inbox'>): AgentTask => ({
  ...task,
  news: [...inbox.items],
});

/** Gets an agent's report; throws AgentFailure when there is none to be had. */
export type AgentKind = (task: AgentTask, run: KindRun) => Promise<AgentReport>;
