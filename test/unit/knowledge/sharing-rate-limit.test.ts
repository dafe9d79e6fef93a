import { setTimeout as sleep } from 'node:timers/promises';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { admit, isSpent, noteSpent, type Slots } from '../../../src/knowledge/sharing/rate-limit.js';
import type { Store } from '../../../src/store/store.js';

const limit = fc.integer({ min: 1, max: 8 });
/** Milliseconds between one share and the next. */
const gaps = fc.array(fc.oneof(fc.nat({ max: 3_000 }), fc.nat({ max: 40_000 })), { maxLength: 60 });

describe('admit', () => {
  it('admits as many as the limit in any minute, and no more', () => {
    fc.assert(
      fc.property(limit, gaps, fc.nat({ max: 10_000 }), (most, between, start) => {
        let slots: Slots = [];
        let now = 1_700_000_000_000 + start;
        const admitted: number[] = [];
        for (const gap of between) {
          now += gap;
          const { slots: next, retryAfterSeconds } = admit(slots, most, now);
          slots = next;
          const within = admitted.filter((at) => at > now - 60_000).length;
          if (retryAfterSeconds === null) {
            expect(within).toBeLessThan(most);
            admitted.push(now);
          }
          // A slot longer than exact times would have it, at most: only then may there be more than the limit.
          else expect(admitted.filter((at) => at > now - 65_000).length).toBeGreaterThanOrEqual(most);
        }
      }),
    );
  });

  it('says when it is worth another try', () => {
    fc.assert(
      fc.property(limit, gaps, (most, between) => {
        let slots: Slots = [];
        let now = 1_700_000_000_000;
        for (const gap of between) {
          now += gap;
          const { slots: next, retryAfterSeconds } = admit(slots, most, now);
          slots = next;
          if (retryAfterSeconds === null) continue;
          expect(retryAfterSeconds).toBeGreaterThanOrEqual(1);
          expect(retryAfterSeconds).toBeLessThanOrEqual(65);
          expect(admit(slots, most, now + retryAfterSeconds * 1_000).retryAfterSeconds).toBeNull();
        }
      }),
    );
  });

  it('keeps few counts, and forgets what is over', () => {
    let slots: Slots = [];
    for (let second = 0; second < 600; second++)
      slots = admit(slots, 1_000_000, 1_700_000_000_000 + second * 1_000).slots;
    expect(slots).toHaveLength(13);
    expect(admit(slots, 1, 1_700_000_000_000 + 700_000)).toMatchObject({ slots: [{ count: 1 }] });
  });

  it('counts by the last time where a clock lags behind', () => {
    const first = admit([], 1, 1_700_000_060_000);
    expect(admit(first.slots, 1, 1_700_000_000_000).retryAfterSeconds).toBe(125);
  });

  it('waits for enough to pass when the limit was lowered', () => {
    let slots: Slots = [];
    for (const second of [0, 10, 20, 30]) slots = admit(slots, 4, second * 1_000).slots;
    // Only once but one of the four are over there is room for one of two.
    expect(admit(slots, 2, 31_000).retryAfterSeconds).toBe(20 + 65 - 31);
  });
});

describe('an agent that shared as much as it may', () => {
  it('counts as spent until it is worth another try, in its tenant and store alone', async () => {
    const [store, other] = [{} as Store, {} as Store];
    noteSpent(store, 't', 'code', 0.2);
    noteSpent(store, 't', 'review', 60);
    expect([isSpent(store, 't', 'code'), isSpent(store, 't', 'review')]).toEqual([true, true]);
    expect([isSpent(store, 'u', 'code'), isSpent(other, 't', 'code')]).toEqual([false, false]);
    await sleep(250);
    expect([isSpent(store, 't', 'code'), isSpent(store, 't', 'review')]).toEqual([false, true]);
  });
});
