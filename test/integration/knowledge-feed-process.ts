/**
 * A process that listens for one agent and says what it is handed and what it acknowledged, a line each, until it is
 * killed: `knowledge-feed-process.ts <uri> <database> <tenant> <agent>`. Every third item it leaves unacknowledged for
 * a while.
 */
import { writeSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { subscribe } from '../../src/knowledge/feed/subscribe.js';
import { openStore } from '../../src/store/store.js';

const [uri = '', database = '', tenant = '', agent = ''] = process.argv.slice(2);
const say = (line: string): void => void writeSync(1, `${line}\n`);

for await (const delivery of subscribe(openStore({ uri, database }), tenant, agent)) {
  const { channel, sequence } = delivery;
  say(`got ${channel} ${sequence}`);
  if (sequence % 3 === 0) await sleep(20);
  else void delivery.acknowledge().then(() => say(`acknowledged ${channel} ${sequence}`));
}
