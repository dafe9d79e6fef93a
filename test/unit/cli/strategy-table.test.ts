import { stripVTControlCharacters } from 'node:util';
import { expect, it } from 'vitest';
import {
  nothingText,
  type PlanLine,
  type ShownStrategy,
  strategyText,
} from '../../../src/cli/strategy-table.js';
import { widest } from '../../../src/cli/wrap.js';

const belief = (key: string, propensity: number, mean: number) => ({
  key,
  propensity,
  mean,
  executions: 12,
  deviation: 0.05,
  cost: 0.02,
  duration: 3,
});
const run = (category: string, plan: string, expected: PlanLine['expected']): PlanLine => ({
  category,
  plan,
  expected,
  executions: 12,
  successes: 9,
  failures: 3,
  claimedSuccesses: 9,
  meanDuration: 2,
  meanCost: 0.01,
  drawn: 12,
  explored: 2,
  forgone: 0.3,
  successRate: 0.75,
  ownWordShare: 1,
  successInterval: { low: 0.47, high: 0.91 },
});
const untried = (number: number): PlanLine => ({
  category: 'bug_fix',
  plan: `single(untried-${number})`,
  expected: belief(`single(untried-${number})`, 0.001 / number, 0.5),
});
const shown: ShownStrategy = {
  lines: [
    run('testing', 'single(b)', null),
    run('bug_fix', 'single(a)', belief('single(a)', 0.02, 0.7)),
    run('bug_fix', 'single(b)', belief('single(b)', 0.97, 0.8)),
    ...[1, 2, 3, 4, 5].map(untried),
  ],
  changes: [{ plan: 'single(a)', since: 0 }],
  newcomers: ['single(untried-1)'],
  unavailable: ['c'],
  statistics: { totalTasksAnalyzed: 36, overallSuccessRate: 0.75 },
  exploration: { drawn: 36, explored: 6, forgone: 0.9 },
};
const linesAt = (width: number): string[] => stripVTControlCharacters(strategyText(shown, width)).split('\n');

it('lists the plans of each category, the likeliest first, and says what is no longer on offer', () => {
  const lines = linesAt(200);
  const at = (text: string): number => lines.findIndex((line) => line.includes(text));
  expect(lines[1]).toMatch(/^bug_fix +single\(b\) +12 +75% +47-91% +100% +80% +70-90% +0\.97 /);
  expect(lines[2]).toMatch(/^ +single\(a\) .* 70% +60-80% +0\.02 /);
  expect(at('single(untried-3)')).toBeGreaterThan(2);
  expect(at('single(untried-4)')).toBe(-1);
  expect(lines).toContain('bug_fix: 2 more that were never run in it');
  expect(lines.find((line) => line.startsWith('testing'))).toContain('not on offer');
});

it('tells of changes, newcomers, agents that do not answer, and of what learning has cost', () => {
  const text = linesAt(200).join('\n');
  expect(text).toContain('single(a) does not do as it did before 1970-01-01');
  expect(text).toContain('New: single(untried-1)');
  expect(text).toContain('nobody answered for them lately: c');
  expect(text).toContain('6 of 36 drawn choices tried a plan');
  expect(text).toContain('0.9 successes given up');
  expect(text).toContain('36 tasks, 75% of the known ones succeeded');
});

it('keeps the table within a narrow terminal by leaving out what matters least', () => {
  const table = linesAt(80).slice(0, 8);
  expect(widest(table)).toBeLessThanOrEqual(80);
  expect(table[0]).toContain('expected now');
  expect(table[0]).not.toContain('by own word');
});

it('says which categories there are, where the one that was asked for is none', () => {
  expect(nothingText(undefined, ['testing'])).toBe('No plan was run yet.');
  expect(nothingText('none', [])).toBe('No plan was run yet.');
  expect(nothingText('none', ['testing', 'bug_fix', 'testing'])).toBe(
    'No plan was run in the category "none" yet; the most used are testing, bug_fix',
  );
});

it('stays in the terminal and short, with long categories, many of them, and many names', () => {
  const long = 'bug_fix.module_not_found_error+needs_gpu_acceleration_flag+urgent_customer_request';
  const lines = [long, ...Array.from({ length: 29 }, (_, at) => `category_${at}`)].flatMap((category) => [
    run(category, 'single(a)', belief('single(a)', 0.02, 0.7)),
    ...Array.from({ length: 49 }, (_, at) => ({ ...untried(at + 1), category })),
  ]);
  const names = Array.from({ length: 50 }, (_, at) => `agent-${at}`);
  const text = (width: number) =>
    stripVTControlCharacters(
      strategyText({ lines, changes: [], newcomers: names, unavailable: names }, width),
    ).split('\n');
  for (const width of [80, 140])
    expect(widest(text(width).filter((line) => /single\(/.test(line)))).toBeLessThanOrEqual(width);
  expect(text(80).filter((line) => line.includes('never run'))).toEqual([
    '30 categories: up to 46 more each that were never run in it; --json has all',
  ]);
  expect(text(80).filter((line) => line.includes('agent-9 and 40 more'))).toHaveLength(2);
});
