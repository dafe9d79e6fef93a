/** Assembles the WebAssembly module of the vector kernels. Encoding: WebAssembly Core Specification 2.0, section 5. */
/** Where in the module's memory things lie, in bytes. */
export interface KernelLayout {
  bitWords: number;
  codeWords: number;
  queryBitsAt: number;
  queryCodesAt: number;
  /** Addresses of rows that do not follow each other. */
  listAt: number;
  resultsAt: number;
  end: number;
}

type Code = readonly number[];

const I32 = 0x7f;
const I64 = 0x7e;
const V128 = 0x7b;
const PAGE_BYTES = 65_536;

/**
 * A module that exports `memory`, which may grow to so many pages, `findNear(address, rows, most)` for rows that follow
 * each other, and `findNearListed(rows, most)` and `multiplyListed(rows)` for rows at the addresses in the list.
 */
export function kernelModule(layout: KernelLayout, mostPages: number): Uint8Array {
  const pages = Math.ceil(layout.end / PAGE_BYTES);
  return Uint8Array.from([
    ...[0x00, 0x61, 0x73, 0x6d, 0x01, 0x00, 0x00, 0x00],
    // Types: (i32, i32, i32) -> i32, (i32, i32) -> i32 and (i32) -> ().
    ...section(
      1,
      vector([
        [0x60, 3, I32, I32, I32, 1, I32],
        [0x60, 2, I32, I32, 1, I32],
        [0x60, 1, I32, 0],
      ]),
    ),
    ...section(3, vector([[0], [1], [2]])),
    ...section(5, vector([[0x01, ...unsigned(pages), ...unsigned(mostPages)]])),
    ...section(
      7,
      vector([
        exported('memory', 2, 0),
        exported('findNear', 0, 0),
        exported('findNearListed', 0, 1),
        exported('multiplyListed', 0, 2),
      ]),
    ),
    ...section(
      10,
      vector([sized(findNear(layout)), sized(findNearListed(layout)), sized(multiplyListed(layout))]),
    ),
  ]);
}

const get = (local: number): Code => [0x20, ...unsigned(local)];
const set = (local: number): Code => [0x21, ...unsigned(local)];
const i32 = (value: number): Code => [0x41, ...signed(value)];
const ADD = 0x6a;
const loadI64 = (offset: number): Code => [0x29, 3, ...unsigned(offset)];
const loadI32 = (offset: number): Code => [0x28, 2, ...unsigned(offset)];
const storeI32 = (offset: number): Code => [0x36, 2, ...unsigned(offset)];
const simd = (operation: number, ...rest: number[]): Code => [0xfd, ...unsigned(operation), ...rest];
const increase = (local: number, by: number): Code => [...get(local), ...i32(by), ADD, ...set(local)];
/** Do `body`, add 1 to `counter`, and again while it is below `bound`. */
const loop = (body: Code, counter: number, bound: number): Code => [
  ...[0x03, 0x40],
  ...body,
  ...increase(counter, 1),
  ...get(counter),
  ...get(bound),
  ...[0x49, 0x0d, 0, 0x0b],
];

/** Rows that follow each other from an address on. */
const findNear = (layout: KernelLayout): Code => {
  const [address, rows, most, locals] = [0, 1, 2, 3];
  const next = increase(address, layout.bitWords * 4);
  return nearest(layout, { rows, most, locals, place: address }, [], next);
};

/** Rows at the addresses of the list. */
const findNearListed = (layout: KernelLayout): Code => {
  const [rows, most, locals] = [0, 1, 2];
  const [row, place] = [locals, locals + 3];
  return nearest(layout, { rows, most, locals, place }, takeAddress(layout, row, place), []);
};

const takeAddress = ({ listAt }: KernelLayout, row: number, place: number): Code => [
  ...[...get(row), ...i32(2), 0x74],
  ...loadI32(listAt),
  ...set(place),
];

/** Adds up the bits in which a row differs from the query; the result's place moves on only where they are few enough. */
function nearest(
  { bitWords, queryBitsAt, resultsAt }: KernelLayout,
  { rows, most, locals, place }: { rows: number; most: number; locals: number; place: number },
  before: Code,
  after: Code,
): Code {
  const words = bitWords / 2;
  const [row, found, distance] = [locals, locals + 1, locals + 2];
  const query = locals + 4;
  const each = Array.from({ length: words }, (_, word) => word);
  const differing = (word: number): Code => [
    ...get(place),
    ...loadI64(word * 8),
    ...get(query + word),
    ...[0x85, 0x7b],
    ...(word > 0 ? [0x7c] : []),
  ];
  const body = [
    ...before,
    ...each.flatMap(differing),
    ...[0xa7],
    ...set(distance),
    ...get(found),
    ...[...get(row), ...i32(16), 0x74, ...get(distance), 0x72],
    ...storeI32(resultsAt),
    ...[...get(found), ...get(distance), ...get(most), 0x4d, ...i32(2), 0x74, ADD],
    ...set(found),
    ...after,
  ];
  return [
    ...vector([
      [4, I32],
      [...unsigned(words), I64],
    ]),
    ...each.flatMap((word) => [...i32(0), ...loadI64(queryBitsAt + word * 8), ...set(query + word)]),
    ...loop(body, row, rows),
    ...get(found),
    ...[...i32(2), 0x76],
    0x0b,
  ];
}

/** Eight products a step, added in four lanes. */
function multiplyListed(layout: KernelLayout): Code {
  const { codeWords, queryCodesAt, resultsAt } = layout;
  const [rows, row, place, result, sums] = [0, 1, 2, 3, 4];
  const steps = Array.from({ length: codeWords / 2 }, (_, step) => step);
  const zero = simd(0x0c, ...new Uint8Array(16));
  const step = (at: number): Code => [
    ...[...get(place), ...simd(0x01, 3, ...unsigned(at * 8))],
    ...[...i32(0), ...simd(0x00, 4, ...unsigned(queryCodesAt + at * 16))],
    ...simd(0xba),
    ...simd(0xae),
  ];
  const lane = (at: number): Code => [...get(sums), ...simd(0x1b, at)];
  const body = [
    ...takeAddress(layout, row, place),
    ...zero,
    ...steps.flatMap(step),
    ...set(sums),
    ...get(result),
    ...[...lane(0), ...lane(1), ADD, ...lane(2), ADD, ...lane(3), ADD],
    ...storeI32(resultsAt),
    ...increase(result, 4),
  ];
  return [
    ...vector([
      [3, I32],
      [1, V128],
    ]),
    ...loop(body, row, rows),
    0x0b,
  ];
}

const section = (id: number, contents: Code): Code => [id, ...sized(contents)];
const sized = (contents: Code): Code => [...unsigned(contents.length), ...contents];
const vector = (items: readonly Code[]): Code => [...unsigned(items.length), ...items.flat()];
const exported = (name: string, kind: number, index: number): Code => [
  ...sized([...new TextEncoder().encode(name)]),
  kind,
  index,
];

/** Numbers in groups of seven bits, the lowest first (LEB128). */
function unsigned(value: number): Code {
  const groups: number[] = [];
  let left = value;
  do {
    groups.push((left & 0x7f) | (left > 0x7f ? 0x80 : 0));
    left >>>= 7;
  } while (left > 0);
  return groups;
}

function signed(value: number): Code {
  const groups: number[] = [];
  let left = value;
  for (;;) {
    const group = left & 0x7f;
    left >>= 7;
    const last = (left === 0 && (group & 0x40) === 0) || (left === -1 && (group & 0x40) !== 0);
    groups.push(last ? group : group | 0x80);
    if (last) return groups;
  }
}
