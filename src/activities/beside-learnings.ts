/**
 * Knowledge that was made from a learning says what the learning says. Where a task is offered that learning,
 * shown or withheld, its knowledge stays out of the task: else the share of tasks that go without the learning would
 * be told of it all the same, and what it is worth could not be measured. Pure.
 */
import type { KnowledgeLookup, OfferedItem } from '../shared/task.js';

/** The first items, as many as may be shown besides those that learnings may yet keep out. */
export function enough<T extends { item: { learningId: string | null } }>(
  found: readonly T[],
  limit: number,
): T[] {
  let sure = 0;
  return found.filter(({ item }) => {
    if (sure >= limit) return false;
    if (item.learningId === null) sure += 1;
    return true;
  });
}

/**
 * What a look-up found without what is made from learnings that the task is offered.
 *
 * @param found with `madeFrom`, which is taken out
 * @param limit most items that are offered
 */
export function besideLearnings(
  { offered, items, madeFrom = {} }: KnowledgeLookup,
  learnings: readonly OfferedItem[],
  limit: number,
): KnowledgeLookup {
  const taken = new Set(learnings.map(({ id }) => id));
  const left = offered.filter(({ id }) => !taken.has(madeFrom[id] ?? '')).slice(0, limit);
  const ids = new Set(left.map(({ id }) => id));
  return { offered: left, items: items.filter(({ id }) => ids.has(id)) };
}
