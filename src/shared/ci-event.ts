/** A result as a CI service's event tells it, before it is matched with a task. */
export interface CiEvent {
  /** What it is of, e.g. `check run lint`. */
  what: string;
  /** The service's own word for the result. */
  conclusion: string;
  /** Null when it says neither yes nor no. */
  success: boolean | null;
  /** Whether it speaks for the build as a whole. */
  whole: boolean;
  /** Address of the check. */
  by: string;
  /** Given to the check by who asked for it. */
  externalId?: string | null | undefined;
  branches: readonly (string | null | undefined)[];
  /** Message of the commit that was built. */
  message?: string | null | undefined;
  /** Tells the event apart from all others of its delivery id. */
  key: string;
}
