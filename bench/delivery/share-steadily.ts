/** Agents that share items at a steady pace, whether or not what they shared before is through. */
import { setTimeout as sleep } from 'node:timers/promises';
import type { Uniform } from '../../src/evidence/random.js';
import type { ShareInput } from '../../src/knowledge/inputs.js';
import type { KnowledgeHub } from '../../src/knowledge/knowledge-hub.js';
import type { ShareResult } from '../../src/knowledge/sharing/share.js';
import { StoreUnavailableError } from '../../src/store/store.js';
import { textOf } from '../lookup/corpus.js';
import { tell } from '../tell.js';
import { sharedClock } from './delivery-log.js';

/** When an item's share was called, and when it returned. */
export interface Call {
  at: number;
  returned: number;
}

export interface Sharing {
  /** By channel and position from 1, when the call began and when it returned; on the shared clock. */
  calls: (Call | undefined)[][];
  /** Milliseconds that the calls took. */
  callMs: number[];
  /** Calls that had to be made again. */
  retried: number;
  /** Items that could not be shared. */
  failed: number;
  seconds: number;
}

export interface Pace {
  items: number;
  /** Items a second, of all agents together. */
  rate: number;
  agents: number;
  channels: readonly string[];
}

const TOLD_EVERY = 1_000;
const MOST_TRIES = 5;

export async function shareSteadily(
  hub: KnowledgeHub,
  { items, rate, agents, channels }: Pace,
  uniform: Uniform,
): Promise<Sharing> {
  const calls: (Call | undefined)[][] = channels.map(() => [undefined]);
  const sharing: Sharing = { calls, callMs: [], retried: 0, failed: 0, seconds: 0 };
  /** Shares again with the same id where it is not known whether the item was shared, as agents should. */
  const untilTold = async (input: ShareInput): Promise<ShareResult> => {
    for (let tries = 1; ; tries++)
      try {
        return await hub.share(input);
      } catch (error) {
        if (!(error instanceof StoreUnavailableError) || tries === MOST_TRIES) throw error;
        sharing.retried += 1;
      }
  };
  const began = performance.now();
  const pending: Promise<void>[] = [];
  const shareOne = async (number: number): Promise<void> => {
    const channel = number % channels.length;
    const content = textOf(uniform);
    const at = sharedClock();
    try {
      const { item, outcome } = await untilTold({
        id: `${channels[channel]}-${number}`,
        sourceAgent: `agent ${number % agents}`,
        type: 'TECHNIQUE',
        title: `${content.split(' ').slice(1, 6).join(' ')} ${number}`,
        content,
        channel: channels[channel] ?? '',
      });
      if (outcome === 'confirmed' || item.sequence === null || calls[channel] === undefined)
        throw new Error(`not shared but ${outcome}`);
      calls[channel][item.sequence] = { at, returned: sharedClock() };
      sharing.callMs.push(sharedClock() - at);
    } catch (error) {
      sharing.failed += 1;
      tell(`${number}: ${(error as Error).message}`);
    }
  };
  for (let number = 0; number < items; number++) {
    const early = began + (number * 1_000) / rate - performance.now();
    if (early > 0) await sleep(early);
    pending.push(shareOne(number));
    if ((number + 1) % TOLD_EVERY === 0) tell(`${number + 1} of ${items} items shared`);
  }
  await Promise.all(pending);
  sharing.seconds = (performance.now() - began) / 1_000;
  return sharing;
}
