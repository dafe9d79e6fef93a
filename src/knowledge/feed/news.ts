/** New items of which the change stream told, read together for all channels. */
import { setTimeout as sleep } from 'node:timers/promises';
import type { ChannelTail, Shared } from './channel-tail.js';
import { lasting } from './lasting.js';
import { readTold } from './stretch.js';

/** Milliseconds from one read to the next: many small ones would cost more than they gain. */
const READ_EVERY_MS = 10;
/** Items of one read. */
const MOST_IN_ONE = 100;

/** New items of one channel: the keys of successive positions after one. */
interface OfChannel {
  tail: ChannelTail;
  after: number;
  keys: string[];
}

export class News {
  private waiting = new Map<ChannelTail, OfChannel>();
  private isRunning = false;
  private readAt = Number.NEGATIVE_INFINITY;

  constructor(private readonly shared: Pick<Shared, 'store' | 'signal' | 'inTurn'>) {}

  /** Has a new item read; those of one channel are told of in their order. */
  add(tail: ChannelTail, key: string, sequence: number): void {
    const ofChannel = this.waiting.get(tail) ?? { tail, after: sequence - 1, keys: [] };
    ofChannel.keys.push(key);
    this.waiting.set(tail, ofChannel);
    if (!this.isRunning) void this.run();
  }

  private async run(): Promise<void> {
    this.isRunning = true;
    while (this.waiting.size > 0) {
      // Left until this turn of the loop is over, so that what comes at once is read together.
      await sleep(Math.max(0, this.readAt + READ_EVERY_MS - performance.now()));
      this.readAt = performance.now();
      const told = [...this.waiting.values()];
      this.waiting = new Map();
      for (const tenant of new Set(told.map(({ tail }) => tail.tenant)))
        for (const some of parts(told.filter(({ tail }) => tail.tenant === tenant)))
          await this.read(tenant, some);
    }
    this.isRunning = false;
  }

  private async read(tenant: string, told: readonly OfChannel[]): Promise<void> {
    const { store, signal, inTurn } = this.shared;
    const wanted = told.map(({ tail, after, keys }) => ({ channel: tail.channel, after, keys }));
    try {
      const stretches = await inTurn(() => lasting(() => readTold(store, tenant, wanted), signal));
      for (const [index, stretch] of stretches.entries()) told[index]?.tail.append(stretch);
    } catch (error) {
      for (const { tail } of told) tail.fail(error as Error);
    }
  }
}

/** In parts of so many items as one read takes. */
function* parts(told: readonly OfChannel[]): Generator<OfChannel[]> {
  let some: OfChannel[] = [];
  let count = 0;
  for (const { tail, after, keys } of told)
    for (let from = 0; from < keys.length; from += MOST_IN_ONE) {
      const part = { tail, after: after + from, keys: keys.slice(from, from + MOST_IN_ONE) };
      if (count + part.keys.length > MOST_IN_ONE) {
        yield some;
        [some, count] = [[], 0];
      }
      some.push(part);
      count += part.keys.length;
    }
  yield some;
}
