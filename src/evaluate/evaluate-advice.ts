/** Follows advice drawn from the first half of recorded outcomes on the second half. */
import { mean, sum } from 'simple-statistics';
import { type Interval, wilson } from '../evidence/intervals.js';
import { choose } from '../performance/advice/choose.js';
import { testsOf } from '../performance/advice/tests-of.js';
import type { OptimizationType } from '../shared/terms.js';
import { analyzeTask } from '../strategy/analyze-task.js';
import { type Followed, follow } from './advice-follow.js';
import { countedOf, picturesAt } from './advice-pictures.js';
import { type Assignment, assignedRecords, assignments, DAYS, FIRST_DAY } from './advice-records.js';
import { anonymise, requestOf } from './anonymised-replay.js';
import { permuted } from './permuted.js';
import { offerOf } from './replay-core.js';
import type { ReplayFile, ReplayTask } from './replay-file.js';

/** Advice that says to give tasks to another agent, which recorded outcomes can follow. */
export const followedTypes = [
  'AGENT_SELECTION',
  'RESOURCE_EFFICIENCY',
] as const satisfies readonly OptimizationType[];

/** What came of all advice of one type. */
export interface AdviceKept {
  /** Pieces of advice that were followed, over all seeds. */
  followed: number;
  /** Different agents, in different categories, that they were about: seeds repeat each other. */
  different: number;
  /** Share whose measured improvement lies in the promise's interval, widened by the measurement's own error. */
  kept: number | null;
  /** Wilson's 95% interval of it, as if all seeds were independent. */
  keptInterval: Interval;
  /** Share that lies in the promise's interval as it is. */
  keptBare: number | null;
  /** Means over the advice. */
  promised: number | null;
  measured: number | null;
  /** Share of the advice that improved anything. */
  improved: number | null;
}

export interface AdviceEvaluation {
  file: string;
  tasks: number;
  agents: number;
  seeds: number;
  shuffled: boolean;
  /** By how the first half's tasks got their agents, and by type of advice. */
  assignments: Record<Assignment, Record<(typeof followedTypes)[number], AdviceKept>>;
  /** Over all of these. */
  all: AdviceKept;
}

export interface EvaluateAdviceOptions {
  /** How many; they are 1 to n. */
  seeds: number;
  /** Gives each seed an order of the tasks of its own. */
  shuffle?: boolean;
  onSeed?: (seed: number) => void;
}

interface Case extends Followed {
  /** The same of all seeds, though each names the agents anew. */
  about: string;
}

/** @throws InvalidInputError as analysis and selection do */
export async function evaluateAdvice(
  replay: ReplayFile,
  { seeds, shuffle = false, onSeed }: EvaluateAdviceOptions,
): Promise<AdviceEvaluation> {
  const cases: Record<Assignment, Case[]> = { random: [], selection: [] };
  for (let seed = 1; seed <= seeds; seed++) {
    const ordered = shuffle ? permuted(replay, seed) : replay;
    for (const assignment of assignments)
      cases[assignment].push(...(await followedIn(ordered, seed, assignment)));
    onSeed?.(seed);
  }
  const byType = (of: readonly Case[]) =>
    Object.fromEntries(
      followedTypes.map((type) => [type, keptOf(of.filter((each) => each.type === type))]),
    ) as AdviceEvaluation['assignments'][Assignment];
  return {
    file: replay.file,
    tasks: replay.tasks.length,
    agents: replay.agents.length,
    seeds,
    shuffled: shuffle,
    assignments: { random: byType(cases.random), selection: byType(cases.selection) },
    all: keptOf([...cases.random, ...cases.selection]),
  };
}

/** The same over several files: each piece of advice weighs as much. */
export function overFiles(evaluations: readonly Pick<AdviceEvaluation, 'all'>[]): AdviceKept {
  const all = evaluations.map((evaluation) => evaluation.all);
  const followed = sum(all.map((each) => each.followed));
  const meanOf = (figure: (each: AdviceKept) => number | null): number | null =>
    followed === 0 ? null : sum(all.map((each) => each.followed * (figure(each) ?? 0))) / followed;
  const kept = meanOf((each) => each.kept);
  return {
    followed,
    different: sum(all.map((each) => each.different)),
    kept,
    keptInterval: wilson(Math.round((kept ?? 0) * followed), followed),
    keptBare: meanOf((each) => each.keptBare),
    promised: meanOf((each) => each.promised),
    measured: meanOf((each) => each.measured),
    improved: meanOf((each) => each.improved),
  };
}

/** Advice from the first half under one seed, and what following it comes to on the second. */
async function followedIn(replay: ReplayFile, seed: number, assignment: Assignment): Promise<Case[]> {
  const half = Math.floor(replay.tasks.length / 2);
  const first = { ...replay, tasks: replay.tasks.slice(0, half) };
  const view = anonymise(replay, seed);
  const counted = countedOf(await assignedRecords(first, seed, assignment));
  const advice = choose(picturesAt(counted, FIRST_DAY, DAYS - 1).map(testsOf));
  const later = byCategory(replay.tasks.slice(half), replay, seed);
  return advice
    .filter(({ type, subject }) => isFollowed(type) && view.agents.includes(subject))
    .flatMap((each): Case[] => {
      const followed = follow(each, later.get(each.category) ?? [], view);
      if (followed === null) return [];
      const about = [each.type, each.category, view.indexOf(each.agentType), view.indexOf(each.subject)];
      return [{ ...followed, about: about.join('|') }];
    });
}

const isFollowed = (type: OptimizationType): boolean =>
  (followedTypes as readonly OptimizationType[]).includes(type);

/** Tasks by the category that the analysis puts them into. */
function byCategory(
  tasks: readonly ReplayTask[],
  replay: ReplayFile,
  seed: number,
): Map<string, ReplayTask[]> {
  const { agents } = offerOf(anonymise(replay, seed), 0, undefined);
  const found = new Map<string, ReplayTask[]>();
  for (const task of tasks) {
    const { description, context } = requestOf(task);
    const { category } = analyzeTask(description, context, agents);
    found.set(category, [...(found.get(category) ?? []), task]);
  }
  return found;
}

function keptOf(cases: readonly Case[]): AdviceKept {
  const share = (is: (each: Case) => boolean): number | null =>
    cases.length === 0 ? null : cases.filter(is).length / cases.length;
  const meanOf = (figure: (each: Case) => number): number | null =>
    cases.length === 0 ? null : mean(cases.map(figure));
  return {
    followed: cases.length,
    different: new Set(cases.map(({ about }) => about)).size,
    kept: share(({ kept }) => kept),
    keptInterval: wilson(cases.filter(({ kept }) => kept).length, cases.length),
    keptBare: share(({ keptBare }) => keptBare),
    promised: meanOf(({ promised }) => promised.value),
    measured: meanOf(({ measured }) => measured),
    improved: share(({ measured }) => measured > 0),
  };
}
