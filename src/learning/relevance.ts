/** Which learnings fit a task, and how well. Pure. */
import type { Hit } from '../retrieval/retriever.js';
import type { Json } from '../shared/agent-contract.js';
import { errorClass, errorSignature } from '../shared/error-signature.js';
import type { Learning } from './learning.js';

/** A learning that fits a task. */
export interface RelevantLearning {
  learning: Learning;
  /** Fit times weight, above 0; comparable within one answer. */
  score: number;
}

const MAX_LINES = 400;
const MAX_LINE = 2_000;
/** Error names of one line: a wrapped error names its cause after itself. */
const MAX_NAMES = 4;
const MAX_SIGNATURES = 50;
const errorName =
  /\b(?:[A-Za-z_$][\w$.]*)?(?:Error|Exception|Failure|Panic)\b|\b(?:error|panic|fatal)\b(?=[:[(])/g;

/** How well each way of matching fits: the same error says most, a word in common least. */
const FIT = { signature: 1, category: 0.5, text: 0.5 } as const;
/** The error itself may differ from others of its class. */
const CLASS_ONLY = 0.8;
/** Agents of another type may do otherwise. */
const OTHER_AGENT = 0.7;

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

/** Merges and ranks what was found: how well it fits, times what it is worth. */
export function rankMatches(
  matches: Matches,
  agentType: string | undefined,
  limit: number,
): RelevantLearning[] {
  const fits = new Map<string, { learning: Learning; fit: number }>();
  const add = (learning: Learning, fit: number): void => {
    const known = fits.get(learning.id);
    fits.set(learning.id, { learning, fit: (known?.fit ?? 0) + fit });
  };
  for (const learning of matches.bySignature) add(learning, FIT.signature);
  for (const learning of matches.byCategory) add(learning, FIT.category);
  for (const { document, score } of matches.byText) add(document, FIT.text * (score / (score + 2)));
  return [...fits.values()]
    .map(({ learning, fit }) => ({
      learning,
      score: fit * learning.weight * agentFactor(learning, agentType) * precision(learning),
    }))
    .sort((a, b) => b.score - a.score || (a.learning.id < b.learning.id ? -1 : 1))
    .slice(0, limit);
}

/** What is known of the one error goes before what is known of its class. */
const precision = ({ signature }: Learning): number =>
  signature !== null && errorClass(signature) === signature ? CLASS_ONLY : 1;

function agentFactor({ agentTypes }: Learning, agentType: string | undefined): number {
  const known = agentType === undefined || agentTypes.length === 0 || agentTypes.includes(agentType);
  return known ? 1 : OTHER_AGENT;
}
