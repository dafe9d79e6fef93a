/** A stretch of a channel: the items of successive positions that may be handed out, as they were when read. */
import type { Store } from '../../store/store.js';
import { type KnowledgeDocument, type KnowledgeItem, knowledgeItems, publicItem } from '../collections.js';

/** An item and what is needed to hand it out. */
export interface Entry {
  id: string;
  /** `<tenant>|<id>` of the item. */
  key: string;
  sequence: number;
  item: KnowledgeItem;
}

export interface Stretch {
  /** Position before the first that it covers. */
  after: number;
  /** The last position that it covers. */
  through: number;
  /** By position; what was archived, merged, retracted or removed is not among them. */
  entries: readonly Entry[];
  /** When its reading began, on the monotonic clock. */
  readAt: number;
  /** When it was there. */
  heldSince: number;
  /** Roughly what it takes in memory. */
  bytes: number;
}

/** What nobody needs who is handed an item; its text is as long as the item itself. */
const LEFT_OUT = { text: 0, words: 0 };
const BYTES_OF_FIELDS = 1_000;

/**
 * Reads what comes after a position, up to `limit` items.
 *
 * @param upTo position that exists; null: to the channel's end. Withdrawn items then take part in the limit, so
 *   that the last position is known also where they are the last.
 */
export async function readStretch(
  store: Store,
  tenant: string,
  channel: string,
  after: number,
  upTo: number | null,
  limit: number,
): Promise<Stretch> {
  const readAt = performance.now();
  const range = upTo === null ? { $gt: after } : { $gt: after, $lte: upTo };
  const inForce =
    upTo === null ? {} : { state: { $ne: 'ARCHIVED' as const }, mergedInto: null, retractedBy: null };
  const documents = await store.run((options) =>
    knowledgeItems(store)
      .find({ tenant, channel, sequence: range, ...inForce }, { projection: LEFT_OUT, ...options })
      .sort({ sequence: 1 })
      .limit(limit)
      .toArray(),
  );
  const last = documents.at(-1)?.sequence ?? after;
  const through = upTo === null || documents.length === limit ? last : upTo;
  return stretchOf(channel, { after, through, readAt }, documents);
}

/** @param documents of the channel, by position; what may not be handed out is left out */
function stretchOf(
  channel: string,
  covered: Pick<Stretch, 'after' | 'through' | 'readAt'>,
  documents: readonly KnowledgeDocument[],
): Stretch {
  const entries = documents.filter(isInForce).map((document) => entryOf(channel, document));
  const bytes = entries.reduce((sum, { item }) => sum + bytesOf(item), BYTES_OF_FIELDS);
  return { ...covered, entries, heldSince: performance.now(), bytes };
}

/** New items of a channel, of which it was told: the keys of successive positions. */
export interface ToldItems {
  channel: string;
  /** Position before the first. */
  after: number;
  keys: readonly string[];
}

/** Reads items of which some channels of a tenant were told, in one call: a stretch for each. */
export async function readTold(store: Store, tenant: string, told: readonly ToldItems[]): Promise<Stretch[]> {
  const readAt = performance.now();
  const keys = told.flatMap((each) => each.keys);
  const documents = await store.run((options) =>
    knowledgeItems(store)
      .find({ _id: { $in: keys }, tenant }, { projection: LEFT_OUT, ...options })
      .toArray(),
  );
  const byKey = new Map(documents.map((document) => [document._id, document]));
  return told.map(({ channel, after, keys: ofChannel }) => {
    const found = ofChannel.flatMap((key) => byKey.get(key) ?? []);
    return stretchOf(channel, { after, through: after + ofChannel.length, readAt }, found);
  });
}

const isInForce = ({ state, mergedInto, retractedBy }: KnowledgeDocument): boolean =>
  state !== 'ARCHIVED' && (mergedInto ?? null) === null && (retractedBy ?? null) === null;

function entryOf(channel: string, document: KnowledgeDocument): Entry {
  const sequence = document.sequence ?? 0;
  const item = frozen(publicItem(document));
  return { id: `${channel}:${sequence}`, key: document._id, sequence, item };
}

function frozen<T>(value: T): T {
  if (typeof value !== 'object' || value === null || Object.isFrozen(value)) return value;
  for (const inner of Object.values(value)) frozen(inner);
  return Object.freeze(value);
}

const bytesOf = ({ content, context }: KnowledgeItem): number =>
  BYTES_OF_FIELDS + 2 * (JSON.stringify(content).length + JSON.stringify(context).length);

/** The first entry after a position; null where there is none. */
export function entryAfter({ entries, after }: Stretch, position: number): Entry | null {
  // Where nothing was left out, it is here.
  const guess = entries[position - after];
  if (guess !== undefined && guess.sequence === position + 1) return guess;
  let [low, high] = [0, entries.length];
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((entries[middle]?.sequence ?? 0) > position) high = middle;
    else low = middle + 1;
  }
  return entries[low] ?? null;
}
