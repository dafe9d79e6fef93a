/**
 * How fast a file of knowledge is taken in and written out again, what memory that needs, and whether an import that
 * is killed half-way and run again ends as one that was left alone. By processes of their own, on a mongod of its own.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { createInterface } from 'node:readline';
import type { ImportResult } from '../../src/knowledge/transfer/import-items.js';
import { setUpStore } from '../../src/setup.js';
import { InvalidInputError } from '../../src/shared/errors.js';
import { openStore, type Store } from '../../src/store/store.js';
import type { BenchReport, BenchWithOptions } from '../bench.js';
import { onOwnServers } from '../own-servers.js';
import { tell } from '../tell.js';
import { finalState } from './final-state.js';
import { writeKnowledgeFile } from './knowledge-file.js';

const itemsOption = 'items in the file: a whole number from 1000 to 5000000';
const transferer = path.join(import.meta.dirname, 'transferer.ts');
const DATABASE = 'journeyman';
/** Items between two lines on how far it is. */
const TOLD_EVERY = 50_000;

export const importing: BenchWithOptions = {
  options: { items: itemsOption },
  async run(values) {
    const items = Number(values.get('items') ?? 1_000_000);
    if (!Number.isInteger(items) || items < 1_000 || items > 5_000_000)
      throw new InvalidInputError('--items', values.get('items'), itemsOption);
    return onOwnServers(async ({ mongo }) => {
      const store = openStore({ uri: mongo.uri, database: DATABASE, deadlineMs: 60_000 });
      const folder = await mkdtemp(path.join(tmpdir(), 'journeyman-import-'));
      try {
        await setUpStore(store);
        return await measure({ store, uri: mongo.uri, folder, items });
      } finally {
        await store.close();
        await rm(folder, { recursive: true });
      }
    });
  },
};

interface Place {
  store: Store;
  uri: string;
  folder: string;
  items: number;
}

async function measure({ store, uri, folder, items }: Place): Promise<BenchReport> {
  const file = path.join(folder, 'knowledge.json');
  const bytes = await writeKnowledgeFile(file, items);
  tell(`${items} items, ${(bytes / 1e6).toFixed(0)} MB`);
  const whole = await transfer<ImportResult>('import', { uri, tenant: 'whole', file });
  tell(`imported in ${whole.seconds.toFixed(0)} s`);
  const killedAt = await killImport({ uri, tenant: 'killed', file }, items / 2);
  const again = await transfer<ImportResult>('import', { uri, tenant: 'killed', file });
  tell(`killed after ${killedAt} items and run again`);
  const states = [await finalState(store, 'whole'), await finalState(store, 'killed')] as const;
  const repeated = await transfer<ImportResult>('import', { uri, tenant: 'whole', file });
  const sameAfterKill = states[0].digest === states[1].digest;
  const sameAfterRepeat = (await finalState(store, 'whole')).digest === states[0].digest;
  const out = path.join(folder, 'out.json');
  const exported = await transfer<number>('export', { uri, tenant: 'whole', file: out });
  const { size } = await stat(out);
  const figures = {
    items,
    fileMb: bytes / 1e6,
    seconds: whole.seconds,
    itemsPerSecond: items / whole.seconds,
    peakRssMb: whole.peakRssMb,
    killedAt,
    againAdded: again.result.added,
    sameAfterKill,
    state: states[0],
    repeatedUnchanged: repeated.result.unchanged,
    repeatedSeconds: repeated.seconds,
    sameAfterRepeat,
    exported: exported.result,
    exportSeconds: exported.seconds,
    exportMb: size / 1e6,
    exportPeakRssMb: exported.peakRssMb,
  };
  const text = [
    `import   ${items} items (${(bytes / 1e6).toFixed(0)} MB) in ${whole.seconds.toFixed(0)} s: ${figures.itemsPerSecond.toFixed(0)}/s, at most ${whole.peakRssMb.toFixed(0)} MB of memory`,
    `killed   after ${killedAt} items and run again: the same final state: ${sameAfterKill ? 'yes' : 'NO'}`,
    `repeated ${repeated.result.unchanged} unchanged in ${repeated.seconds.toFixed(0)} s, nothing changed: ${sameAfterRepeat ? 'yes' : 'NO'}`,
    `export   ${exported.result} items in ${exported.seconds.toFixed(0)} s, at most ${exported.peakRssMb.toFixed(0)} MB of memory`,
  ].join('\n');
  return { figures, text };
}

interface Run {
  uri: string;
  tenant: string;
  file: string;
}

interface Ended<T> {
  result: T;
  seconds: number;
  peakRssMb: number;
}

type Told<T> = { done: number } | Ended<T>;

const start = (act: 'import' | 'export', { uri, tenant, file }: Run): ChildProcess =>
  spawn(process.execPath, ['--import', 'tsx', transferer, act, uri, DATABASE, tenant, file], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });

async function* toldBy<T>(child: ChildProcess): AsyncGenerator<Told<T>> {
  if (child.stdout === null) return;
  for await (const line of createInterface({ input: child.stdout })) yield JSON.parse(line) as Told<T>;
}

async function transfer<T>(act: 'import' | 'export', run: Run): Promise<Ended<T>> {
  const child = start(act, run);
  const closed = once(child, 'close');
  let next = TOLD_EVERY;
  for await (const told of toldBy<T>(child)) {
    if ('done' in told) {
      if (told.done < next) continue;
      tell(`${act} of ${run.tenant}: ${told.done}`);
      next += TOLD_EVERY;
      continue;
    }
    await closed;
    return told;
  }
  throw new Error(`The ${act} of ${run.tenant} ended without a result`);
}

/** Kills an import once it says that it has come so far. @returns how far it had come */
async function killImport(run: Run, after: number): Promise<number> {
  const child = start('import', run);
  const closed = once(child, 'close');
  let reached = 0;
  for await (const told of toldBy<ImportResult>(child)) {
    if ('done' in told) reached = told.done;
    if (reached < after) continue;
    child.kill('SIGKILL');
    break;
  }
  await closed;
  return reached;
}
