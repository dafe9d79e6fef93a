/**
 * Counters by day, moved into blocks of 1, 4, 16 and 64 days: reading a window takes a few documents however much
 * happened in it. Each size holds everything that was moved, and what was not moved yet is in the counters, so
 * that the sums of both are always whole.
 */
import { Binary, type ClientSession, type Document, type Filter } from 'mongodb';
import { type Cover, coverOf, dayOfBlock, daysWithin, type Window } from './block-days.js';
import type { CounterDocument, CounterFilter, CounterRow } from './counters.js';
import type { CollectionIndexes } from './indexes.js';
import { addPacked, type PackedCells } from './packed-cells.js';
import type { Store } from './store.js';

/** One way of laying out the counters of a projection, which has `day` among its dimensions. */
export interface BlockView {
  /** Tells it from all other views. */
  name: string;
  projection: string;
  /** Dimensions of which each combination has documents of its own. */
  group: readonly string[];
  /** Dimensions that are told apart inside a document; sums are over all others but the day. */
  cells: readonly string[];
  /** The sums that it holds; default all. */
  keeps?: (sum: string) => boolean;
}

/** A part of a block as stored: beside the counters, so that one read sees both as they are at one moment. */
export interface BlockDocument extends Document {
  /** `<tenant>|<generation>|blocks|<view>|<block>|<group>|<part>` */
  _id: string;
  tenant: string;
  generation: string;
  view: string;
  /** Its size and first day. */
  block: string;
  /** Values of the group's dimensions. */
  dimensions: Record<string, string>;
  /** How many documents the block has; only in the first. */
  parts?: number;
  /** The names of its sums and the values of its cells, as JSON: thousands of texts are read at a stroke so. */
  head: string;
  data: Binary;
}

export const blocks = (store: Store) => store.collection<BlockDocument>('counters');

/** The index that blocks are found by. */
export const blockIndexes: CollectionIndexes = {
  collection: 'counters',
  indexes: [
    {
      name: 'blocks',
      key: {
        tenant: 1,
        generation: 1,
        view: 1,
        block: 1,
        'dimensions.category': 1,
        'dimensions.agentType': 1,
      },
      partialFilterExpression: { view: { $exists: true } },
    },
  ],
};

/** One of the things that are read together. */
export interface BlockRead extends Window {
  view: BlockView;
  /** Dimensions that rows are told apart by, `day` among them. */
  by: readonly string[];
  /** Values that dimensions other than the day must have. */
  where?: CounterFilter;
  /** The sums that are asked for; default all. */
  wanted?: (sum: string) => boolean;
}

interface ReadOptions {
  timeoutMS?: number;
  session?: ClientSession;
}

export const packedOf = ({ head, data }: Pick<BlockDocument, 'head' | 'data'>): PackedCells => ({
  ...(JSON.parse(head) as Omit<PackedCells, 'data'>),
  data: data.buffer,
});

/** Packed cells as they are stored. */
export const storedCells = ({ data, ...head }: PackedCells): Pick<BlockDocument, 'head' | 'data'> => ({
  head: JSON.stringify(head),
  data: new Binary(data),
});

/**
 * Reads counters of one generation over windows of days, moved into blocks or not, all as they are at one moment.
 *
 * @returns the rows of each of the reads, in their order
 */
export async function readWithBlocks(
  store: Store,
  tenant: string,
  generation: string,
  reads: readonly BlockRead[],
  options: ReadOptions = {},
): Promise<CounterRow[][]> {
  const filters = reads.flatMap((read) => filtersOf(tenant, generation, read));
  const found = store.collection<CounterDocument | BlockDocument>('counters').find(
    { $or: filters },
    {
      projection: { projection: 1, view: 1, block: 1, dimensions: 1, sums: 1, head: 1, data: 1 },
      batchSize: 10_000,
      ...(options.session === undefined ? { readConcern: { level: 'snapshot' } } : {}),
      ...options,
    },
  );
  const totals = reads.map((read) => new Rows(read));
  for (const document of await found.toArray()) for (const rows of totals) rows.take(document);
  return totals.map((rows) => rows.all());
}

/** The same few names come again in every document. */
function remembered(wanted: (sum: string) => boolean): (sum: string) => boolean {
  const answers = new Map<string, boolean>();
  return (sum) => {
    const known = answers.get(sum);
    if (known !== undefined) return known;
    const answer = wanted(sum);
    answers.set(sum, answer);
    return answer;
  };
}

