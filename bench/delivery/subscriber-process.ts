/** Some of the subscribers, in a process that may be killed at any time: `subscriber-process.ts <its job as JSON>`. */
import { setTimeout as sleep } from 'node:timers/promises';
import { subscribe } from '../../src/knowledge/feed/subscribe.js';
import { acknowledgeUpTo, missedItems } from '../../src/knowledge/sharing/channels.js';
import { openStore } from '../../src/store/store.js';
import { DeliveryLog } from './delivery-log.js';
import type { SubscriberJob } from './subscriber-job.js';

const job = JSON.parse(process.argv[2] ?? '') as SubscriberJob;
const store = openStore({ uri: job.uri, database: job.database });
const log = new DeliveryLog(job.log);
const stopping = new AbortController();
const { signal } = stopping;

/** What the product does: is handed items, and acknowledges each once it is noted. */
async function listen(subscriber: number): Promise<void> {
  const agent = job.agents[subscriber] ?? '';
  for await (const delivery of subscribe(store, job.tenant, agent, { signal })) {
    const { sequence } = delivery;
    void log
      .note('got', subscriber, sequence)
      .then(() => delivery.acknowledge())
      .then(() => log.note('acknowledged', subscriber, sequence));
  }
}

/** What one would write without it: asks again and again, acknowledges the last of what it got. */
async function poll(subscriber: number, everyMs: number): Promise<void> {
  const agent = job.agents[subscriber] ?? '';
  // Spread, so that not all ask at the same moment.
  await sleep(Math.random() * everyMs);
  while (!signal.aborted) {
    const began = performance.now();
    try {
      const last = new Map<string, number>();
      for (const { channel, sequence } of await missedItems(store, job.tenant, agent, 100)) {
        if (channel === null || sequence === null) continue;
        await log.note('got', subscriber, sequence);
        last.set(channel, sequence);
      }
      for (const [channel, sequence] of last) {
        await acknowledgeUpTo(store, job.tenant, agent, channel, sequence);
        await log.note('acknowledged', subscriber, sequence);
      }
    } catch {
      // Too slow an answer: asked again.
    }
    await sleep(Math.max(0, everyMs - (performance.now() - began)));
  }
}

process.on('disconnect', () => process.exit());
process.on('message', () => stopping.abort());
await log.note('begun', 0, 0);
const { pollMs } = job;
const all = job.subscribers.map((subscriber) =>
  pollMs === null ? listen(subscriber) : poll(subscriber, pollMs),
);
process.send?.('listening');
await Promise.all(all);
// What was acknowledged last is noted in the turn after.
await sleep(100);
log.close();
await store.close();
process.disconnect();
