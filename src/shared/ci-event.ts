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
  /** Of the repository whose webhook it is: anybody may name a branch of their own fork as they like. */
  branches: readonly (string | null | undefined)[];
  /** Message of the commit that was built. */
  message?: string | null | undefined;
  /** When it was found, as the service tells it. */
  at?: string | null | undefined;
  /** What was run, which time, and to which end; a repeated delivery has the same. */
  key: string;
}
