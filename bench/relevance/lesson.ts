/** Lessons as they would have been learned or written. */
import { type Learning, learningId, NO_CONTROL } from '../../src/learning/learning.js';

interface LessonSettings {
  category?: string | null;
  signature?: string;
  /** What a person wrote; null: words of the rule, which name category or error and action. */
  words?: { condition: string; advice: string } | null;
  action: string;
}

/** A lesson of middling confidence, the same for all: only how well it fits is measured. */
export function learnedLesson({
  category = null,
  signature,
  words = null,
  action,
}: LessonSettings): Learning {
  const isRecovery = signature !== undefined;
  const type = isRecovery ? 'ERROR_RECOVERY' : words === null ? 'SUCCESS_PATTERN' : 'BEST_PRACTICE';
  const group = signature ?? category;
  const id = learningId(type, 'prefer', group, words === null ? action : words.condition);
  const plainAction = action.replaceAll('_', ' ');
  const at = new Date(Date.UTC(2026, 0, 1));
  const counts = { n: 20, successes: 16, withoutN: 20, withoutSuccesses: 8 };
  const rule = {
    title: isRecovery ? `After "${signature}", ${action}` : `In ${category} tasks, ${action}`,
    condition: isRecovery ? `An action failed with "${signature}"` : `The task is of category ${category}`,
    advice: 'Goes with success: 16 of 20 tasks with it succeeded, 8 of 20 without it.',
  };
  const written = words === null ? rule : { title: words.advice, ...words };
  return {
    _id: `bench|${id}`,
    tenant: 'bench',
    id,
    version: 1,
    origin: words === null ? 'extracted' : 'added',
    agentTypes: [],
    firstSeen: at,
    lastSeen: at,
    type,
    ...written,
    category,
    signature: signature ?? null,
    action: { verb: 'prefer', type: action },
    verb: 'prefer',
    state: 'asserted',
    retiredBecause: null,
    confidence: 'HIGH',
    counts,
    stated: counts,
    pValue: 0.01,
    text:
      words === null
        ? `${signature ?? category} ${plainAction}`.replace(/<n>/g, ' ')
        : `${words.condition} ${words.advice}`,
    pattern: { kind: isRecovery ? 'recovery' : 'action', group, action },
    tasks: 20,
    effect: 0.4,
    interval: [0.1, 0.7],
    compared: 'trials',
    pace: null,
    groups: [],
    weight: 0.6,
    aliases: [],
    supersededBy: null,
    control: NO_CONTROL,
  };
}
