/** What the items that a task was offered are called. */
import { KnowledgeBase } from '../knowledge/knowledge-base.js';
import type { Interaction } from '../learning/interactions.js';
import { LearningEngine } from '../learning/learning-engine.js';
import { NotFoundError } from '../shared/errors.js';
import type { OfferedItem } from '../shared/task.js';
import type { Store } from '../store/store.js';

/** An offered item with its title as it is now; null once the item is gone. */
export type TitledItem = OfferedItem & { title: string | null };

export interface OfferedTitles {
  learnings: (items: readonly OfferedItem[]) => TitledItem[];
  knowledge: (items: readonly OfferedItem[]) => TitledItem[];
}

/** Looks up the titles of all that some executions were offered. */
export async function offeredTitles(
  store: Store,
  tenant: string,
  executions: readonly Interaction[],
): Promise<OfferedTitles> {
  const engine = new LearningEngine(store, tenant);
  const base = new KnowledgeBase(store, tenant);
  const [learnings, knowledge] = await Promise.all([
    titles(
      executions.flatMap((execution) => execution.learnings),
      (id) => engine.get(id),
    ),
    titles(
      executions.flatMap((execution) => execution.knowledge),
      (id) => base.get(id),
    ),
  ]);
  const titled = (known: Map<string, string>) => (items: readonly OfferedItem[]) =>
    items.map((item) => ({ ...item, title: known.get(item.id) ?? null }));
  return { learnings: titled(learnings), knowledge: titled(knowledge) };
}

async function titles(
  items: readonly OfferedItem[],
  get: (id: string) => Promise<{ title: string }>,
): Promise<Map<string, string>> {
  const known = new Map<string, string>();
  const ids = [...new Set(items.map(({ id }) => id))];
  await Promise.all(
    ids.map(async (id) => {
      try {
        known.set(id, (await get(id)).title);
      } catch (error) {
        if (!(error instanceof NotFoundError)) throw error;
      }
    }),
  );
  return known;
}
