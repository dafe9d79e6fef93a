import { describe, expect, it } from 'vitest';
import { experienceFor } from '../../../../src/strategy/analysis/experience.js';
import type { Experience } from '../../../../src/strategy/analysis/history.js';
import { analyzeTask, noHistory } from '../../../../src/strategy/analyze-task.js';

let at = 1_000;
const said = (more: Partial<Experience>): Experience => ({
  about: `task-${(at -= 1)}`,
  category: 'data',
  keywords: ['import', 'orders'],
  success: true,
  whatWorked: [],
  improvements: [],
  at,
  ...more,
});
const of = (past: readonly Experience[], keywords = ['import', 'customers'], category = 'data') =>
  experienceFor(category, keywords, past)?.experience;

describe('experience of similar tasks', () => {
  it('is nothing where none is similar', () => {
    expect(of([])).toBe(undefined);
    expect(of([said({ category: 'ui', keywords: ['button'], whatWorked: ['x'] })])).toBe(undefined);
    expect(of([said({})])).toBe(undefined);
    expect(of([said({ whatWorked: [' ', '...'] })])).toBe(undefined);
  });

  it('puts what most say first, whatever its words’ forms, and what is more similar before the rest', () => {
    const past = [
      said({ keywords: [], whatWorked: ['Ran it twice'] }),
      said({ keywords: ['import', 'customers'], whatWorked: ['Read the schema first'] }),
      said({ keywords: [], whatWorked: ['Small batches'] }),
      said({ keywords: [], whatWorked: ['small batch'] }),
      said({ keywords: [], whatWorked: ['a smaller thing'] }),
    ];
    expect(of(past)?.whatWorked).toEqual(['Read the schema first', 'Small batches', 'Ran it twice']);
  });

  it('finds similar tasks of other categories by their words', () => {
    const past = [
      said({ category: 'ui', keywords: ['importing', 'customer'], improvements: ['Check the encoding'] }),
    ];
    expect(of(past)).toEqual({ whatWorked: [], improvements: ['Check the encoding'] });
  });

  it('weighs what worked in a failure less, but not what would be better', () => {
    const past = [
      said({ success: false, whatWorked: ['Guessing'], improvements: ['Ask first'] }),
      said({ whatWorked: ['Measuring'], improvements: ['Log more'] }),
    ];
    expect(of(past)).toEqual({
      whatWorked: ['Measuring', 'Guessing'],
      improvements: ['Ask first', 'Log more'],
    });
  });

  it('takes only the last of what was said of a task, and is short', () => {
    const past = [
      said({ about: 'same', whatWorked: ['Corrected'] }),
      said({ about: 'same', whatWorked: ['Mistaken', 'Corrected'] }),
      ...Array.from({ length: 20 }, (_, index) =>
        said({ improvements: [`${'abcdefghijklmnopqrst'[index]}way ${'long '.repeat(200)}`] }),
      ),
    ];
    const found = of(past);
    expect(found?.whatWorked).toEqual(['Corrected']);
    expect(found?.improvements).toHaveLength(3);
    expect(found?.improvements.every(({ length }) => length <= 300)).toBe(true);
  });

  it('stands in the analysis, and in its evidence', () => {
    const experience = [said({ category: 'general', whatWorked: ['Being polite'] })];
    const analysis = analyzeTask('Say hello', {}, [], { ...noHistory, experience });
    expect(analysis.experience).toEqual({ whatWorked: ['Being polite'], improvements: [] });
    expect(analysis.evidence.at(-1)).toBe(
      'experience: 1 remarks on what worked and 0 on what to do better, of 1 similar task',
    );
  });

  it('is told in time, and in whole characters, however much is said', () => {
    const past = Array.from({ length: 200 }, (_, task) =>
      said({
        whatWorked: Array.from(
          { length: 100 },
          (_, at) => `${'abcdefghijklmnopqrst'[task % 20]}way ${at} ${task} ${'🔧 of many '.repeat(150)}`,
        ),
      }),
    );
    const before = process.cpuUsage();
    const found = of(past);
    const { user, system } = process.cpuUsage(before);
    // Microseconds; to read all that is said takes ten seconds.
    expect(user + system).toBeLessThan(1e6);
    expect(found?.whatWorked).toHaveLength(3);
    for (let shift = 0; shift < 2; shift += 1) {
      const remark = `fine ${'x'.repeat(shift)}${'🔧'.repeat(400)} end`;
      expect(of([said({ whatWorked: [remark] })])?.whatWorked.join('')).toMatch(/^fine x?🔧+…$/u);
    }
  });

  it('counts what one task says over and over once, and takes nothing that steers a terminal', () => {
    const past = [
      said({ keywords: [], whatWorked: ['Buy now', 'now buy', 'buying now', 'Buy now'] }),
      said({ keywords: ['import'], whatWorked: ['Small\u001b[2J batches'] }),
    ];
    expect(of(past)?.whatWorked).toEqual(['Small [2J batches', 'Buy now']);
  });

  it('names as similar only tasks of which something was said', () => {
    const past = [said({ whatWorked: ['Measuring'] }), said({}), said({})];
    expect(experienceFor('data', [], past)?.evidence).toContain('of 1 similar task');
  });
});
