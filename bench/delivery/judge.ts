/** What the notes of the subscribers say: who got what, when, in which order, and what came again. */
import { readNotes } from './delivery-log.js';
import { Histogram } from './histogram.js';
import type { Sharing } from './share-steadily.js';
import type { Down, SubscriberProcess } from './subscriber-processes.js';

export interface Verdict {
  /** Items that subscribers were to get, each once. */
  expected: number;
  /** Of those, how many they got. */
  delivered: number;
  lost: number;
  /** Handed out again after it was durably acknowledged. */
  duplicated: number;
  /** Handed out again before that, as the process had been killed. */
  redelivered: number;
  /** Handed out after a later item of the channel by the same process. */
  outOfOrder: number;
  /** Milliseconds from the call that shared the item until it was handed out, but for those in which the process was down. */
  latency: Histogram;
  /** The same from the return of that call; 0 where it was handed out before. */
  afterReturn: Histogram;
  /** Seconds in which processes were down, added up over the subscribers. */
  downSubscriberSeconds: number;
}

interface Subscriber {
  channel: number;
  got: Uint8Array;
  last: number;
  acknowledged: number;
}

/** @param channelOf the channel of each subscriber */
export function judge(
  processes: readonly SubscriberProcess[],
  calls: Sharing['calls'],
  channelOf: (subscriber: number) => number,
): Verdict {
  const verdict: Verdict = {
    ...{ expected: 0, delivered: 0, lost: 0, duplicated: 0, redelivered: 0, outOfOrder: 0 },
    latency: new Histogram(),
    afterReturn: new Histogram(),
    downSubscriberSeconds: 0,
  };
  for (const { job, downs } of processes) {
    const subscribers = new Map(
      job.subscribers.map((number): [number, Subscriber] => {
        const channel = channelOf(number);
        const items = calls[channel]?.length ?? 1;
        return [number, { channel, got: new Uint8Array(items), last: 0, acknowledged: 0 }];
      }),
    );
    for (const { got } of subscribers.values()) verdict.expected += got.length - 1;
    for (const down of downs)
      verdict.downSubscriberSeconds += ((down.until - down.from) / 1_000) * subscribers.size;
    for (const { kind, subscriber, sequence, at } of readNotes(job.log)) {
      if (kind === 'begun') {
        for (const each of subscribers.values()) each.last = 0;
        continue;
      }
      const each = subscribers.get(subscriber);
      if (each === undefined) throw new Error(`${job.log} speaks of subscriber ${subscriber}`);
      if (kind === 'acknowledged') {
        each.acknowledged = Math.max(each.acknowledged, sequence);
        continue;
      }
      if (sequence <= each.last) verdict.outOfOrder += 1;
      each.last = sequence;
      if (sequence <= each.acknowledged) verdict.duplicated += 1;
      else if (each.got[sequence] === 1) verdict.redelivered += 1;
      else {
        each.got[sequence] = 1;
        verdict.delivered += 1;
        const call = calls[each.channel]?.[sequence];
        // Of an item whose share failed for its caller nobody knows when it was called.
        if (call === undefined) continue;
        verdict.latency.add(at - call.at - downBetween(downs, call.at, at));
        verdict.afterReturn.add(at - call.returned - downBetween(downs, call.returned, at));
      }
    }
  }
  verdict.lost = verdict.expected - verdict.delivered;
  return verdict;
}

function downBetween(downs: readonly Down[], from: number, until: number): number {
  let sum = 0;
  for (const down of downs) sum += Math.max(0, Math.min(until, down.until) - Math.max(from, down.from));
  return sum;
}
