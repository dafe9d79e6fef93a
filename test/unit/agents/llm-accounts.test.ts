import { describe, expect, it } from 'vitest';
import { askedWait } from '../../../src/agents/llm/call-trouble.js';
import { StepMeter } from '../../../src/agents/llm/step-meter.js';
import { costOf } from '../../../src/agents/price.js';
import { createScrubber } from '../../../src/agents/secrets.js';
import type { Spending } from '../../../src/shared/agent-contract.js';

describe('the wait that an endpoint asks for', () => {
  const now = Date.parse('2026-03-01T12:00:00Z');
  it.each<[Record<string, string>, number | undefined]>([
    [{}, undefined],
    [{ 'retry-after': '7' }, 7_000],
    [{ 'retry-after': '0.5' }, 500],
    [{ 'retry-after': '600' }, 600_000],
    [{ 'retry-after': 'Sun, 01 Mar 2026 12:02:00 GMT' }, 120_000],
    [{ 'retry-after': 'Sun, 01 Mar 2026 11:00:00 GMT' }, 0],
    [{ 'retry-after': 'soon' }, undefined],
    [{ 'retry-after': '-3' }, undefined],
    [{ 'retry-after-ms': '250', 'retry-after': '9' }, 250],
    [{ 'retry-after-ms': 'x', 'retry-after': '9' }, 9_000],
  ])('%j is %s ms', (headers, ms) => {
    expect(askedWait(headers, now)).toBe(ms);
  });
});

describe('cost', () => {
  it('takes cached input at its own price, or else at that of other input', () => {
    const usage = { input: 1_000_000, cached: 400_000, output: 100_000 };
    expect(costOf(usage, { inputPerMillion: 3, cachedInputPerMillion: 1, outputPerMillion: 15 })).toBeCloseTo(
      0.6 * 3 + 0.4 * 1 + 0.1 * 15,
      10,
    );
    expect(costOf(usage, { inputPerMillion: 3, outputPerMillion: 15 })).toBeCloseTo(3 + 1.5, 10);
  });

  it('is never below zero, though more was cached than there was', () => {
    const price = { inputPerMillion: 3, cachedInputPerMillion: 0, outputPerMillion: 0 };
    expect(costOf({ input: 10, cached: 20, output: 0 }, price)).toBe(0);
  });
});

it('counts as told, and by estimate where nothing was told', () => {
  const told: Spending[] = [];
  const meter = new StepMeter({ inputPerMillion: 1, outputPerMillion: 1 }, (spent) => told.push(spent));
  meter.step();
  meter.answered(4_000);
  meter.came(40);
  expect(meter.spent.tokens).toEqual({ input: 1_000, output: 10 });
  meter.over(null);
  meter.answered(4_000);
  meter.came(40);
  meter.over({ input: 900, cached: 0, output: 7 });
  expect(meter.spent).toEqual({ cost: 1_917 / 1e6, tokens: { input: 1_900, output: 17 }, iterations: 1 });
  expect(told.at(-1)).toEqual(meter.spent);
  // A call that was refused costs nothing.
  meter.over(null);
  expect(meter.spent.tokens).toEqual({ input: 1_900, output: 17 });
});

describe('secrets', () => {
  const scrubber = createScrubber(['Bearer abcdefghij', 'quote"and\\slash', 'none']);

  it('go out of texts, whole, without their scheme, and escaped in JSON again and again', () => {
    expect(scrubber.text('a Bearer abcdefghij b abcdefghij c')).toBe('a [redacted] b [redacted] c');
    let text = 'quote"and\\slash';
    for (let depth = 0; depth < 3; depth += 1) {
      expect(scrubber.text(`x${text}y`)).not.toMatch(/and|slash/);
      text = JSON.stringify({ text });
    }
  });

  it('go out of values, keys too, and leave the rest as it is', () => {
    expect(scrubber.value({ abcdefghij: ['quote"and\\slash', 1, null, 'fine "text"'] })).toEqual({
      '[redacted]': ['[redacted]', 1, null, 'fine "text"'],
    });
    expect(scrubber.value(undefined)).toBeUndefined();
  });

  it('that are placeholders stay', () => {
    expect(scrubber.text('none of it')).toBe('none of it');
  });
});
