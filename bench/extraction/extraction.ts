/**
 * How long one worker takes to learn from recorded executions, what memory it needs meanwhile, what as many more cost
 * once there is a history, and how many of its learnings say the same. On a mongod of its own, by the function that
 * the maintenance workflow calls.
 */
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { audit } from '../../src/learning/audit.js';
import { extractPatternsBatch } from '../../src/learning/extract-patterns.js';
import { type Interaction, interactions } from '../../src/learning/interactions.js';
import { learnings } from '../../src/learning/learning.js';
import { observations } from '../../src/learning/observations.js';
import { setUpStore } from '../../src/setup.js';
import { InvalidInputError } from '../../src/shared/errors.js';
import { batchSizes } from '../../src/shared/maintenance.js';
import { ensureLedger, FIRST_GENERATION } from '../../src/store/ledger.js';
import { type PendingEntry, pending } from '../../src/store/pending.js';
import type { Store } from '../../src/store/store.js';
import type { BenchReport, BenchWithOptions } from '../bench.js';
import { onOwnStore } from '../own-servers.js';
import { tell } from '../tell.js';
import { pastExecution } from './past.js';

const TENANT = 'bench';
const FURTHER = 1_000;
/** Executions after which the learnings are audited. */
const AUDITED_AT = 10_000;
const WRITTEN_AT_ONCE = 2_000;

const interactionsOption = 'executions of the past: a whole number from 1000 to 1000000';

interface Memory {
  start: number;
  middle: number;
  end: number;
}

interface Measured {
  seconds: number;
  /** Of this process, on however many cores; what other processes take of them shows in the difference. */
  cpuSeconds: number;
  furtherSeconds: number;
  rssMb: Memory;
  heapMb: Memory;
  learnings: Record<string, number>;
  observations: number;
  audit: { at: number; inUse: number; duplicateShare: number };
}

export const extraction: BenchWithOptions = {
  options: { interactions: interactionsOption },
  async run(values) {
    const count = Number(values.get('interactions') ?? 100_000);
    if (!Number.isInteger(count) || count < 1_000 || count > 1_000_000)
      throw new InvalidInputError('--interactions', values.get('interactions'), interactionsOption);
    return onOwnStore(async (store) => {
      await setUpStore(store);
      return report(count, await measure(store, count));
    });
  },
};

async function measure(store: Store, count: number): Promise<Measured> {
  const auditedAt = Math.min(AUDITED_AT, count);
  await ensureLedger(store, 'audited');
  await write(store, 'audited', 0, auditedAt, auditedAt);
  await drain(store, 'audited');
  const found = audit(await learnings(store).find({ tenant: 'audited' }).toArray(), {
    usage: new Map(),
    newest: null,
    longAgo: null,
  });
  for (const { kind, title, reason } of found.findings)
    if (kind === 'duplicate') tell(`duplicate: ${title}: ${reason}`);
  await ensureLedger(store, TENANT);
  await write(store, TENANT, 0, count, count + FURTHER);
  tell(`${count} executions are recorded`);
  const memory = [memoryNow()];
  let [consumed, shown] = [0, 0];
  const before = process.cpuUsage();
  const seconds = await drain(store, TENANT, (batch) => {
    consumed += batch;
    if (consumed >= count / 2 && memory.length === 1) memory.push(memoryNow());
    if (consumed - shown >= count / 10) {
      shown = consumed;
      tell(`${consumed} taken in, ${memoryNow().rss} MB`);
    }
  });
  const { user, system } = process.cpuUsage(before);
  memory.push(memoryNow());
  await write(store, TENANT, count, count + FURTHER, count + FURTHER);
  const furtherSeconds = await drain(store, TENANT);
  const known = await learnings(store).find({ tenant: TENANT }).toArray();
  const byKind: Record<string, number> = {};
  for (const { type, state } of known) byKind[`${type} ${state}`] = (byKind[`${type} ${state}`] ?? 0) + 1;
  return {
    seconds,
    cpuSeconds: (user + system) / 1e6,
    furtherSeconds,
    rssMb: memoryOf(memory, 'rss'),
    heapMb: memoryOf(memory, 'heapUsed'),
    learnings: Object.fromEntries(Object.entries(byKind).sort(([one], [other]) => (one < other ? -1 : 1))),
    observations: await observations(store).countDocuments({ tenant: TENANT }),
    audit: { at: auditedAt, inUse: found.inUse, duplicateShare: found.duplicateShare },
  };
}

