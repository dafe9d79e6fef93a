/** Learnings put into the store as extraction would have written them. */
import { featureKey } from '../../src/learning/feature.js';
import { learnings } from '../../src/learning/learning.js';
import type { Store } from '../../src/store/store.js';
import { madeLearning } from '../unit/learning/made-learning.js';

/** Makes `count` learnings of a category, with the ids `0…01`, `0…02` and so on. */
export async function seedLearnings(
  store: Store,
  tenant: string,
  category: string,
  count: number,
): Promise<string[]> {
  const made = Array.from({ length: count }, (_, index) => {
    const type = `step-${index + 1}`;
    return madeLearning({
      ...{ tenant, id: String(index + 1).padStart(16, '0'), version: 2, category },
      title: `Use ${type}`,
      condition: `In ${category} tasks`,
      advice: `Prefer ${type}`,
      action: { verb: 'prefer', type },
      text: `${category} ${type}`,
      pattern: { kind: 'action', group: category, action: featureKey({ kind: 'action', type }) },
      weight: 0.9 - index / 100,
      agentTypes: ['agent'],
      firstSeen: new Date(0),
      lastSeen: new Date(0),
    });
  });
  await learnings(store).insertMany(made);
  return made.map(({ id }) => id);
}
