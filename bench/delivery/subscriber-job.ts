/** What a process of subscribers is told. */
export interface SubscriberJob {
  uri: string;
  database: string;
  tenant: string;
  /** Names of all subscribers, by their number. */
  agents: readonly string[];
  /** Numbers of those that run in this process. */
  subscribers: readonly number[];
  /** The file of its notes, which goes on where the process before it ended. */
  log: string;
  /** Milliseconds from one question to the next of a reader that polls; null: live delivery. */
  pollMs: number | null;
}
