import { describe, expect, it } from 'vitest';
import { evidenceOf } from '../../../src/evidence/usage.js';
import { attempt, executionRecord } from '../learning/execution-records.js';

describe('the evidence on a lesson', () => {
  const learnings = [{ id: 'l', version: 1, score: 1, shown: true, probability: 1 }];

  it('is how a task went that had it', () => {
    const record = executionRecord({ id: 'x', learnings, attempts: [attempt([])] });
    expect(evidenceOf(record, { success: false, source: 'human' })).toEqual([
      {
        projection: 'learningUsage',
        dimensions: { id: 'l', version: '1' },
        sums: { shown: 1, shownFailures: 1 },
      },
    ]);
  });

  it('is not moved by a task that a person did not let begin', () => {
    const record = executionRecord({ id: 'x', learnings, attempts: [] });
    expect(evidenceOf(record, { success: false, source: 'human' })).toEqual([]);
  });
});
