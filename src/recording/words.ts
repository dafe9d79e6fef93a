/** All that was said of how an execution went, and which word counts. Pure. */
import type { Interaction } from '../learning/interactions.js';
import { moreTrusted, overrules } from '../shared/outcome.js';
import type { Outcome } from '../shared/task.js';
import type { Word } from '../shared/verdict.js';
import type { OutcomeEvent } from '../store/event-log.js';
import { standing } from './outcomes.js';

/** One word as it is shown. */
export interface SpokenWord extends Word {
  at: Date;
  /** Whether success is as this word says. */
  counts: boolean;
}

/** The words of the record, then the later ones, in the order they were taken in. */
export function wordsOn(interaction: Interaction, later: readonly OutcomeEvent[]): SpokenWord[] {
  const recordedAt = new Date(interaction.endedAt);
  const spoken: SpokenWord[] = recordedWords(interaction).map((word) => ({
    ...word,
    at: recordedAt,
    counts: false,
  }));
  let deciding = spoken.findLastIndex(({ success, source }) =>
    agrees({ success, source }, interaction.outcome),
  );
  let known = interaction.outcome;
  const stands = new Set(standing(later));
  for (const event of later) {
    const { at, by, outcome, comment } = event;
    if (stands.has(event)) {
      if (overrules(known, outcome)) deciding = spoken.length;
      known = moreTrusted(known, outcome);
    }
    spoken.push({ ...outcome, by, ...(comment === undefined ? {} : { reason: comment }), at, counts: false });
  }
  return spoken.map((word, index) => ({ ...word, counts: index === deciding && known.success !== null }));
}

/** What was said until the record was made; its outcome stands by itself where none of them says so. */
function recordedWords({ words = [], outcome, reason, attempts }: Interaction): Word[] {
  if (words.some((word) => agrees(word, outcome))) return words;
  const by =
    outcome.source === 'agent'
      ? (attempts.findLast(({ decisive }) => decisive)?.agentType ?? 'agent')
      : outcome.source === 'system'
        ? 'journeyman'
        : outcome.source;
  return [...words, { ...outcome, by, ...(reason === undefined ? {} : { reason }) }];
}

const agrees = (word: Outcome, outcome: Outcome): boolean =>
  word.success === outcome.success && word.source === outcome.source;
