/** Which of the learnings that fit a task are shown: enough, not the same twice, within a budget. Pure. */
import { countTokens } from 'gpt-tokenizer/encoding/o200k_base';
import { analyse } from '../retrieval/analyse.js';
import type { Learning } from './learning.js';
import type { RelevantLearning } from './relevance.js';

/** Share of the choice that goes by score; the rest goes by how little is said already. */
const SCORE_SHARE = 0.7;
/** Words in common, as a share of all, from which two learnings say the same. */
const SAME = 0.8;
/** Opposite advice in like words says something else. */
const OPPOSITE = 0.5;
/** Learnings that are looked at for each that may be shown, the highest scores first. */
const LOOKED_AT = 6;
/** Tokens that id, confidence and line breaks take around a lesson's words. */
const FRAME_TOKENS = 45;
/** Names of special tokens are text like any other. */
const asText = { disallowedSpecial: new Set<string>() };

export interface ChooseOptions {
  /** At most so many. */
  limit: number;
  /** Tokens that all of them may take in a prompt. */
  maxTokens: number;
}

/**
 * Chooses learnings one after the other: the one with the highest score that says least of what was chosen
 * already (maximal marginal relevance: Carbonell and Goldstein, SIGIR 1998). One that says the same as another,
 * or does not fit the budget that is left, is passed over. Those that people pinned come first.
 *
 * @param fitting all of them relevant
 * @returns pinned ones, then the others, each by falling score
 */
export function chooseLearnings(
  fitting: readonly RelevantLearning[],
  { limit, maxTokens }: ChooseOptions,
): RelevantLearning[] {
  const pinned = fitting.filter(({ learning }) => isPinned(learning));
  const others = fitting.filter(({ learning }) => !isPinned(learning));
  const chosen: Candidate[] = [];
  let tokens = 0;
  for (const group of [pinned, others]) {
    let left = group
      .toSorted((a, b) => b.score - a.score || (a.learning.id < b.learning.id ? -1 : 1))
      .slice(0, LOOKED_AT * limit)
      .map(candidateOf);
    for (const other of chosen) left = stillOpen(left, other);
    const highest = left[0]?.found.score ?? 1;
    const value = ({ found, said }: Candidate): number =>
      (SCORE_SHARE * found.score) / highest - (1 - SCORE_SHARE) * said;
    while (left.length > 0 && chosen.length < limit) {
      const best = left.reduce((one, other) => (value(other) > value(one) ? other : one));
      left = left.filter((other) => other !== best);
      const needed = tokensOf(best.found.learning);
      if (tokens + needed > maxTokens) continue;
      tokens += needed;
      chosen.push(best);
      left = stillOpen(left, best);
    }
  }
  return chosen
    .map(({ found }) => found)
    .sort((a, b) => Number(isPinned(b.learning)) - Number(isPinned(a.learning)) || b.score - a.score);
}

interface Candidate {
  found: RelevantLearning;
  words: ReadonlySet<string>;
  /** Patterns that it speaks of, whatever the category or error: they are one piece of advice. */
  patterns: ReadonlySet<string>;
  /** How much of it is said by what was chosen, 0 to 1. */
  said: number;
}

const isPinned = ({ control }: Learning): boolean => control.pinned;

function candidateOf(found: RelevantLearning): Candidate {
  const { origin, pattern, aliases } = found.learning;
  const actions = origin === 'added' ? [] : [pattern.action, ...aliases];
  return {
    found,
    words: wordsOf(found.learning),
    patterns: new Set(actions.map((action) => `${pattern.kind}|${action}`)),
    said: 0,
  };
}

/** Those that say something beside one that was chosen now. */
const stillOpen = (candidates: readonly Candidate[], chosen: Candidate): Candidate[] =>
  candidates
    .map((candidate) => ({ ...candidate, said: Math.max(candidate.said, likeness(candidate, chosen)) }))
    .filter(({ said }) => said < SAME);

/** How much of what one says the other says, 0 to 1: all of it where both come from the same pattern. */
function likeness(one: Candidate, other: Candidate): number {
  const isOpposite = one.found.learning.verb !== other.found.learning.verb;
  if (!isOpposite && inCommon(one.patterns, other.patterns) > 0) return 1;
  const common = inCommon(one.words, other.words);
  const all = one.words.size + other.words.size - common;
  const share = all === 0 ? 0 : common / all;
  return isOpposite ? share * OPPOSITE : share;
}

function inCommon(one: ReadonlySet<string>, other: ReadonlySet<string>): number {
  let common = 0;
  for (const text of one) if (other.has(text)) common += 1;
  return common;
}

/** What a learning says, as agents read it. */
const shownText = ({ title, condition, advice, control: { edits } }: Learning): string =>
  [edits?.title ?? title, edits?.condition ?? condition, edits?.advice ?? advice].join('\n');

/** The words that tell it apart; the numbers of its advice do not. */
const wordsOf = (learning: Learning): ReadonlySet<string> =>
  new Set(analyse(learning.control.edits === null ? learning.text : shownText(learning)));

const tokensOf = (learning: Learning): number => FRAME_TOKENS + countTokens(shownText(learning), asText);
