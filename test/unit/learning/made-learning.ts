/** Learnings made up for tests. */
import { featureKey } from '../../../src/learning/feature.js';
import { type Learning, learningId, NO_CONTROL } from '../../../src/learning/learning.js';

/** An asserted learning on one action of a category; whatever is given takes the place of its own. */
export function madeLearning(given: Partial<Learning> = {}): Learning {
  const { tenant = 't1', type = 'SUCCESS_PATTERN', verb = 'prefer', category = 'bug_fix' } = given;
  const pattern = given.pattern ?? {
    kind: 'action',
    group: category,
    action: featureKey({ kind: 'action', type: 'run-tests' }),
  };
  const id = given.id ?? learningId(type, verb, pattern.group, pattern.action);
  const counts = { n: 20, successes: 18, withoutN: 30, withoutSuccesses: 12 };
  return {
    ...{ _id: `${tenant}|${id}`, tenant, id, version: 1, origin: 'extracted' },
    ...{ type, verb, category, pattern },
    title: 'In bug fix tasks, use `run-tests`',
    condition: 'The task is of category bug_fix',
    advice: 'Use `run-tests`: it goes with success. 18 of 20 runs with it succeeded, 12 of 30 without it.',
    ...{ signature: null, action: { verb, type: 'run-tests' } },
    ...{ state: 'asserted', retiredBecause: null, confidence: 'HIGH', counts, stated: counts },
    ...{ tasks: 12, effect: 0.4, interval: [0.2, 0.6], compared: 'trials', pace: null, pValue: 0.001 },
    ...{ text: 'bug_fix run-tests', groups: [category ?? 'unknown'], aliases: [], supersededBy: null },
    ...{ weight: 0.7, control: NO_CONTROL, agentTypes: ['coder'] },
    firstSeen: new Date('2026-01-01T00:00:00Z'),
    lastSeen: new Date('2026-02-01T00:00:00Z'),
    ...given,
  };
}
