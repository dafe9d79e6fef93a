/** The fitted belief in plans, kept from one choice to the next. */
import { type CrossedEffects, cellsOf, priorSpreads, solveEffects } from './crossed-effects.js';
import type { EvidenceTable } from './evidence-table.js';
import type { Composition, Expectation } from './expectation.js';
import { best, fitEffects } from './fit-spreads.js';

/** Steps of the fit: many for a table that is new, few where an earlier fit is led on. */
const STEPS = { first: 12, further: 4 };

/** The fitted model of a table, and how much it was fitted to. */
export interface FittedModel {
  effects: CrossedEffects;
  tasks: number;
}

/** What a model is asked about. */
export interface ModelTask {
  category: string;
  plans: readonly string[];
  compose?: Composition;
}

/** Fits the model to a table. @param earlier a fit to less evidence, led on from */
export function fitModel(table: EvidenceTable, task: ModelTask, earlier?: FittedModel): FittedModel {
  const steps = earlier === undefined ? STEPS.first : STEPS.further;
  const effects = fitEffects(taskCells(table, task), earlier?.effects.spreads ?? priorSpreads(), steps);
  return { effects, tasks: table.tasks };
}

/**
 * Brings a model up to the table's evidence: the spreads are fitted again when the evidence has grown by a fiftieth,
 * the effects are solved always.
 *
 * @param earlier the model of an earlier choice from the same table, which is not changed
 */
export function currentModel(table: EvidenceTable, task: ModelTask, earlier?: FittedModel): FittedModel {
  if (earlier === undefined || isOutgrown(earlier, table)) return fitModel(table, task, earlier);
  const { spreads } = earlier.effects;
  return {
    effects: solveEffects(taskCells(table, task), spreads, best(earlier.effects)),
    tasks: earlier.tasks,
  };
}

/** Whether the evidence has grown so much since a model was fitted that it is to be fitted again. */
export const isOutgrown = ({ tasks }: FittedModel, table: EvidenceTable): boolean =>
  table.tasks >= tasks + 1 + Math.floor(tasks / 50);

const anything = (): Expectation => ({ mean: 0.5, cost: 0, seconds: 0 });

/** Plans that are made of others are judged by their parts, and are not among those that the model pools. */
const taskCells = (table: EvidenceTable, { plans, category, compose }: ModelTask) =>
  cellsOf(table, plans, category, (plan) => (compose?.(plan, category, anything) ?? null) === null);
