/** Plants near-duplicates and contradictions among knowledge, and sees which of them consolidation finds. */
import { setTimeout as sleep } from 'node:timers/promises';
import { type KnowledgeDocument, knowledgeItems } from '../knowledge/collections.js';
import { knowledgeContext } from '../knowledge/context.js';
import { indexedKnowledge } from '../knowledge/indexed-knowledge.js';
import { type Draft, insertItems } from '../knowledge/insert-items.js';
import { consolidateSome } from '../knowledge/likeness/consolidate.js';
import { ensureChannels } from '../knowledge/sharing/channels.js';
import type { Embedder } from '../retrieval/embedding/embedder.js';
import { openRetrieval } from '../retrieval/retrieval.js';
import { retrievalStatistics, retrieverFor } from '../retrieval/retriever-of.js';
import type { Store } from '../store/store.js';
import { drawFrom } from './knowledge-draw.js';
import { type KnowledgeFound, knowledgeFound } from './knowledge-found.js';
import type { SharedItem } from './knowledge-items.js';
import { type PlantedItem, plant } from './knowledge-planted.js';

export interface EvaluateKnowledgeOptions {
  seed: string;
  /** Null: by words alone. */
  embedder: Embedder | null;
  /** A tenant of its own; what it has is left there. */
  tenant: string;
  onStep?: (text: string) => void;
}

/** Near-duplicates and contradictions planted, as shares of the items. */
const SHARES = { duplicates: 0.2, contradictions: 0.05 };
/** Items planted that only look like others, and pairs of neighbours that are looked at. */
const SAMPLE = 100;
const AT_ONCE = 200;
const INSERT_DEADLINE_MS = 30_000;
const VECTORS_DEADLINE_MS = 30 * 60_000;
const MEMORY_BYTES = 2 * 2 ** 30;

export interface KnowledgeEvaluation extends KnowledgeFound {
  /** Id of the embedder; null by words alone. */
  embedder: string | null;
  items: number;
  seconds: number;
}

/**
 * Writes the items and what is planted among them to the store, consolidates them as the maintenance run does, and
 * reads what became of each.
 */
export async function evaluateKnowledge(
  store: Store,
  items: readonly SharedItem[],
  { seed, embedder, tenant, onStep = () => {} }: EvaluateKnowledgeOptions,
): Promise<KnowledgeEvaluation> {
  const planted = plant(items, { seed, ...SHARES, lookalikes: SAMPLE });
  await insert(store, tenant, items, planted);
  const close = openRetrieval(store, {
    kind: 'memory',
    embedder: () => Promise.resolve(embedder),
    memoryBytes: MEMORY_BYTES,
  });
  try {
    await ready(store, tenant, items.length + planted.length, onStep);
    const neighbours = await neighboursOf(store, tenant, items, seed);
    const began = performance.now();
    const context = knowledgeContext(store, tenant);
    for (let compared = 0; ; ) {
      const done = await consolidateSome(context, AT_ONCE);
      compared += done.compared;
      onStep(`${compared} items compared`);
      if (done.compared < AT_ONCE) break;
    }
    const seconds = (performance.now() - began) / 1_000;
    const stored = await knowledgeItems(store).find({ tenant }).toArray();
    const found = knowledgeFound(
      items,
      planted,
      neighbours,
      byPosition(stored, items.length + planted.length),
    );
    return { embedder: embedder?.id ?? null, items: items.length, seconds, ...found };
  } finally {
    close();
  }
}

const idOf = (at: number): string => `e${String(at).padStart(6, '0')}`;

async function insert(
  store: Store,
  tenant: string,
  items: readonly SharedItem[],
  planted: readonly PlantedItem[],
): Promise<void> {
  await ensureChannels(store, tenant);
  const drafts = [...items, ...planted].map(
    ({ type, title, content, category, agent }, at): Draft => ({
      id: idOf(at),
      ...{ type, title, content, category, context: {}, priority: 'MEDIUM', tags: [] },
      ...{ channel: type === 'WARNING' ? 'warnings' : 'solutions', source: agent.slice(0, 200) },
      ...{ executionId: null, state: 'EXPERIMENTAL', trust: 'untrusted', learningId: null },
      sources: [{ kind: 'agent', ref: agent.slice(0, 200) }],
    }),
  );
  for (let from = 0; from < drafts.length; from += AT_ONCE)
    await store.transaction(
      (session) => insertItems(store, tenant, drafts.slice(from, from + AT_ONCE), session),
      INSERT_DEADLINE_MS,
    );
}

/** Waits until all items are held, and have their vectors where there is an embedder. */
async function ready(
  store: Store,
  tenant: string,
  all: number,
  onStep: (text: string) => void,
): Promise<void> {
  const retriever = retrieverFor(store, indexedKnowledge);
  const until = performance.now() + VECTORS_DEADLINE_MS;
  for (let told = performance.now(); ; await sleep(100)) {
    await retriever.search(tenant, 'item', { limit: 1 });
    const { items, withoutVectors } = retrievalStatistics(store) ?? { items: 0, withoutVectors: 0 };
    if (items >= all && withoutVectors === 0) return;
    if (performance.now() > until) throw new Error(`${withoutVectors} items of ${all} have no vectors yet`);
    if (performance.now() - told > 10_000) {
      onStep(`${withoutVectors} items wait for their vectors`);
      told = performance.now();
    }
  }
}

/** Pairs of items of which the search says that they are nearest to each other, drawn among all. */
async function neighboursOf(
  store: Store,
  tenant: string,
  items: readonly SharedItem[],
  seed: string,
): Promise<[number, number][]> {
  const retriever = retrieverFor(store, indexedKnowledge);
  const drawn = drawFrom(`${seed} neighbours`)
    .shuffled(items.map((_, at) => at))
    .slice(0, SAMPLE);
  const pairs: [number, number][] = [];
  for (const at of drawn) {
    const item = items[at];
    const hits = await retriever.search(tenant, `${item?.title} ${item?.content}`.replace(/\s+/gu, ' '), {
      limit: 20,
    });
    const nearest = hits
      .map(({ document }) => Number(document.id.slice(1)))
      .find((other) => other !== at && other < items.length);
    if (nearest !== undefined) pairs.push([at, nearest]);
  }
  return pairs;
}

function byPosition(stored: readonly KnowledgeDocument[], all: number): KnowledgeDocument[] {
  const byId = new Map(stored.map((item) => [item.id, item]));
  return Array.from({ length: all }, (_, at) => {
    const item = byId.get(idOf(at));
    if (item === undefined) throw new Error(`${idOf(at)} is gone`);
    return item;
  });
}
