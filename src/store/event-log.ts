/** The append-only log beside the interactions: outcome corrections, votes, direct calls, edits by people. */
import type { ClientSession } from 'mongodb';
import type { Outcome } from '../shared/task.js';
import type { Increment } from './counters.js';
import type { Store } from './store.js';

interface EventBase {
  /** Unique within the tenant's log; a repeated append of the same id is refused. */
  _id: string;
  tenant: string;
  at: Date;
  by: string;
  /** Generations of projections that the event was applied to when it was appended. */
  generations: string[];
}

/** What was said of a task. */
interface SaidOfTask extends EventBase {
  taskId: string;
  outcome: Outcome;
  comment?: string;
  /** When it was found, where that is known: words may come in another order. */
  foundAt?: Date;
  /** Of all with the same, only the first is taken in; unique within the tenant. */
  deliveryId?: string;
}

/** A later word on how an execution went, with what it changed: the changes add up in any order. */
export interface OutcomeEvent extends SaidOfTask {
  kind: 'outcome';
  executionId: string;
  before: Outcome;
  after: Outcome;
}

/**
 * A word that came before its task was recorded. The recording puts an outcome event in its place; until then it
 * moves nothing.
 */
export interface WaitingWord extends SaidOfTask {
  kind: 'waiting';
  /** The execution it is about; null: the first of the task that is recorded. */
  executionId: string | null;
}

/** A direct record call that stands for no interaction. */
export interface DirectEvent extends EventBase {
  kind: 'execution' | 'strategy-outcome' | 'usage';
  increments: Increment[];
  detail: Record<string, unknown>;
}

/** Something people or agents did to an item: a vote, an application, a transition, an edit. */
export interface ItemEvent extends EventBase {
  kind: 'item';
  itemId: string;
  act: string;
  detail: Record<string, unknown>;
}

export type LogEvent = OutcomeEvent | WaitingWord | DirectEvent | ItemEvent;

export const events = (store: Store) => store.collection<LogEvent>('events');

/** Appends an event within the transaction that applies it. */
export async function appendEvent(store: Store, event: LogEvent, session: ClientSession): Promise<void> {
  await events(store).insertOne(event, { session });
}
