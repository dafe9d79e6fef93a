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
});
