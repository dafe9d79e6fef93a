/**
 * Ways to choose plans side by side: the selection that ships and the textbook's, in drawn worlds, in changed ones,
 * under budgets, and on recorded outcomes.
 */
import { readdir } from 'node:fs/promises';
import path from 'node:path';
import { permuted as reordered } from '../../src/evaluate/permuted.js';
import { type ReplayFile, readReplayFile } from '../../src/evaluate/replay-file.js';
import { seededUniform } from '../../src/evidence/random.js';
import { InvalidInputError } from '../../src/shared/errors.js';
import type { BenchWithOptions } from '../bench.js';
import { type BudgetTable, compareBudgets } from './compare-budgets.js';
import { type ChangeRow, compareChanges } from './compare-changes.js';
import { compareGaps, type GapTable } from './compare-gaps.js';
import type { MakeMethod } from './method.js';
import { budgetMethods, FOLLOWERS, methods, REFERENCE } from './methods/methods.js';
import { optionTexts, type Part, type SelectionOptions, selectionOptions } from './options.js';
import { textOf } from './report.js';
import { budgetsOf, pricedWorld } from './worlds/budgeted.js';
import { drawnRegime } from './worlds/drawn-regimes.js';
import { listedRegimes } from './worlds/listed-regimes.js';
import { isPriced, replayedWorld } from './worlds/replayed.js';
import { syntheticWorld } from './worlds/synthetic.js';
import type { Single } from './worlds/world.js';

/** Tables of the parts that were run, in their order. */
export interface SelectionFigures {
  seeds: { first: number; count: number };
  gaps: GapTable[];
  changes: ChangeRow[];
  budgets: BudgetTable[];
}

export const selection: BenchWithOptions = {
  options: optionTexts,
  async run(values) {
    const options = selectionOptions(values);
    const replays = options.data === null ? [] : await replayFiles(options.data);
    const figures: SelectionFigures = {
      seeds: { first: options.seeds[0] ?? 1, count: options.seeds.length },
      gaps: [],
      changes: [],
      budgets: [],
    };
    for (const part of options.parts) runPart[part](options, figures, replays);
    return { figures: { ...figures }, text: textOf(figures) };
  },
};

type RunPart = (options: SelectionOptions, figures: SelectionFigures, replays: readonly ReplayFile[]) => void;

const runPart: Record<Part, RunPart> = {
  listed(options, { gaps }) {
    for (const [name, regime] of Object.entries(listedRegimes))
      gaps.push(
        compareGaps(name, options.seeds, chosen(options), (seed) =>
          syntheticWorld(regime, seededUniform(`listed|${name}|${seed}`)),
        ),
      );
  },
  development: (options, { gaps }) => void gaps.push(drawn('development', options)),
  'held-out': (options, { gaps }) => void gaps.push(drawn('held-out', options)),
  changed(options, { changes }) {
    const made = options.methods === null ? only(FOLLOWERS) : chosen(options);
    changes.push(...compareChanges(options.seeds, made));
  },
  budgets(options, { budgets }) {
    const names = ['tight', 'middle', 'ample'];
    const world = (seed: number) =>
      pricedWorld(drawnRegime('budgets', seed), seededUniform(`priced|${seed}`));
    const named = (singles: readonly Single[]) =>
      budgetsOf(singles).map((budget, index) => ({ name: names[index] ?? '', budget }));
    budgets.push(...compareBudgets('drawn', options.seeds, budgetMethods, world, named));
  },
  files(options, { gaps, budgets }, replays) {
    for (const replay of replays) {
      const name = path.basename(replay.file, '.jsonl');
      gaps.push(compareGaps(name, options.seeds, chosen(options), () => replayedWorld(replay)));
      if (!isPriced(replay)) continue;
      const world = (seed: number) => replayedWorld(reordered(replay, seed));
      const named = (singles: readonly Single[]) =>
        (options.budgets ?? budgetsOf(singles)).map((budget) => ({
          name: `$${budget.toPrecision(3)}`,
          budget,
        }));
      budgets.push(...compareBudgets(name, options.seeds, budgetMethods, world, named));
    }
  },
};

/** Each world has a regime of its own. */
const drawn = (set: 'development' | 'held-out', options: SelectionOptions): GapTable =>
  compareGaps(set, options.seeds, chosen(options), (seed) =>
    syntheticWorld(drawnRegime(set, seed), seededUniform(`${set}|${seed}`)),
  );

/** The methods that were asked for, and the reference. */
const chosen = ({ methods: names }: SelectionOptions): Record<string, MakeMethod> =>
  names === null ? { ...methods } : only([REFERENCE, ...names]);

const only = (names: readonly string[]): Record<string, MakeMethod> =>
  Object.fromEntries(Object.entries(methods).filter(([name]) => names.includes(name)));

/** The replay files of a folder, by name. */
async function replayFiles(folder: string): Promise<ReplayFile[]> {
  const names = await readdir(folder).catch((error: NodeJS.ErrnoException) => {
    throw new InvalidInputError('--data', folder, `a readable folder (${error.code ?? error.message})`);
  });
  const files = names.filter((name) => name.endsWith('.jsonl')).sort();
  if (files.length === 0) throw new InvalidInputError('--data', folder, 'a folder of replay files (*.jsonl)');
  const read: ReplayFile[] = [];
  for (const name of files) read.push(await readReplayFile(path.join(folder, name)));
  return read;
}
