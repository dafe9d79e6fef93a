import fc from 'fast-check';
import { expect, it } from 'vitest';
import { boundReport } from '../../../src/agents/bound-report.js';
import { agentReportSchema, type Json, MAX_ACTIONS } from '../../../src/shared/agent-contract.js';

const report = (given: object) => agentReportSchema.parse({ success: true, ...given });
const bytes = (value: unknown): number => Buffer.byteLength(JSON.stringify(value));

it('leaves a report that fits as it is', () => {
  const small = report({ output: { a: [1, 'é'] }, actions: [{ type: 'x', input: { y: 1 } }], errors: ['e'] });
  expect(boundReport(small, 10_000)).toEqual(small);
});

it('cuts the middle of a long output and says so', () => {
  const bounded = boundReport(report({ output: `begin${'😀'.repeat(200_000)}end` }), 1_000_000);
  const output = bounded.output as string;
  expect(output).toMatch(/^begin[\s\S]*\[\.\.\. \d+ characters cut \.\.\.\][\s\S]*end$/);
  expect(output.length).toBeLessThanOrEqual(64_000);
  expect(output).not.toMatch(/[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/);
});

it('keeps the first and the last actions', () => {
  const actions = Array.from({ length: 5_000 }, (_, n) => ({ type: `a${n}` }));
  const bounded = boundReport(report({ actions }), 1_000_000);
  expect(bounded.actions).toHaveLength(MAX_ACTIONS);
  expect([bounded.actions[0]?.type, bounded.actions.at(-1)?.type]).toEqual(['a0', 'a4999']);
});

it('keeps as text what the store could not hold', () => {
  let deep: Json = 1;
  for (let level = 0; level < 80; level += 1) deep = [deep];
  const bounded = boundReport(
    report({ output: deep, actions: [{ type: 'x', input: { 'a\0b': 1 } }] }),
    10_000,
  );
  expect(bounded.output).toBe(JSON.stringify(deep));
  expect(bounded.actions[0]?.input).toBe('{"a\\u0000b":1}');
});

it('always fits the size and the schema', () => {
  const text = fc
    .integer({ min: 1, max: 19_000 })
    .map((length) => '"é'.repeat(length / 2 + 1).slice(0, length));
  const reports = fc.record({
    success: fc.constantFrom(true, false, null),
    output: fc.oneof(text, fc.array(text, { maxLength: 30 })),
    actions: fc.array(
      text.map((input) => ({ type: 'x'.repeat(200), input })),
      { maxLength: 60 },
    ),
    results: fc.array(
      text.map((error) => ({ success: false, error, output: [error] })),
      { maxLength: 60 },
    ),
    errors: fc.array(text, { maxLength: 150 }),
    discoveries: fc.array(
      text.map((content) => ({
        title: 'é'.repeat(300),
        content,
        tags: Array<string>(50).fill('t'.repeat(100)),
      })),
      { maxLength: 60 },
    ),
    applied: fc.array(text, { maxLength: 50 }),
  });
  fc.assert(
    fc.property(reports, fc.constantFrom(10_000, 100_000), (given, max) => {
      const bounded = boundReport(report(given), max);
      expect(bytes(bounded)).toBeLessThanOrEqual(max);
      expect(agentReportSchema.parse(bounded)).toEqual(bounded);
      expect(bounded.success).toBe(given.success);
    }),
    { numRuns: 25 },
  );
});
