/**
 * How long a look-up by words and meaning with a filter takes where one tenant has many items and 20 more are held
 * beside it, what an item takes in memory, and how soon a new one is found. Through the product's own retriever, on
 * a mongod of its own whose change stream it follows.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { seededUniform, type Uniform } from '../../src/evidence/random.js';
import { type KnowledgeDocument, knowledgeItems } from '../../src/knowledge/collections.js';
import { indexedKnowledge } from '../../src/knowledge/indexed-knowledge.js';
import type { Filter } from '../../src/retrieval/filter.js';
import { openRetrieval } from '../../src/retrieval/retrieval.js';
import type { Retriever } from '../../src/retrieval/retriever.js';
import { retrievalStatistics, retrieverFor } from '../../src/retrieval/retriever-of.js';
import { StoredVectors, vectorIndexes } from '../../src/retrieval/vectors.js';
import { InvalidInputError } from '../../src/shared/errors.js';
import { knowledgeTypes } from '../../src/shared/terms.js';
import { ensureIndexes } from '../../src/store/indexes.js';
import type { Store } from '../../src/store/store.js';
import type { BenchReport, BenchWithOptions } from '../bench.js';
import { type Latency, latencyOf, latencyText, type Time, timed } from '../choice/latency.js';
import { onOwnStore } from '../own-servers.js';
import { tell } from '../tell.js';
import { clusteredEmbedder, documentOf, textOf } from './corpus.js';

const TENANT = 'large';
const OTHERS = Array.from({ length: 20 }, (_, at) => `other-${at + 1}`);
/** Of the large tenant's items, what each of the others has. */
const OTHERS_SHARE = 0.01;
const WRITTEN_AT_ONCE = 500;
const WARM_UP = 50;
const LOOK_UPS = 400;
/** Words of a query: of a line, of a task's description, of a long one. */
const QUERY_WORDS = [8, 25, 60];
const INSERTIONS = 20;
const LOAD_DEADLINE_MS = 30 * 60_000;
const BYTES_ALLOWED = 64 * 2 ** 30;

const itemsOption = 'items of the large tenant: a whole number from 1000 to 2000000';

interface Memory {
  /** All that the retrieval accounts for, its copies of the documents included. */
  bytesPerItem: number;
  /** By how much the process grew. */
  processBytesPerItem: number;
}

interface Measured extends Memory {
  loadSeconds: number;
  lookup: Latency;
  findable: Latency;
}

export const lookup: BenchWithOptions = {
  options: { items: itemsOption },
  async run(values) {
    const items = Number(values.get('items') ?? 100_000);
    if (!Number.isInteger(items) || items < 1_000 || items > 2_000_000)
      throw new InvalidInputError('--items', values.get('items'), itemsOption);
    return onOwnStore(async (store) => report(items, await measure(store, items)));
  },
};

async function measure(store: Store, items: number): Promise<Measured> {
  const embedder = clusteredEmbedder();
  const uniform = seededUniform('items');
  const stored = new StoredVectors(store, embedder);
  await ensureIndexes(store, vectorIndexes);
  const others = Math.round(items * OTHERS_SHARE);
  for (const tenant of OTHERS) await write(store, stored, tenant, others, uniform);
  await write(store, stored, TENANT, items, uniform);
  const before = residentBytes();
  const close = openRetrieval(store, {
    kind: 'memory',
    embedder: () => Promise.resolve(embedder),
    memoryBytes: BYTES_ALLOWED,
    log: (level, message, details) => {
      if (level === 'warn') tell(`${message} ${JSON.stringify(details)}`);
    },
  });
  try {
    const retriever = retrieverFor(store, indexedKnowledge);
    const all = items + OTHERS.length * others;
    const { ms } = await timed(() => load(store, retriever, all));
    const bytesPerItem = (retrievalStatistics(store)?.bytes ?? 0) / all;
    const processBytesPerItem = (residentBytes() - before) / all;
    return {
      bytesPerItem,
      processBytesPerItem,
      loadSeconds: ms / 1_000,
      lookup: await lookUps(retriever, uniform),
      findable: await insertions(store, retriever, uniform),
    };
  } finally {
    close();
  }
}

