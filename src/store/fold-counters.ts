/** Moving counters of days that are over into blocks. */
import type { AnyBulkWriteOperation, ClientSession } from 'mongodb';
import { blocksOf } from './block-days.js';
import { type BlockDocument, type BlockView, blocks, packedOf, storedCells } from './counter-blocks.js';
import { type CounterDocument, counters } from './counters.js';
import { ensureLedger, holdGeneration } from './ledger.js';
import { addPacked, type Cell, packCells } from './packed-cells.js';
import type { Store } from './store.js';

/** Counters of one transaction, and sums in them: enough to rewrite a block seldom, and to be done in a second. */
const MOST_COUNTERS = 5_000;
const MOST_SUMS = 200_000;
const FOLD_DEADLINE_MS = 30_000;

/**
 * Moves all counters of a projection of days before one into blocks, a transaction at a time: each takes the
 * counters away and adds them to the blocks, so that nothing is counted twice or not at all, whenever it is
 * stopped and however many do it at once.
 *
 * @param views of the projection; the first must hold all of it
 * @param before `YYYY-MM-DD`; counters of this day and later ones stay as they are
 * @param until on the monotonic clock, in milliseconds; what is left then stays as it is
 * @returns the counters moved
 * @throws StaleGenerationsError when the generation is no longer the live one, nor being built
 */
export async function foldCounters(
  store: Store,
  tenant: string,
  generation: string,
  views: readonly BlockView[],
  before: string,
  until = Number.POSITIVE_INFINITY,
): Promise<number> {
  await ensureLedger(store, tenant);
  let moved = 0;
  while (performance.now() < until) {
    const some = await store.transaction(
      (session) => foldSome(store, tenant, generation, views, before, session),
      FOLD_DEADLINE_MS,
    );
    if (some === 0) break;
    moved += some;
  }
  return moved;
}

async function foldSome(
  store: Store,
  tenant: string,
  generation: string,
  views: readonly BlockView[],
  before: string,
  session: ClientSession,
): Promise<number> {
  const found = await nextCounters(store, tenant, generation, views, before, session);
  if (found.length === 0) return 0;
  const changes = new Map<string, BlockChange>();
  for (const counter of found)
    for (const view of views) addTo(changes, view, counter, `${tenant}|${generation}|blocks`);
  await takeInBlocks(store, tenant, generation, changes, session);
  const writes = [...changes.values()].flatMap((change) => writesOf(tenant, generation, change));
  await blocks(store).bulkWrite(writes, { session, ordered: false });
  await counters(store).deleteMany({ _id: { $in: found.map(({ _id }) => _id) }, tenant }, { session });
  // The last thing, as recordings that meet it have to wait.
  await holdGeneration(store, tenant, generation, session);
  return found.length;
}

/** The counters to move next: those of a group one after another, so that its blocks are rewritten once. */
async function nextCounters(
  store: Store,
  tenant: string,
  generation: string,
  views: readonly BlockView[],
  before: string,
  session: ClientSession,
): Promise<CounterDocument[]> {
  const [{ projection, group } = { projection: '', group: [] }] = views;
  const cursor = counters(store)
    .find(
      // What is of no day that there is stays where it is.
      { tenant, generation, projection, 'dimensions.day': { $lt: before, $regex: /^\d{4}-\d{2}-\d{2}$/ } },
      { session, projection: { dimensions: 1, sums: 1 } },
    )
    .sort(Object.fromEntries(group.map((name) => [`dimensions.${name}`, 1])))
    .limit(MOST_COUNTERS);
  const found: CounterDocument[] = [];
  let sums = 0;
  for await (const counter of cursor) {
    found.push(counter);
    sums += Object.keys(counter.sums).length;
    if (sums >= MOST_SUMS) break;
  }
  return found;
}

/** What one block is to become. */
interface BlockChange {
  /** Without the part. */
  _id: string;
  view: BlockView;
  block: string;
  dimensions: Record<string, string>;
  cells: Map<string, Cell>;
  /** Documents that it has now. */
  parts: number;
}

function addTo(
  changes: Map<string, BlockChange>,
  view: BlockView,
  { dimensions, sums }: CounterDocument,
  root: string,
): void {
  const group = Object.fromEntries(view.group.map((name) => [name, dimensions[name] ?? '']));
  const groupKey = view.group.map((name) => encodeURIComponent(group[name] ?? '')).join('|');
  const values = view.cells.map((name) => dimensions[name] ?? '');
  for (const block of blocksOf(dimensions['day'] ?? '') ?? []) {
    const _id = `${root}|${view.name}|${block}|${groupKey}`;
    const change = changes.get(_id) ?? { _id, view, block, dimensions: group, cells: new Map(), parts: 0 };
    changes.set(_id, change);
    const into = sumsOf(change, values);
    for (const [name, value] of Object.entries(sums))
      if (view.keeps?.(name) !== false) into[name] = (into[name] ?? 0) + value;
  }
}

function sumsOf({ cells }: BlockChange, values: string[]): Record<string, number> {
  const key = values.join('\u0000');
  const cell = cells.get(key) ?? { values, sums: {} };
  cells.set(key, cell);
  return cell.sums;
}

/** Writes a block anew, in as many documents as it takes. */
function writesOf(
  tenant: string,
  generation: string,
  { _id, view, block, dimensions, cells, parts: before }: BlockChange,
): AnyBulkWriteOperation<BlockDocument>[] {
  const parts = packCells(cells.values());
  const writes = parts.map(
    (packed, part): AnyBulkWriteOperation<BlockDocument> => ({
      replaceOne: {
        filter: { _id: `${_id}|${part}` },
        replacement: {
          ...{ tenant, generation, view: view.name, block, dimensions },
          ...(part === 0 ? { parts: parts.length } : {}),
          ...storedCells(packed),
        },
        upsert: true,
      },
    }),
  );
  for (let part = parts.length; part < before; part += 1)
    writes.push({ deleteOne: { filter: { _id: `${_id}|${part}` } } });
  return writes;
}

/** Adds what the blocks hold already. */
async function takeInBlocks(
  store: Store,
  tenant: string,
  generation: string,
  changes: ReadonlyMap<string, BlockChange>,
  session: ClientSession,
): Promise<void> {
  const read = async (ids: string[]): Promise<string[]> => {
    const more: string[] = [];
    const found = blocks(store).find({ _id: { $in: ids }, tenant, generation }, { session });
    for await (const document of found) {
      const root = document._id.slice(0, document._id.lastIndexOf('|'));
      const change = changes.get(root);
      if (change === undefined) continue;
      addPacked(packedOf(document), (values) => sumsOf(change, values));
      if (document.parts === undefined) continue;
      change.parts = document.parts;
      for (let part = 1; part < document.parts; part += 1) more.push(`${root}|${part}`);
    }
    return more;
  };
  const others = await read([...changes.keys()].map((root) => `${root}|0`));
  if (others.length > 0) await read(others);
}
