/** Workflows that serve as agents, for tests of how those end. */
import { condition } from '@temporalio/workflow';

/** Its result lies deeper than a path may descend. */
export async function Deep(): Promise<unknown> {
  let value: object = { answer: 42 };
  for (let level = 0; level < 200; level += 1) value = { next: value };
  return value;
}

/** Until somebody cancels it. */
export async function Waits(): Promise<void> {
  await condition(() => false);
}

export async function Brief(): Promise<{ done: true }> {
  return { done: true };
}
