/** A process that imports or exports a file and says how it fares, a line of JSON at a time; the measurement may kill it. */
import { KnowledgeBase } from '../../src/knowledge/knowledge-base.js';
import { openStore } from '../../src/store/store.js';

const [act = '', uri = '', database = '', tenant = '', file = ''] = process.argv.slice(2);
const TOLD_EVERY = 2_000;

const say = (line: unknown): void => void process.stdout.write(`${JSON.stringify(line)}\n`);
const store = openStore({ uri, database, deadlineMs: 60_000 });
const base = new KnowledgeBase(store, tenant);
let told = 0;
const tell = (done: number): void => {
  if (done - told < TOLD_EVERY) return;
  told = done;
  say({ done });
};
const started = performance.now();
const result =
  act === 'import'
    ? await base.importFrom(file, {
        onProgress: ({ phase, done }) => {
          if (phase === 'importing') tell(done);
        },
      })
    : await base.exportTo(file, { onProgress: tell });
const seconds = (performance.now() - started) / 1_000;
say({ result, seconds, peakRssMb: process.resourceUsage().maxRSS / 1_024 });
await store.close();
