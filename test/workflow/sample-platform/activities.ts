/** What the sample platform's workers can do. */
import { Context } from '@temporalio/activity';
import { ApplicationFailure } from '@temporalio/common';
import type { Release } from './release.js';

export async function writeNotes({ name, hints }: { name: string; hints: string }): Promise<string> {
  return hints === '' ? `Notes of ${name}` : `Notes of ${name}, minding:\n${hints}`;
}

export async function runChecks({ suite }: Pick<Release, 'suite'>): Promise<number> {
  if (suite === 'broken') throw ApplicationFailure.nonRetryable('2 checks of 12 failed', 'ChecksFailed');
  if (suite === 'slow') {
    const beat = setInterval(() => Context.current().heartbeat(), 100);
    await Context.current().cancelled.finally(() => clearInterval(beat));
  }
  return 12;
}

export async function publish({ name }: { name: string }): Promise<string> {
  return `published ${name}`;
}
