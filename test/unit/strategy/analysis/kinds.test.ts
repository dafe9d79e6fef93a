import { describe, expect, it } from 'vitest';
import { seededUniform } from '../../../../src/evidence/random.js';
import { type PastTask, sortTasks } from '../../../../src/strategy/analysis/sort-tasks.js';
import { analyzeTask, noHistory } from '../../../../src/strategy/analyze-task.js';

const uniform = seededUniform('kinds');
const pick = <T>(list: readonly T[]): T => list[Math.floor(uniform() * list.length)] as T;
const some = (words: string, count: number): string =>
  Array.from({ length: count }, () => pick(words.split(' '))).join(' ');
const filler =
  'today again there some people said that it would be good if we could have this soon and nicely';

const lamp = () => `Polish the ${pick(['old', 'tall', 'round'])} brass lamp ${some(filler, 8)}`;
const garden = () => `Water the ${pick(['roses', 'tulips', 'hedge'])} in the garden ${some(filler, 8)}`;
const kettle = () => `Descale the kettle ${some(filler, 8)}`;

let number = 0;
const past = (
  description: string,
  given: string | null,
  category = given ?? analyzeTask(description, {}).category,
): PastTask => ({
  executionId: `e${(number += 1)}`,
  description,
  given,
  category,
});
const many = (count: number, make: () => string, given: string | null = null): PastTask[] =>
  Array.from({ length: count }, () => past(make(), given));
const analyse = (text: string, kinds: ReturnType<typeof sortTasks>['kinds'], context = {}) =>
  analyzeTask(text, context, [], { ...noHistory, kinds });

describe('categories that callers gave', () => {
  const { kinds, emerged } = sortTasks(
    [...many(30, lamp, 'Polishing'), ...many(30, garden, 'Gardening')],
    [],
  );

  it('teach their words: later tasks are put there, with the words as evidence', () => {
    expect(emerged).toEqual([]);
    const put = Array.from({ length: 40 }, (_, at) => analyse(at % 2 === 0 ? lamp() : garden(), kinds));
    const right = put.filter(({ category }, at) => category === (at % 2 === 0 ? 'polishing' : 'gardening'));
    // One of twenty tasks is less familiar than is asked.
    expect(right.length).toBeGreaterThanOrEqual(34);
    expect(right[0]?.evidence[0]).toMatch(
      /^category polishing: like 30 earlier tasks that were given it, by .*"(?:lamp|brass|polish)"/,
    );
  });

  it('take in no task of another kind, and overrule no category that is given', () => {
    for (const text of [
      'Fix the crash of the parser',
      'Translate a poem',
      'constructor toString __proto__',
      '',
    ])
      expect(['polishing', 'gardening']).not.toContain(analyse(text, kinds).category);
    expect(analyse(lamp(), kinds, { category: 'mine' }).category).toBe('mine');
  });

  it('need five tasks', () => {
    const few = sortTasks([...many(4, lamp, 'polishing'), ...many(30, garden, 'gardening')], []).kinds;
    expect(few.categories.map(({ name }) => name)).toEqual(['gardening']);
    expect(sortTasks([], []).kinds.categories).toEqual([]);
    expect(analyse(lamp(), sortTasks([], []).kinds).category).toBe('general');
  });

  it('are not taught by what was merely put there', () => {
    const own = many(40, kettle).map((task) => ({ ...task, category: 'polishing' }));
    const again = sortTasks([...many(30, lamp, 'polishing'), ...own], []).kinds;
    expect(again.categories.find(({ name }) => name === 'polishing')?.tasks).toBe(30);
  });
});

