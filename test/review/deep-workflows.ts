import { condition, defineSignal, setHandler } from '@temporalio/workflow';

export const go = defineSignal('go');

/** Its result lies deeper than a path may descend. */
export async function Deep(): Promise<unknown> {
  let value: object = { answer: 42 };
  for (let i = 0; i < 200; i += 1) value = { next: value };
  return value;
}

/** Waits until it is told. */
export async function Waits(): Promise<{ done: true }> {
  let told = false;
  setHandler(go, () => {
    told = true;
  });
  await condition(() => told);
  return { done: true };
}

export async function Brief(): Promise<{ done: true }> {
  return { done: true };
}