interface MemoryNow {
  rss: number;
  heapUsed: number;
}

setFlagsFromString('--expose-gc');
const collect = runInNewContext('gc') as () => void;

/** What is in use, without what only waits to be collected. */
function memoryNow(): MemoryNow {
  collect();
  const { rss, heapUsed } = process.memoryUsage();
  return { rss: Math.round(rss / 2 ** 20), heapUsed: Math.round(heapUsed / 2 ** 20) };
}

function memoryOf(memory: readonly MemoryNow[], name: keyof MemoryNow): Memory {
  const [start, middle, end] = memory.map((now) => now[name]);
  return { start: start ?? 0, middle: middle ?? 0, end: end ?? 0 };
}

/** Writes executions with what is pending of them, as their recordings would have left them. */
async function write(store: Store, tenant: string, from: number, to: number, of: number): Promise<void> {
  for (let start = from; start < to; start += WRITTEN_AT_ONCE) {
    const records = Array.from({ length: Math.min(WRITTEN_AT_ONCE, to - start) }, (_, index) =>
      pastExecution(tenant, start + index, of),
    );
    await interactions(store).insertMany(
      records.map(
        (record): Interaction => ({
          _id: record.executionId,
          ...record,
          recordedAt: new Date(record.endedAt),
          generations: [FIRST_GENERATION],
          parts: ['learning', 'performance', 'strategy'],
        }),
      ),
      { ordered: false },
    );
    await pending(store).insertMany(
      records.map(
        ({ executionId }): PendingEntry => ({
          _id: `patterns|${executionId}`,
          tenant,
          consumer: 'patterns',
          executionId,
          generations: [FIRST_GENERATION],
        }),
      ),
      { ordered: false },
    );
  }
}

/** @returns seconds until nothing was left to take in */
async function drain(
  store: Store,
  tenant: string,
  onBatch: (consumed: number) => void = () => {},
): Promise<number> {
  const start = performance.now();
  for (;;) {
    const { consumed } = await extractPatternsBatch(store, tenant, batchSizes.patterns);
    if (consumed === 0) return (performance.now() - start) / 1_000;
    onBatch(consumed);
  }
}

function report(count: number, measured: Measured): BenchReport {
  const { seconds, cpuSeconds, furtherSeconds, rssMb, heapMb, audit: audited } = measured;
  const furtherShare = furtherSeconds / seconds;
  return {
    figures: { interactions: count, ...measured, further: FURTHER, furtherShare },
    text: [
      `${count} executions: ${seconds.toFixed(1)} s, ${cpuSeconds.toFixed(1)} s of them computing; memory ${rssMb.start} MB, half-way ${rssMb.middle} MB, at the end ${rssMb.end} MB (in use ${heapMb.start}, ${heapMb.middle}, ${heapMb.end} MB)`,
      `${FURTHER} more: ${furtherSeconds.toFixed(2)} s, ${(100 * furtherShare).toFixed(1)}% of that`,
      `${measured.observations} observations kept; learnings: ${Object.entries(measured.learnings)
        .map(([name, of]) => `${of} ${name}`)
        .join(', ')}`,
      `after ${audited.at} executions: ${(100 * audited.duplicateShare).toFixed(1)}% of ${audited.inUse} learnings in use are duplicates`,
    ].join('\n'),
  };
}