function filtersOf(
  tenant: string,
  generation: string,
  read: BlockRead,
): Filter<CounterDocument | BlockDocument>[] {
  const { view, from, to, where = {} } = read;
  const dimensions = Object.entries(where).map(([name, value]) => [`dimensions.${name}`, value] as const);
  const day = {
    ...(from === undefined ? {} : { $gte: from }),
    ...(to === undefined ? {} : { $lte: to }),
  };
  const ofGroup = dimensions.filter(([name]) => view.group.includes(name.slice('dimensions.'.length)));
  const { named, range } = blocksFor(read);
  const inBlocks = [...(named.length === 0 ? [] : [{ $in: named }]), ...(range === null ? [] : [range])];
  return [
    {
      ...{ tenant, generation, projection: view.projection, ...Object.fromEntries(dimensions) },
      ...(Object.keys(day).length === 0 ? {} : { 'dimensions.day': day }),
    },
    ...inBlocks.map((block) => ({
      ...{ tenant, generation, view: view.name, block },
      ...Object.fromEntries(ofGroup),
    })),
  ];
}

const blocksFor = (read: BlockRead): Cover => (read.by.includes('day') ? daysWithin(read) : coverOf(read));

/** The rows of one read, as they come together. */
class Rows {
  private readonly rows = new Map<string, CounterRow>();
  private readonly wanted: ((sum: string) => boolean) | undefined;
  private readonly cover: Cover;
  private readonly where: readonly [string, CounterFilter[string]][];

  constructor(private readonly read: BlockRead) {
    this.wanted = read.wanted === undefined ? undefined : remembered(read.wanted);
    this.cover = blocksFor(read);
    this.where = Object.entries(read.where ?? {});
  }

  take(document: CounterDocument | BlockDocument): void {
    const { view } = this.read;
    if (document['view'] === view.name) this.takeBlock(document as BlockDocument);
    else if (document['projection'] === view.projection) this.takeCounter(document as CounterDocument);
  }

  all(): CounterRow[] {
    return [...this.rows.values()];
  }

  private takeCounter({ dimensions, sums }: CounterDocument): void {
    if (!this.fits(dimensions)) return;
    const { from = '', to } = this.read;
    const { day = '' } = dimensions;
    if (day < from || (to !== undefined && day > to)) return;
    const row = this.row(dimensions);
    for (const [name, value] of Object.entries(sums))
      if (this.wanted?.(name) !== false) row[name] = (row[name] ?? 0) + value;
  }

  private takeBlock(document: BlockDocument): void {
    const { view } = this.read;
    if (!this.covers(document.block)) return;
    // One object for all cells of the document: there are very many.
    const dimensions: Record<string, string> = {
      ...document.dimensions,
      day: dayOfBlock(document.block),
    };
    addPacked(
      packedOf(document),
      (values) => {
        for (let index = 0; index < view.cells.length; index += 1)
          dimensions[view.cells[index] ?? ''] = values[index] ?? '';
        return this.fits(dimensions) ? this.row(dimensions) : null;
      },
      this.wanted,
    );
  }

  private covers(block: string): boolean {
    const { named, range } = this.cover;
    return named.includes(block) || (range !== null && block >= range.$gte && block <= range.$lte);
  }

  /** Several reads share one answer, and blocks have more in them than was asked for. */
  private fits(dimensions: Record<string, string>): boolean {
    for (const [name, wanted] of this.where) if (!hasValue(dimensions[name] ?? '', wanted)) return false;
    return true;
  }

  private row(dimensions: Record<string, string>): Record<string, number> {
    let key = '';
    for (const name of this.read.by) key += `${dimensions[name] ?? ''}\u0000`;
    let row = this.rows.get(key);
    if (row === undefined) {
      const kept = Object.fromEntries(this.read.by.map((name) => [name, dimensions[name] ?? '']));
      row = { dimensions: kept, sums: {} };
      this.rows.set(key, row);
    }
    return row.sums;
  }
}

/** Whether a dimension has a value that is asked for. */
export function hasValue(value: string, wanted: CounterFilter[string]): boolean {
  if (typeof wanted === 'string') return value === wanted;
  if ('$in' in wanted) return wanted.$in.includes(value);
  return '$gte' in wanted ? value >= wanted.$gte : value < wanted.$lt;
}
