/** The log of what people did to learnings. The log is the truth: their control over a learning follows from it. */
import type { ClientSession, Filter } from 'mongodb';
import { events, type ItemEvent, type LogEvent } from '../store/event-log.js';
import type { Store } from '../store/store.js';
import type { Learning, LearningControl } from './learning.js';

/** What can be done to a learning. */
const learningActs = ['add', 'import', 'disable', 'enable', 'pin', 'unpin', 'edit', 'undo-edit'] as const;
export type LearningActName = (typeof learningActs)[number];

/** One act, as the log holds it. */
export interface LearningAct {
  learningId: string;
  act: LearningActName;
  at: Date;
  by: string;
  /** Null where none was given. */
  reason: string | null;
  /** Version of the learning after it. */
  version: number;
  /** Control before it; null where it brought the learning in. */
  before: LearningControl | null;
  after: LearningControl;
  /** Of `add` and `import`: the whole learning as it was brought in, so that it can be made again from the log. */
  learning?: Learning;
  /** Of `import`: the name of the file. */
  file?: string;
}

const PREFIX = 'learning.';

/** Ids of a learning's acts lie in one range, in the order of the acts. */
const idPrefix = (tenant: string, id: string): string => `${tenant}|learning|${id}|`;

/** A tenant's acts on learnings, among all that is logged. */
export const learningEventsOf = (tenant: string) => rangeOf(tenant, `${tenant}|learning|`);

const rangeOf = (tenant: string, prefix: string): Filter<LogEvent> => ({
  _id: { $gte: prefix, $lt: `${prefix}~` },
  tenant,
  kind: 'item',
});

/** Events as acts; what else is logged of items is left out. */
export const actsOfEvents = (found: readonly object[]): LearningAct[] => found.filter(isAct).map(toAct);

const isAct = (event: object): event is ItemEvent => 'act' in event && String(event.act).startsWith(PREFIX);

function toAct({ itemId, act, at, by, detail }: ItemEvent): LearningAct {
  const { reason, version, before, after, learning, file } = detail as Omit<
    LearningAct,
    'learningId' | 'act' | 'at' | 'by'
  >;
  return {
    learningId: itemId,
    act: act.slice(PREFIX.length) as LearningActName,
    at,
    by,
    reason,
    version,
    before,
    after,
    ...(learning === undefined ? {} : { learning }),
    ...(file === undefined ? {} : { file }),
  };
}

/** All acts on a learning, oldest first. */
export async function actsOn(
  store: Store,
  tenant: string,
  id: string,
  options: { session?: ClientSession; timeoutMS?: number } = {},
): Promise<LearningAct[]> {
  const found = await events(store)
    .find(rangeOf(tenant, idPrefix(tenant, id)), options)
    .sort({ _id: 1 })
    .toArray();
  return actsOfEvents(found);
}

/** A tenant's newest acts on any learning, newest first. */
export async function latestActs(store: Store, tenant: string, limit: number): Promise<LearningAct[]> {
  const found = await store.run((options) =>
    events(store)
      .find(learningEventsOf(tenant), options)
      .project<ItemEvent>({ 'detail.learning': 0 })
      .sort({ at: -1, _id: -1 })
      .limit(limit)
      .toArray(),
  );
  return actsOfEvents(found);
}

/** How many acts there are on some learnings. `own` leaves out those by which they were brought in. */
export async function countActs(
  store: Store,
  tenant: string,
  ids: readonly string[],
  session: ClientSession,
): Promise<Map<string, { all: number; own: number }>> {
  const isImport = { $cond: [{ $eq: ['$act', `${PREFIX}import`] }, 0, 1] };
  const rows = await events(store)
    .aggregate<{ _id: string; all: number; own: number }>(
      [
        { $match: { tenant, itemId: { $in: [...ids] }, kind: 'item', act: { $regex: /^learning\./ } } },
        { $group: { _id: '$itemId', all: { $sum: 1 }, own: { $sum: isImport } } },
      ],
      { session },
    )
    .toArray();
  return new Map(rows.map(({ _id, all, own }) => [_id, { all, own }]));
}

/**
 * Appends acts inside the transaction that carries them out.
 *
 * @param earlier how many there are already on a learning
 */
export async function logActs(
  store: Store,
  tenant: string,
  acts: readonly LearningAct[],
  earlier: (id: string) => number,
  session: ClientSession,
): Promise<void> {
  if (acts.length === 0) return;
  const appended = acts.map(({ learningId, act, at, by, ...detail }): ItemEvent => {
    // Numbered: of two at once, the second meets the first's id and is tried again after it.
    const number = String(earlier(learningId) + 1).padStart(6, '0');
    return {
      ...{ _id: `${idPrefix(tenant, learningId)}${number}`, kind: 'item', tenant, itemId: learningId },
      ...{ act: `${PREFIX}${act}`, at, by, detail, generations: [] },
    };
  });
  await events(store).insertMany(appended, { session });
}

/** The edit that an undo takes back: the latest that was not taken back yet; null where there is none. Pure. */
export function editToUndo(acts: readonly LearningAct[]): LearningAct | null {
  const standing: LearningAct[] = [];
  for (const act of acts) {
    if (act.act === 'edit') standing.push(act);
    else if (act.act === 'undo-edit') standing.pop();
  }
  return standing.at(-1) ?? null;
}
