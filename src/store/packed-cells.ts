/**
 * Many small counters in few bytes: each is a list of whole numbers by the places of their names, in base-128
 * varints. Unpacking adds to sums as it goes, so that a large block costs no more than its numbers. Pure.
 */

/** One counter within a block. */
export interface Cell {
  /** Values of the block's inner dimensions, in their order. */
  values: string[];
  sums: Record<string, number>;
}

/** Counters packed together. */
export interface PackedCells {
  /** Names of sums. */
  names: string[];
  /** The values of each cell. */
  cells: string[][];
  /** The cells' numbers, one after another. */
  data: Uint8Array;
}

/** Cells of one document weigh this at most, in about as many bytes. */
const MOST_WEIGHT = 1_000_000;
/** Bytes that a number and its place take at most, as a rule. */
const ENTRY_WEIGHT = 6;

/** Packs cells into as few documents as they fit in; those that come to nothing are left out. At least one. */
export function packCells(cells: Iterable<Cell>): PackedCells[] {
  const parts: Cell[][] = [[]];
  let weight = 0;
  for (const { values, sums } of cells) {
    const kept = Object.fromEntries(Object.entries(sums).filter(([, value]) => value !== 0));
    const entries = Object.keys(kept).length;
    if (entries === 0) continue;
    const own = entries * ENTRY_WEIGHT + values.reduce((sum, value) => sum + 8 + 3 * value.length, 0);
    if (weight > 0 && weight + own > MOST_WEIGHT) {
      parts.push([]);
      weight = 0;
    }
    weight += own;
    parts.at(-1)?.push({ values, sums: kept });
  }
  return parts.map(pack);
}

function pack(cells: readonly Cell[]): PackedCells {
  const names = [...new Set(cells.flatMap(({ sums }) => Object.keys(sums)))].sort();
  const places = new Map(names.map((name, place) => [name, place]));
  const bytes: number[] = [];
  for (const { sums } of cells) {
    const entries = Object.entries(sums).map(([name, value]) => ({ place: places.get(name) ?? 0, value }));
    entries.sort((a, b) => a.place - b.place);
    push(bytes, entries.length);
    let before = 0;
    for (const { place, value } of entries) {
      push(bytes, (place - before) * 2 + (value < 0 ? 1 : 0));
      push(bytes, Math.abs(value));
      before = place;
    }
  }
  return { names, cells: cells.map(({ values }) => values), data: Uint8Array.from(bytes) };
}

function push(bytes: number[], value: number): void {
  let left = value;
  while (left >= 128) {
    bytes.push((left % 128) + 128);
    left = Math.floor(left / 128);
  }
  bytes.push(left);
}

/**
 * Adds each packed cell to the sums that it belongs to.
 *
 * @param into the sums to add a cell to; null leaves it out
 * @param wanted whether a sum is asked for
 */
export function addPacked(
  { names, cells, data }: PackedCells,
  into: (values: string[]) => Record<string, number> | null,
  wanted: (name: string) => boolean = () => true,
): void {
  const kept = names.map((name) => (wanted(name) ? name : null));
  let at = 0;
  const next = (): number => {
    let byte = data[at++] ?? 0;
    if (byte < 128) return byte;
    let value = byte - 128;
    let scale = 128;
    do {
      byte = data[at++] ?? 0;
      value += (byte % 128) * scale;
      scale *= 128;
    } while (byte >= 128);
    return value;
  };
  for (const values of cells) {
    const sums = into(values);
    let place = 0;
    for (let left = next(); left > 0; left -= 1) {
      const move = next();
      place += move >> 1;
      const size = next();
      const name = kept[place];
      if (sums === null || name === null || name === undefined) continue;
      sums[name] = (sums[name] ?? 0) + (move % 2 === 1 ? -size : size);
    }
  }
}
