/** What the runner of agents uses besides their declarations. */
import type { Workspaces } from './workspaces/workspaces.js';

/** A place among all calls of an agent that may run at once. */
export interface Slot {
  /** Aborted when the place went to somebody else. */
  lost: AbortSignal;
  release(): Promise<void>;
}

export interface AgentServices {
  /** Needed where tasks ask for workspaces of their own. */
  workspaces?: Workspaces;
  /** Without it, only the limits of each worker by itself hold. */
  slots?: {
    acquire(name: string, limit: number, signal: AbortSignal, onWait: () => void): Promise<Slot>;
  };
}
