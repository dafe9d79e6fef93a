import { MockActivityEnvironment } from '@temporalio/testing';
import { describe, expect, it } from 'vitest';
import { verifyActivities } from '../../src/activities/verify-activities.js';
import { createRedactor } from '../../src/shared/redact.js';

describe('an activity that a workflow of an earlier version has scheduled', () => {
  it.each([
    ['true', true],
    ['false', false],
  ])('verifyWork of one program (%s)', async (program, success) => {
    const activities = verifyActivities(createRedactor());
    const words = await new MockActivityEnvironment().run(
      (verify: string[]) => activities.verifyWork({ verify }),
      [program],
    );
    expect(words).toMatchObject([{ success, source: 'verifier', by: 'verify' }]);
  });
});