describe('categories that emerge', () => {
  const tasks = [
    ...many(40, lamp),
    ...many(40, garden),
    ...many(10, kettle),
    ...many(60, () => some(filler, 10)),
  ];
  const first = sortTasks(tasks, []);
  const nameOf = (word: string): string | undefined =>
    first.emerged.find(({ stems }) => stems.some((stem) => stem.startsWith(word)))?.name;

  const lampKind = () => nameOf('polish') ?? nameOf('lamp') ?? nameOf('brass');

  it('are named by two words of tasks that recur, and take in tasks after that', () => {
    const [bright, green] = [lampKind(), nameOf('garden')];
    expect([bright, green]).not.toContain(undefined);
    expect(nameOf('kettl')).toBe(undefined);
    const analysis = analyse('Polish the tall brass lamp', first.kinds);
    expect(analysis.category).toBe(bright);
    expect(analysis.evidence[0]).toMatch(/a kind that emerged among general, by /);
    expect(analyse('Water the roses in the garden', first.kinds, { urgent: true }).category).toBe(
      `${green}+urgent`,
    );
    expect(analyse('Say hello', first.kinds).category).toBe('general');
  });

  it('are the same for the same tasks, and keep their names ever after', () => {
    expect(sortTasks(tasks, []).emerged).toEqual(first.emerged);
    const later = sortTasks([...many(30, kettle), ...tasks], first.emerged);
    expect(later.emerged.length).toBeGreaterThan(0);
    expect(later.emerged.map(({ name }) => name)).not.toContain(lampKind());
    expect(later.emerged.every(({ stems }) => stems.some((stem) => /^(?:descal|kettl)/.test(stem)))).toBe(
      true,
    );
    expect(later.kinds.categories.map(({ name }) => name)).toContain(lampKind());
  });

  it('arise only among what the lexicon says little of, and not of secrets that were taken out', () => {
    const fixes = many(
      40,
      () => `Fix the crash of the ${pick(['parser', 'lexer'])} in release builds ${some(filler, 6)}`,
    );
    expect(sortTasks([...fixes, ...many(60, () => some(filler, 10))], []).emerged).toEqual([]);
    const hidden = many(40, () => `[redacted] ${some(filler, 10)}`);
    expect(sortTasks(hidden, []).emerged.flatMap(({ stems }) => stems)).not.toContain('redact');
  });

  it('are bounded, however many tasks and words there are', () => {
    const letters = 'abcdefghijklmnopqrstuvwxyz';
    const word = (seed: number): string => `w${letters[seed % 26]}${letters[Math.floor(seed / 26) % 26]}`;
    const varied = Array.from({ length: 1_000 }, (_, at) =>
      past(
        Array.from({ length: 50 }, (_, place) => word((at % 90) * 7 + place)).join(' '),
        at % 2 ? null : `c${at % 180}`,
      ),
    );
    const { emerged, kinds } = sortTasks(varied, []);
    expect(emerged.length).toBeLessThanOrEqual(40);
    expect(kinds.categories.length).toBeLessThanOrEqual(64);
    expect(kinds.words.size).toBeLessThanOrEqual(1_000);
  });

  it('leave room for others once no task is of them any more', () => {
    const letters = 'abcdefghijklmnopqrstuvwxyz';
    const word = (seed: number): string => `zq${letters[seed % 26]}${letters[Math.floor(seed / 26)]}`;
    let known: ReturnType<typeof sortTasks>['emerged'] = [];
    for (let round = 0; round < 6; round += 1) {
      const flood = Array.from({ length: 480 }, (_, at) => {
        const kind = 2 * (round * 20 + (at % 20));
        return past(`${word(kind)} ${word(kind + 1)} number${at}`, null, 'general');
      });
      known = [...known, ...sortTasks(flood, known).emerged];
    }
    expect(known.length).toBeGreaterThanOrEqual(40);
    const { emerged } = sortTasks([...many(60, lamp), ...many(60, garden)], known);
    expect(emerged.length).toBeGreaterThan(0);
  });

  it('have names that a category may have, of no more than words', () => {
    const names = ["o'clock", 'x'.repeat(80)].flatMap((word) => {
      const tasks = [
        ...many(40, () => `${word} tea ${some(filler, 6)}`),
        ...many(60, () => some(filler, 8)),
      ].map((task) => ({ ...task, category: 'general' }));
      return sortTasks(tasks, []).emerged.map(({ name }) => name);
    });
    expect(names.length).toBeGreaterThan(0);
    for (const name of names) expect(name).toMatch(/^[\p{L}\p{N}\p{M}_]{3,60}$/u);
    expect(names.join()).not.toContain('xxx');
  });
});
