/**
 * From which relevance on learnings should be shown: worlds of planted lessons and of tasks of which is known what
 * helps them, looked through by the search that ships. With the local model where its files are there, and by words
 * alone.
 */
import { LEAST_RELEVANCE } from '../../src/learning/relevance.js';
import type { Embedder } from '../../src/retrieval/embedding/embedder.js';
import { embedderOf } from '../../src/retrieval/embedding/embedder-of.js';
import { HybridIndex } from '../../src/retrieval/index/hybrid-index.js';
import { InvalidInputError } from '../../src/shared/errors.js';
import type { BenchReport, BenchWithOptions } from '../bench.js';
import { tell } from '../tell.js';
import { measureWorld, nothingShown, type Shown, type ShownByKind } from './measure.js';
import { plantedWorld, type TaskKind } from './world.js';

const DEFAULT_SEEDS = 10;
const THRESHOLDS = [0.1, 0.15, 0.2, 0.25, 0.3, 0.35, 0.4, 0.45, 0.5, 0.55, 0.6, 0.7, 0.8];

/** What a least relevance lets through. */
interface Row {
  leastRelevance: number;
  /** Of tasks that a lesson would help: share that is shown it. */
  recall: Record<'words' | 'meaning' | 'category' | 'error', number>;
  /** Of lessons shown to them: share that helps, those on the same subject left out; null where none is shown. */
  precision: Record<'words' | 'meaning' | 'category' | 'error', number | null>;
  /** Of tasks that no lesson would help: share that is shown one. `near`: their subject has lessons. */
  falselyShown: Record<'near' | 'far', number>;
}

interface Figures {
  embedder: string | null;
  tasks: number;
  rows: Row[];
}

export const relevance: BenchWithOptions = {
  options: { seeds: `worlds; ${DEFAULT_SEEDS} unless given` },
  async run(values) {
    const given = values.get('seeds') ?? String(DEFAULT_SEEDS);
    const seeds = Number(given);
    if (!Number.isInteger(seeds) || seeds < 1 || seeds > 1_000)
      throw new InvalidInputError('--seeds', given, 'a whole number from 1 to 1000');
    const embedder = await embedderOf('auto', process.env, tell);
    const byWords = await measure(seeds, null);
    const byMeaning = embedder === null ? null : await measure(seeds, embedder);
    return report(seeds, [...(byMeaning === null ? [] : [byMeaning]), byWords]);
  },
};

async function measure(seeds: number, embedder: Embedder | null): Promise<Figures> {
  const totals = new Map(
    [...THRESHOLDS, LEAST_RELEVANCE].sort((a, b) => a - b).map((least) => [least, nothingShown()]),
  );
  for (let seed = 1; seed <= seeds; seed += 1)
    await measureWorld(plantedWorld(seed), new HybridIndex(), embedder, totals);
  const rows = [...totals].map(([least, sums]) => rowOf(least, sums));
  const [first = nothingShown()] = totals.values();
  const tasks = Object.values(first).reduce((sum, each) => sum + each.tasks, 0);
  return { embedder: embedder?.id ?? null, tasks, rows };
}

function rowOf(leastRelevance: number, sums: ShownByKind): Row {
  const recall = ({ helped, tasks }: Shown): number => helped / tasks;
  const precision = ({ right, wrong }: Shown): number | null =>
    right + wrong === 0 ? null : right / (right + wrong);
  const served = ({ served, tasks }: Shown): number => served / tasks;
  const each = <T>(figure: (shown: Shown) => T) => ({
    words: figure(sums.words),
    meaning: figure(sums.meaning),
    category: figure(sums.category),
    error: figure(sums.error),
  });
  return {
    leastRelevance,
    recall: each(recall),
    precision: each(precision),
    falselyShown: { near: served(sums.near), far: served(sums.far) },
  };
}

const kinds: readonly [Exclude<TaskKind, 'near' | 'far'>, string][] = [
  ['words', 'in like words'],
  ['meaning', 'in other words'],
  ['category', 'of the category'],
  ['error', 'with the error'],
];

function report(seeds: number, measured: readonly Figures[]): BenchReport {
  const percent = (share: number | null): string => (share === null ? '-' : `${Math.round(share * 100)}%`);
  const cells = (texts: readonly string[]): string => texts.map((text) => text.padStart(15)).join('');
  const table = ({ embedder, tasks, rows }: Figures): string =>
    [
      `${embedder ?? 'By words alone'}: ${tasks} tasks in ${seeds} worlds`,
      'Tasks that a lesson would help: share that is shown it, and share of lessons shown that help',
      cells(['relevance', ...kinds.map(([, title]) => title), 'falsely: near', 'far']),
      ...rows.map(({ leastRelevance, recall, precision, falselyShown }) =>
        cells([
          `${leastRelevance === LEAST_RELEVANCE ? '* ' : ''}${leastRelevance}`,
          ...kinds.map(([kind]) => `${percent(recall[kind])} / ${percent(precision[kind])}`),
          percent(falselyShown.near),
          percent(falselyShown.far),
        ]),
      ),
    ].join('\n');
  return {
    figures: { seeds, leastRelevance: LEAST_RELEVANCE, measured: [...measured] },
    text: [...measured.map(table), '* as it ships'].join('\n\n'),
  };
}
