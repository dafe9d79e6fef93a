import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { addPacked, type Cell, packCells } from '../../../src/store/packed-cells.js';

const sums = fc.dictionary(
  fc.string({ minLength: 1, maxLength: 6 }).filter((name) => name !== '__proto__'),
  fc.oneof(fc.integer({ min: -300, max: 300 }), fc.maxSafeInteger()),
  { maxKeys: 40 },
);
const cells = fc.array(fc.record({ values: fc.tuple(fc.string(), fc.string()), sums }), { maxLength: 30 });

/** What unpacking gives, by the values of the cells. */
function unpacked(all: readonly Cell[], wanted?: (name: string) => boolean): Record<string, object> {
  const rows: Record<string, Record<string, number>> = {};
  for (const part of packCells(all))
    addPacked(part, (values) => (rows[JSON.stringify(values)] ??= {}), wanted);
  return rows;
}

/** The same, added up the plain way. */
function added(all: readonly Cell[], wanted: (name: string) => boolean = () => true): Record<string, object> {
  const rows: Record<string, Record<string, number>> = {};
  for (const cell of all) {
    const kept = Object.entries(cell.sums).filter(([, value]) => value !== 0);
    if (kept.length === 0) continue;
    const row = (rows[JSON.stringify(cell.values)] ??= {});
    for (const [name, value] of kept) if (wanted(name)) row[name] = (row[name] ?? 0) + value;
  }
  return rows;
}

describe('packed cells', () => {
  it('are what was packed, and only what is wanted of it', () => {
    fc.assert(
      fc.property(cells, (all) => {
        expect(unpacked(all)).toEqual(added(all));
        const wanted = (name: string): boolean => name < 'm';
        expect(unpacked(all, wanted)).toEqual(added(all, wanted));
      }),
    );
  });

  it('pass over the cells that are not asked for', () => {
    const all = [1, 2, 3].map((value) => ({ values: [`${value}`], sums: { a: value, b: -value } }));
    const found: Record<string, number> = {};
    for (const part of packCells(all)) addPacked(part, ([value]) => (value === '2' ? found : null));
    expect(found).toEqual({ a: 2, b: -2 });
  });

  it('are split over as many documents as they need', () => {
    const names = Array.from({ length: 1_000 }, (_, index) => `t${index}`);
    const all = Array.from({ length: 350 }, (_, cell) => ({
      values: [`cell ${cell}`],
      sums: Object.fromEntries(names.map((name, index) => [name, 1 + ((cell * index) % 5_000)])),
    }));
    const parts = packCells(all);
    expect(parts.length).toBeGreaterThan(2);
    for (const { data } of parts) expect(data.length).toBeLessThan(1_000_000);
    expect(unpacked(all)).toEqual(added(all));
    expect(packCells([])).toHaveLength(1);
  });
});