async function write(
  store: Store,
  stored: StoredVectors,
  tenant: string,
  items: number,
  uniform: Uniform,
): Promise<void> {
  for (let from = 0; from < items; from += WRITTEN_AT_ONCE) {
    const ids = Array.from(
      { length: Math.min(WRITTEN_AT_ONCE, items - from) },
      (_, at) => `item-${from + at}`,
    );
    const documents = ids.map((id) => documentOf(uniform, tenant, id, textOf(uniform)));
    await knowledgeItems(store).insertMany(documents, { ordered: false, writeConcern: { w: 1 } });
    await stored.make(
      tenant,
      documents.map(({ text }) => text),
      new AbortController().signal,
    );
    if (from % 50_000 === 0) tell(`${tenant}: ${from} of ${items} items written`);
  }
}

/** Has all tenants read, and waits until each item has its vectors. */
async function load(store: Store, retriever: Retriever<KnowledgeDocument>, all: number): Promise<void> {
  const end = performance.now() + LOAD_DEADLINE_MS;
  for (const tenant of [TENANT, ...OTHERS])
    await retriever.search(tenant, 'anything', { limit: 1, timeoutMS: LOAD_DEADLINE_MS });
  for (;;) {
    const { items, withoutVectors } = retrievalStatistics(store) ?? { items: 0, withoutVectors: 0 };
    if (items === all && withoutVectors === 0) return;
    if (performance.now() > end)
      throw new Error(`Only ${items} items of ${all} were read, ${withoutVectors} wait`);
    await sleep(200);
  }
}

/** What the process holds in memory once what it let go of is collected. */
function residentBytes(): number {
  setFlagsFromString('--expose-gc');
  const collect = runInNewContext('gc') as () => void;
  collect();
  collect();
  return process.memoryUsage().rss;
}

/** Conditions as look-ups have them: what may be handed out, and now and then what is asked for besides. */
function filterOf(uniform: Uniform): Filter {
  const handedOut: Filter = [{ facet: 'state', oneOf: ['EXPERIMENTAL', 'VALIDATED'] }];
  const drawn = uniform();
  if (drawn < 0.25) return handedOut;
  if (drawn < 0.5) return [...handedOut, { facet: 'priority', atLeast: 2 }];
  const type = knowledgeTypes[Math.floor(uniform() * knowledgeTypes.length)] ?? 'SOLUTION';
  if (drawn < 0.75) return [...handedOut, { facet: 'type', equals: type }];
  return [...handedOut, { facet: 'tags', oneOf: [`tag ${Math.floor(500 ** uniform())}`] }];
}

async function lookUps(retriever: Retriever<KnowledgeDocument>, uniform: Uniform): Promise<Latency> {
  const times: Time[] = [];
  for (let at = 0; at < WARM_UP + LOOK_UPS; at++) {
    const text = textOf(uniform, QUERY_WORDS[at % QUERY_WORDS.length]);
    const where = filterOf(uniform);
    const time = await timed(() => retriever.search(TENANT, text, { limit: 10, where }));
    if (at >= WARM_UP) times.push(time);
    // Others have their turn between two look-ups.
    await sleep(1);
  }
  return latencyOf(times);
}

/** How long after its insertion is acknowledged an item is found, by a word that no other has. */
async function insertions(
  store: Store,
  retriever: Retriever<KnowledgeDocument>,
  uniform: Uniform,
): Promise<Latency> {
  const times: Time[] = [];
  for (let at = 0; at < INSERTIONS; at++) {
    const word = `unheard${at}`;
    await knowledgeItems(store).insertOne({
      ...documentOf(uniform, TENANT, `new-${at}`, `${textOf(uniform)} ${word}`),
      state: 'VALIDATED',
    });
    times.push(
      await timed(async () => {
        for (;;) {
          const hits = await retriever.search(TENANT, word, { limit: 3, where: filterOf(() => 0) });
          if (hits.some(({ document }) => document.id === `new-${at}`)) return;
          await sleep(1);
        }
      }),
    );
  }
  return latencyOf(times);
}

function report(items: number, measured: Measured): BenchReport {
  const { lookup: look, findable, bytesPerItem, processBytesPerItem, loadSeconds } = measured;
  return {
    figures: {
      items,
      p95Ms: look.p95,
      bytesPerItem,
      processBytesPerItem,
      findableMs: findable.p95,
      loadSeconds,
      lookup: look,
      findable,
    },
    text: [
      `${items} items in one tenant, ${OTHERS.length} others beside it; read in ${loadSeconds.toFixed(1)} s`,
      `Look-up with a filter: ${latencyText(look)}`,
      `Memory: ${bytesPerItem.toFixed(0)} bytes an item with its document; the process grew by ${processBytesPerItem.toFixed(0)}`,
      `A new item is found: ${latencyText(findable)}`,
    ].join('\n'),
  };
}
