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
  /** Prefixes of numbered names, and how many there are of each; their numbers are the first of the data. */
  series: [prefix: string, count: number][];
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

/** Numbered names, such as those of bins, of which there are this many or more are packed by their numbers. */
const LEAST_SERIES = 8;
const numbered = /^(.*\D)(0|[1-9]\d{0,4})$/;

function pack(cells: readonly Cell[]): PackedCells {
  const { names, series } = namesOf(cells);
  const bytes: number[] = [];
  const places = new Map(names.map((name, place) => [name, place]));
  for (const [prefix, numbers] of series) {
    let before = 0;
    for (const number of numbers) {
      push(bytes, number - before);
      before = number;
      places.set(`${prefix}${number}`, places.size);
    }
  }
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
  return {
    names,
    series: [...series].map(([prefix, numbers]) => [prefix, numbers.length]),
    cells: cells.map(({ values }) => values),
    data: Uint8Array.from(bytes),
  };
}

/** All names of sums in some cells: by themselves, and by prefix and number. */
function namesOf(cells: readonly Cell[]): { names: string[]; series: Map<string, number[]> } {
  const all = new Set<string>();
  for (const { sums } of cells) for (const name of Object.keys(sums)) all.add(name);
  const series = new Map<string, number[]>();
  for (const name of all) {
    const [, prefix, number] = numbered.exec(name) ?? [];
    if (prefix === undefined) continue;
    const numbers = series.get(prefix) ?? [];
    series.set(prefix, numbers);
    numbers.push(Number(number));
  }
  for (const [prefix, numbers] of series) {
    if (numbers.length < LEAST_SERIES) series.delete(prefix);
    else for (const number of numbers.sort((a, b) => a - b)) all.delete(`${prefix}${number}`);
  }
  return { names: [...all].sort(), series };
}

/** Each name once: sums are found sooner by a text that was used before than by one that was just read. */
const known = new Map<string, string>();
const knownSeries = new Map<string, string[]>();

function knownName(name: string): string {
  const same = known.get(name);
  if (same !== undefined) return same;
  known.set(name, name);
  return name;
}

function seriesOf(prefix: string): string[] {
  const same = knownSeries.get(prefix) ?? [];
  knownSeries.set(prefix, same);
  return same;
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
  { names, series, cells, data }: PackedCells,
  into: (values: string[]) => Record<string, number> | null,
  wanted?: (name: string) => boolean,
): void {
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
  const kept = names.map((name) => (wanted?.(name) === false ? null : knownName(name)));
  for (const [prefix, count] of series) {
    const ofSeries = seriesOf(prefix);
    let number = 0;
    for (let left = count; left > 0; left -= 1) {
      number += next();
      const name = (ofSeries[number] ??= `${prefix}${number}`);
      kept.push(wanted?.(name) === false ? null : name);
    }
  }
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
