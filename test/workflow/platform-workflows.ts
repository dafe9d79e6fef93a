/** Workflows of a platform that knows nothing of Journeyman; they serve as agents. */
import {
  ApplicationFailure,
  CancellationScope,
  condition,
  defineSignal,
  defineUpdate,
  isCancellation,
  setHandler,
  sleep,
} from '@temporalio/workflow';

export const signOff = defineSignal<[string]>('signOff');
export const price = defineUpdate<number, [number]>('price');

interface Order {
  id: string;
  items: string[];
}

/** Waits for its own approval by a signal, and takes updates, as it always did. */
export async function FulfilOrder(order: Order, mode: { express: boolean }) {
  let by: string | undefined;
  let total = 0;
  setHandler(signOff, (who) => {
    by = who;
  });
  setHandler(price, (amount) => {
    total += amount;
    return total;
  });
  await condition(() => by !== undefined);
  return {
    shipped: true,
    summary: { text: `${order.id} for ${by}`, express: mode.express },
    spent: { usd: total / 100, tokens: [120, 30] },
    log: [{ type: 'pick', input: order.items }, { type: 'pack' }],
  };
}

export async function Refuse(): Promise<never> {
  throw ApplicationFailure.nonRetryable('out of stock');
}

export async function Odd() {
  return { shipped: 'perhaps' };
}

/** Cleans up when it is cancelled, which takes a moment. */
export async function Lengthy(): Promise<string> {
  try {
    await sleep('1 hour');
    return 'never';
  } catch (error) {
    if (!isCancellation(error)) throw error;
    await CancellationScope.nonCancellable(() => sleep(100));
    throw error;
  }
}
