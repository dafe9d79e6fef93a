/** Learnings put into the store as extraction would have written them. */
import { type Learning, learnings } from '../../src/learning/learning.js';
import type { Store } from '../../src/store/store.js';

/** Makes `count` learnings of a category, with the ids `0…01`, `0…02` and so on. */
export async function seedLearnings(
  store: Store,
  tenant: string,
  category: string,
  count: number,
): Promise<string[]> {
  const made = Array.from({ length: count }, (_, index): Learning => {
    const id = String(index + 1).padStart(16, '0');
    const action = `step-${index + 1}`;
    return {
      _id: `${tenant}|${id}`,
      tenant,
      id,
      version: 2,
      origin: 'extracted',
      type: 'SUCCESS_PATTERN',
      title: `Use ${action}`,
      condition: `In ${category} tasks`,
      advice: `Prefer ${action}`,
      category,
      signature: null,
      action: { verb: 'prefer', type: action },
      verb: 'prefer',
      state: 'asserted',
      retiredBecause: null,
      confidence: 'HIGH',
      counts: { n: 20, successes: 18, withoutN: 20, withoutSuccesses: 8 },
      pValue: 0.001,
      text: `${category} ${action}`,
      pattern: { kind: 'action', group: category, action },
      patterns: [id],
      weight: 0.9 - index / 100,
      agentTypes: ['agent'],
      firstSeen: new Date(0),
      lastSeen: new Date(0),
    };
  });
  await learnings(store).insertMany(made);
  return made.map(({ id }) => id);
}
