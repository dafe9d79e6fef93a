/** Makes again from the log what people did to learnings, where a rebuild finds it missing. */
import { isDeepStrictEqual } from 'node:util';
import { events, type ItemEvent } from '../store/event-log.js';
import type { Store } from '../store/store.js';
import { actsOfEvents, type LearningAct, learningEventsOf } from './control-log.js';
import { type Learning, learnings } from './learning.js';
import { keepVersions } from './learning-versions.js';
import { LEARNING_DEADLINE_MS } from './refresh.js';

const BATCH = 200;

/**
 * Brings every learning in line with the log of acts: control as the last act left it, and what was added or
 * imported back where it is gone. Acts on learnings that nothing supports any more stay in the log alone.
 *
 * @returns how many learnings it changed: none where nothing was missing
 * @throws StoreUnavailableError when MongoDB is away or too slow
 */
export async function restoreControl(store: Store, tenant: string): Promise<number> {
  const cursor = events(store)
    .find(learningEventsOf(tenant))
    .project<ItemEvent>({ tenant: 0 })
    .sort({ _id: 1 });
  let changed = 0;
  let batch = new Map<string, LearningAct[]>();
  for await (const event of cursor) {
    const [act] = actsOfEvents([event]);
    if (act === undefined) continue;
    const known = batch.get(act.learningId);
    if (known !== undefined) known.push(act);
    else {
      if (batch.size === BATCH) {
        changed += await restoreBatch(store, tenant, batch);
        batch = new Map();
      }
      batch.set(act.learningId, [act]);
    }
  }
  return changed + (await restoreBatch(store, tenant, batch));
}

function restoreBatch(
  store: Store,
  tenant: string,
  batch: ReadonlyMap<string, readonly LearningAct[]>,
): Promise<number> {
  if (batch.size === 0) return Promise.resolve(0);
  return store.transaction(async (session) => {
    const found = await learnings(store)
      .find({ tenant, _id: { $in: [...batch.keys()].map((id) => `${tenant}|${id}`) } }, { session })
      .toArray();
    const byId = new Map(found.map((learning) => [learning.id, learning]));
    const restored = [...batch].flatMap(([id, acts]) => restoredOf(byId.get(id), acts) ?? []);
    if (restored.length === 0) return 0;
    await learnings(store).bulkWrite(
      restored.map((learning) => ({
        replaceOne: { filter: { _id: learning._id }, replacement: learning, upsert: true },
      })),
      { session, ordered: false },
    );
    await keepVersions(store, restored, session);
    return restored.length;
  }, LEARNING_DEADLINE_MS);
}

/** A learning as its acts want it; null where it is so, or cannot be made. Pure. */
function restoredOf(stored: Learning | undefined, acts: readonly LearningAct[]): Learning | null {
  const last = acts.at(-1);
  if (last === undefined) return null;
  const brought = acts.findLast((act) => act.learning !== undefined)?.learning;
  const base = stored ?? brought;
  if (base === undefined || (stored !== undefined && isDeepStrictEqual(stored.control, last.after)))
    return null;
  return { ...base, control: last.after, version: Math.max(base.version, last.version) };
}
