import { describe, expect, it } from 'vitest';
import type { Stretch } from '../../../src/knowledge/feed/stretch.js';
import { StretchCache } from '../../../src/knowledge/feed/stretch-cache.js';

const stretch = (after: number, bytes: number, heldSince = 0): Stretch => ({
  ...{ after, through: after + 1, entries: [], readAt: heldSince, heldSince, bytes },
});
const MB = 2 ** 20;

describe('what all readers share', () => {
  it('is bounded: the oldest go first', () => {
    const cache = new StretchCache();
    const dropped: number[] = [];
    for (let at = 0; at < 100; at++) {
      const each = stretch(at, 5 * MB);
      cache.add(each, () => dropped.push(each.after));
      expect(cache.bytes).toBeLessThanOrEqual(64 * MB);
    }
    expect(cache.bytes).toBe(12 * 5 * MB);
    expect(dropped).toEqual(Array.from({ length: 88 }, (_, at) => at));
  });

  it('lets go of what is old', () => {
    const cache = new StretchCache();
    const dropped: number[] = [];
    for (const at of [10, 20, 30]) cache.add(stretch(at, 1, at), () => dropped.push(at));
    cache.removeOlder(20);
    expect(dropped).toEqual([10, 20]);
    expect(cache.bytes).toBe(1);
  });
});
