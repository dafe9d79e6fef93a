/** What the runner of agents uses besides their declarations. */
import type { InboxSource } from '../shared/inbox.js';
import type { InboxServer } from './inbox-server.js';
import type { Workspaces } from './workspaces/workspaces.js';

/** A place among all calls of an agent that may run at once. */
interface Slot {
  /** Aborted when the place went to somebody else. */
  lost: AbortSignal;
  release(): Promise<void>;
}

export interface AgentServices {
  /** Needed where tasks ask for workspaces of their own. */
  workspaces?: Workspaces;
  /** Without it, agents are told what they were called with, and no news later on. */
  inboxes?: InboxSource;
  /** Without it, agents that are services cannot read their inbox. */
  inboxServer?: InboxServer;
  /** Without it, only the limits of each worker by itself hold. */
  slots?: {
    acquire(name: string, limit: number, signal: AbortSignal, onWait: () => void): Promise<Slot>;
  };
}
