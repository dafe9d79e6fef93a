/** What a least relevance lets through, in one world. */
import { chooseLearnings } from '../../src/learning/choose-learnings.js';
import { indexedLearnings } from '../../src/learning/indexed-learnings.js';
import type { Learning } from '../../src/learning/learning.js';
import { type Fit, fitsOf, signaturesIn } from '../../src/learning/relevance.js';
import { analyse } from '../../src/retrieval/analyse.js';
import type { Embedder } from '../../src/retrieval/embedding/embedder.js';
import { embedWindows } from '../../src/retrieval/embedding/windows.js';
import type { SearchIndex } from '../../src/retrieval/search-index.js';
import type { PlantedTask, TaskKind, World } from './world.js';

/** Sums over tasks. */
export interface Shown {
  tasks: number;
  /** Tasks that were shown anything. */
  served: number;
  /** Lessons shown that help; that do not, nor are on the subject. */
  right: number;
  wrong: number;
  /** Tasks that were shown a lesson that helps. */
  helped: number;
}

export type ShownByKind = Record<TaskKind, Shown>;

const MOST = 10;
const MAX_TOKENS = 2_000;
const CANDIDATES = 100;

export const nothingShown = (): ShownByKind => {
  const none = (): Shown => ({ tasks: 0, served: 0, right: 0, wrong: 0, helped: 0 });
  return { words: none(), meaning: none(), category: none(), error: none(), near: none(), far: none() };
};

/** Adds a world's tasks to the sums of each least relevance. */
export async function measureWorld(
  { learnings, tasks }: World,
  index: SearchIndex,
  embedder: Embedder | null,
  totals: ReadonlyMap<number, ShownByKind>,
): Promise<void> {
  const byId = new Map(learnings.map((learning) => [learning.id, learning]));
  for (const learning of learnings) {
    const text = indexedLearnings.textOf(learning);
    index.upsert({
      id: learning.id,
      terms: analyse(text),
      vectors: embedder === null ? [] : await embedWindows(embedder, text),
      facets: {},
    });
  }
  for (const task of tasks) {
    const fits = await fitsTo(task, learnings, byId, index, embedder);
    for (const [least, sums] of totals) count(sums[task.kind], task, fits, least);
  }
}

async function fitsTo(
  { description, category }: PlantedTask,
  learnings: readonly Learning[],
  byId: ReadonlyMap<string, Learning>,
  index: SearchIndex,
  embedder: Embedder | null,
): Promise<Fit[]> {
  const [vector = null] = embedder === null ? [] : await embedder.embed([description]);
  const hits = index.search({ terms: analyse(description), vector, filter: [], limit: CANDIDATES });
  const signatures = new Set(signaturesIn(description));
  return fitsOf(
    {
      bySignature: learnings.filter(({ signature }) => signature !== null && signatures.has(signature)),
      byCategory: learnings.filter((learning) => category !== undefined && learning.category === category),
      byText: hits.flatMap(({ id, ...scores }) => {
        const document = byId.get(id);
        return document === undefined ? [] : [{ document, ...scores }];
      }),
    },
    category,
  );
}

function count(sums: Shown, task: PlantedTask, fits: readonly Fit[], least: number): void {
  const fitting = fits
    .filter(({ relevance }) => relevance >= least)
    .map((fit) => ({ ...fit, score: fit.relevance }));
  const shown = chooseLearnings(fitting, { limit: MOST, maxTokens: MAX_TOKENS });
  const right = shown.filter(({ learning: { id } }) => task.relevant.has(id)).length;
  const wrong = shown.filter(
    ({ learning: { id } }) => !task.relevant.has(id) && !task.related.has(id),
  ).length;
  sums.tasks += 1;
  sums.served += shown.length > 0 ? 1 : 0;
  sums.right += right;
  sums.wrong += wrong;
  sums.helped += right > 0 ? 1 : 0;
}
