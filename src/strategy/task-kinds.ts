/**
 * The categories that a tenant's own tasks teach: one bounded document a tenant, which maintenance makes anew from
 * the newest records, and so lags behind them. That a kind emerged is an event in the log and stays; all else follows
 * from the records, so that a rebuild has nothing to do.
 */

import { appendEvent, events, type ItemEvent } from '../store/event-log.js';
import type { Store } from '../store/store.js';
import type { EmergedKind } from './analysis/emerge.js';
import type { LearnedCategory, TaskKinds } from './analysis/history.js';
import { type PastTask, sortTasks } from './analysis/sort-tasks.js';

/** Tasks that are learned from, the newest of the tenant. */
const LEARNED_TASKS = 1_000;
const DEADLINE_MS = 30_000;
/** What all events on a tenant's kinds are about. */
const ITEM = 'task-kinds';
const EMERGED = 'emerged';

type Counts = [word: string, count: number][];

/** As stored: words stand in values, since they may hold what a field's name may not. */
interface KindsDocument {
  /** The tenant. */
  _id: string;
  tenant: string;
  /** The newest task that was learned from. */
  newest: string;
  tasks: number;
  size: number;
  words: Counts;
  categories: (Omit<LearnedCategory, 'words'> & { words: Counts })[];
  updatedAt: Date;
}

const kindsOf = (store: Store) => store.collection<KindsDocument>('taskKinds');

/** Reads a tenant's newest tasks, newest first. */
export type ListTasks = (store: Store, tenant: string, limit: number) => Promise<PastTask[]>;

/** What a tenant's tasks have taught; null before anything has. */
export async function readTaskKinds(
  store: Store,
  tenant: string,
  options: { timeoutMS?: number } = {},
): Promise<TaskKinds | null> {
  const found = await kindsOf(store).findOne({ _id: tenant, tenant }, options);
  if (found === null) return null;
  const { tasks, size, words, categories } = found;
  return {
    tasks,
    size,
    words: new Map(words),
    categories: categories.map((category) => ({ ...category, words: new Map(category.words) })),
  };
}

/**
 * Learns a tenant's categories from its newest tasks, where there are new ones.
 *
 * @returns how many kinds emerged
 * @throws StoreUnavailableError when MongoDB is away
 */
export async function refreshTaskKinds(store: Store, tenant: string, listTasks: ListTasks): Promise<number> {
  const [latest] = await listTasks(store, tenant, 1);
  if (latest === undefined) return 0;
  const known = await store.run((options) =>
    kindsOf(store).findOne({ _id: tenant, tenant }, { ...options, projection: { newest: 1 } }),
  );
  if (known?.newest === latest.executionId) return 0;
  const [tasks, earlier] = [await listTasks(store, tenant, LEARNED_TASKS), await emergedKinds(store, tenant)];
  const { emerged, kinds } = sortTasks(tasks, earlier);
  const document: Omit<KindsDocument, '_id'> = {
    tenant,
    newest: latest.executionId,
    tasks: kinds.tasks,
    size: kinds.size,
    words: [...kinds.words],
    categories: kinds.categories.map((category) => ({ ...category, words: [...category.words] })),
    updatedAt: new Date(),
  };
  await store.transaction(async (session) => {
    for (const kind of emerged) await appendEvent(store, eventOf(tenant, kind), session);
    await kindsOf(store).replaceOne({ _id: tenant }, document, { upsert: true, session });
  }, DEADLINE_MS);
  return emerged.length;
}

/** Another run that finds the same at once meets the id, and finds it known when it is repeated. */
const eventOf = (tenant: string, { name, stems, parent }: EmergedKind): ItemEvent => ({
  _id: `${tenant}/${ITEM}/${name}`,
  tenant,
  kind: 'item',
  itemId: ITEM,
  act: EMERGED,
  at: new Date(),
  by: 'maintenance',
  detail: { name, stems: [...stems], parent },
  generations: [],
});

async function emergedKinds(store: Store, tenant: string): Promise<EmergedKind[]> {
  const found = await store.run((options) =>
    events(store).find({ tenant, itemId: ITEM, act: EMERGED }, options).sort({ at: 1, _id: 1 }).toArray(),
  );
  return found.flatMap((event) => (event.kind === 'item' ? [event.detail as unknown as EmergedKind] : []));
}
