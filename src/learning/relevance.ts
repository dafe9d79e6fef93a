/** Which learnings fit a task, how well, and what they are worth to it. Pure. */
import type { Lift } from '../evidence/lift.js';
import type { Hit } from '../retrieval/retriever.js';
import type { Json } from '../shared/agent-contract.js';
import { errorClass, errorSignature } from '../shared/error-signature.js';
import type { Learning } from './learning.js';

/** A learning that fits a task. */
export interface RelevantLearning {
  learning: Learning;
  /** Fit times worth, above 0; comparable within one answer. */
  score: number;
  /** How well it fits, 0 to 1; comparable between tasks. */
  relevance: number;
}

const MAX_LINES = 400;
const MAX_LINE = 2_000;
/** Error names of one line: a wrapped error names its cause after itself. */
const MAX_NAMES = 4;
const MAX_SIGNATURES = 50;
const errorName =
  /\b(?:[A-Za-z_$][\w$.]*)?(?:Error|Exception|Failure|Panic)\b|\b(?:error|panic|fatal)\b(?=[:[(])/g;

/**
 * The least relevance of what is shown. Measured by `npm run bench -- relevance` in 12 worlds of 436 lessons: of
 * tasks that none of them fits, 1% is shown any (3% where others of the tasks' subject are known); of tasks that
 * speak of a lesson's matter in like words, amid other remarks, 69% are shown it, and 74% of what is shown is right.
 * Without a model: 2%, 2%, 29% and 72%. Tasks with the error or of the category that a lesson is about are all shown
 * it. At 0.25, 8% of tasks that nothing fits are shown something; at 0.35, 53% get what fits.
 */
export const LEAST_RELEVANCE = 0.3;

/** How well each way of matching fits by itself. */
const FIT = {
  signature: 0.95,
  /** The error itself may differ from others of its class. */
  errorClass: 0.75,
  category: 0.5,
  /** An error that tasks of the category have met: this one may meet it too, or never. */
  errorOfCategory: 0.35,
} as const;
/** Words alone say less than words and meaning together. */
const WORDS_ALONE = 0.85;
/** What was learned of another category may not hold here, however alike the words. */
const OTHER_CATEGORY = 0.5;
/** Agents of another type may do otherwise. */
const OTHER_AGENT = 0.7;
const DAY_MS = 86_400_000;
/** Days after which what was not seen again has lost half of what it can lose. */
const FRESH_DAYS = 90;
/** What is long past may still hold. */
const STALE = 0.5;

/**
 * The signatures of the errors that a task speaks of: of each line with errors' names, as a whole and from each
 * name on, and its class.
 */
export function signaturesIn(description: string, context: Readonly<Record<string, Json>> = {}): string[] {
  const texts = [description, ...Object.values(context).filter((value) => typeof value === 'string')];
  const signatures = new Set<string>();
  for (const line of texts.flatMap((text) => text.split('\n')).slice(0, MAX_LINES)) {
    const names = [...line.slice(0, MAX_LINE).matchAll(errorName)].slice(0, MAX_NAMES);
    if (names.length > 0) signatures.add(errorSignature(line));
    for (const name of names) signatures.add(errorSignature(line.slice(name.index)));
    if (signatures.size >= MAX_SIGNATURES) break;
  }
  for (const signature of [...signatures]) {
    const name = errorClass(signature);
    if (name !== null) signatures.add(name);
  }
  return [...signatures].filter((signature) => signature !== '');
}

/** What was found, by each way of matching. */
export interface Matches {
  bySignature: readonly Learning[];
  byCategory: readonly Learning[];
  byText: readonly Hit<Learning>[];
}

/** A learning that was found, and how well it fits. */
export interface Fit {
  learning: Learning;
  relevance: number;
}

/**
 * How well what was found fits the task, from 0 to 1: as likely as that one of its ways of matching means it,
 * taken as independent.
 *
 * @param category of the task, where it is known
 * @returns in no order
 */
export function fitsOf({ bySignature, byCategory, byText }: Matches, category: string | undefined): Fit[] {
  const misses = new Map<string, { learning: Learning; miss: number }>();
  const add = (learning: Learning, fit: number): void => {
    const miss = misses.get(learning.id)?.miss ?? 1;
    misses.set(learning.id, { learning, miss: miss * (1 - fit) });
  };
  for (const learning of bySignature) add(learning, isOfClass(learning) ? FIT.errorClass : FIT.signature);
  for (const learning of byCategory)
    add(learning, learning.signature === null ? FIT.category : FIT.errorOfCategory);
  for (const { document, score, dense } of byText)
    add(
      document,
      Math.min(1, score) *
        (dense === null ? WORDS_ALONE : 1) *
        (isOfOther(document, category) ? OTHER_CATEGORY : 1),
    );
  return [...misses.values()].map(({ learning, miss }) => ({ learning, relevance: 1 - miss }));
}

const isOfClass = ({ signature }: Learning): boolean =>
  signature !== null && errorClass(signature) === signature;

/** An error's recovery is not bound to the category in which the error is seen most. */
const isOfOther = (learning: Learning, category: string | undefined): boolean =>
  category !== undefined &&
  learning.signature === null &&
  learning.category !== null &&
  learning.category !== category;

/** What a learning's worth to a task depends on besides the learning. */
export interface WorthContext {
  agentType?: string | undefined;
  /** Measured lifts by learning, where both arms have been seen. */
  lifts?: ReadonlyMap<string, Lift>;
  /** Milliseconds since the epoch. */
  now: number;
}

/**
 * What showing a learning is worth, above 0: its weight (how sure it is, and how well it goes), less for other
 * agents and for what was not seen of late; more where it is shown to help and less where it is shown to harm.
 * What is unproven either way counts as it stands.
 */
export function worthOf(learning: Learning, { agentType, lifts, now }: WorthContext): number {
  const { agentTypes, weight, lastSeen, id } = learning;
  const isKnown = agentType === undefined || agentTypes.length === 0 || agentTypes.includes(agentType);
  // Whole days: the same question twice in a minute has one answer.
  const days = Math.max(0, Math.floor((now - lastSeen.getTime()) / DAY_MS));
  const freshness = STALE + (1 - STALE) * 2 ** (-days / FRESH_DAYS);
  const lift = lifts?.get(id);
  const proven = lift === undefined ? 0 : Math.max(0, lift.low) + Math.min(0, lift.high);
  return Math.max(weight, Number.EPSILON) * (isKnown ? 1 : OTHER_AGENT) * freshness * (1 + proven);
}
