/** What a coding program prints while it works, and how it is read. */
import type { Action, ActionResult, Json } from '../../shared/agent-contract.js';

export interface TranscriptTokens {
  /** All that was sent, read from a cache or not. */
  readonly input: number;
  readonly output: number;
  /** The part of `input` that was read from a cache. */
  readonly cachedInput?: number;
}

/** All that a transcript has told so far. It must stay bounded, however long the transcript is. */
export interface TranscriptState {
  readonly actions: readonly Action[];
  /** Of the actions at the same positions. */
  readonly results: readonly ActionResult[];
  /** What went wrong on the way, one line each. */
  readonly errors: readonly string[];
  /** Why the whole run failed, in the program's own words. */
  readonly failure?: string | undefined;
  /** Answers of the model. */
  readonly iterations: number;
  /** By this run so far. */
  readonly tokens?: TranscriptTokens | undefined;
  /** USD. */
  readonly cost?: number | undefined;
  /** The final answer, or the last that was said. */
  readonly output?: Json | undefined;
  /** The program's own word. */
  readonly success: boolean | null;
  /** Whether the program said that it is done; absent where it never does. */
  readonly ended?: boolean | undefined;
  /** By which the program can take up its work again. */
  readonly session?: string | undefined;
  /** What it is at, in one line. */
  readonly doing?: string | undefined;
}

/** Seconds from any beginning at which the lines that are taken now were printed. */
export type Clock = () => number;

/** Reads one transcript, a line at a time, as it is printed. */
export interface TranscriptParser {
  /** Takes a line, without its end. The last may be cut off anywhere. */
  push(line: string): void;
  readonly state: TranscriptState;
}
