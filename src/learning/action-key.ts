/** The names under which equal actions are counted. */
import type { Action, Json, LessonAction } from '../shared/agent-contract.js';

/** Longest text of an input that tells kinds of actions apart; longer ones are contents. */
const MAX_INPUT_CHARS = 40;
const MAX_INPUTS = 8;

/** The row that counts all actions of a group together. No action is named so. */
export const BASE = '*';

/** Inputs that say which kind of action it was: short texts and switches at the top level. */
function distinguishingInputs(input: Json | undefined): [string, string | boolean][] {
  if (input === null || typeof input !== 'object' || Array.isArray(input)) return [];
  return Object.entries(input)
    .filter(
      (entry): entry is [string, string | boolean] =>
        entry[0].length <= MAX_INPUT_CHARS &&
        (typeof entry[1] === 'boolean' ||
          (typeof entry[1] === 'string' && entry[1].length <= MAX_INPUT_CHARS)),
    )
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .slice(0, MAX_INPUTS);
}

/** `["mutate",{"operator":"swap-comparison"}]`: an action's type with the inputs that distinguish it. */
export function actionKey(action: Action): string {
  const inputs = distinguishingInputs(action.input);
  return JSON.stringify(inputs.length === 0 ? [action.type] : [action.type, Object.fromEntries(inputs)]);
}

/** `["edit"]`, or `["edit","run-tests"]` for one directly followed by the other. */
export const sequenceKey = (...types: readonly string[]): string => JSON.stringify(types);

/** What a key stands for: one action with its inputs, or two types in a row. */
export interface NamedAction {
  type: string;
  input: Record<string, string | boolean>;
  /** Type of the action that directly follows. */
  then?: string;
}

/** Takes a key of this module apart. */
export function parseActionKey(key: string): NamedAction {
  const [type, second] = JSON.parse(key) as [string, (string | Record<string, string | boolean>)?];
  if (typeof second === 'string') return { type, input: {}, then: second };
  return { type, input: second ?? {} };
}

/** The machine-readable form of a lesson on one action; null for a pair, which no single action expresses. */
export function lessonActionOf(verb: LessonAction['verb'], named: NamedAction): LessonAction | null {
  if (named.then !== undefined) return null;
  return { verb, type: named.type, ...(Object.keys(named.input).length === 0 ? {} : { input: named.input }) };
}
