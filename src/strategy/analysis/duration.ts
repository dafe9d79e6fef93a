/** How long a task will take: a predictive interval from the durations of similar past tasks. Pure. */
import { groupBy } from '../../shared/group-by.js';
import type { DurationSums } from './history.js';

/** Mean and variance of logarithms of seconds, as far as some tasks tell. */
interface LogMoments {
  tasks: number;
  mean: number;
  /** Sum of squared deviations from the mean. */
  squares: number;
}

export interface DurationEstimate {
  /** Seconds: the median of what is expected. */
  median: number;
  /** Seconds between which four of five such tasks take. */
  low: number;
  high: number;
  /** Past tasks of the same category and complexity, of the same category, and of all. */
  alike: number;
  inCategory: number;
  inAll: number;
}

/** Fewer tasks of a tenant tell nothing: the spread of three logarithms is known to a factor of four. */
const LEAST_TASKS = 5;
/** Tasks beyond the first of their category and complexity, below which those do not count. */
const LEAST_REPEATS = 10;
/** Tasks that a spread of all together weighs as much as, beside the spread of the tasks alike. */
const SPREAD_WEIGHT = 10;
/** Standard normal quantile of .9: between it and its opposite lie 80%. */
const Z = 1.2815515655446004;

const none: LogMoments = { tasks: 0, mean: 0, squares: 0 };

function momentsOf(rows: readonly DurationSums[]): LogMoments {
  const tasks = rows.reduce((sum, row) => sum + row.tasks, 0);
  if (tasks <= 0) return none;
  const mean = rows.reduce((sum, row) => sum + row.logSum, 0) / tasks;
  const squares = rows.reduce((sum, row) => sum + row.logSquares, 0) - tasks * mean ** 2;
  return { tasks, mean, squares: Math.max(0, squares) };
}

function groupsOf(
  rows: readonly DurationSums[],
  nameOf: (row: DurationSums) => string,
): ReadonlyMap<string, LogMoments> {
  const moments = [...groupBy(rows, nameOf)].map(([name, group]) => [name, momentsOf(group)] as const);
  return new Map(moments.filter(([, { tasks }]) => tasks > 0));
}

const cellOf = (category: string, complexity: string): string => JSON.stringify([category, complexity]);

/** What all past tasks tell together. */
interface Past {
  all: LogMoments;
  categories: ReadonlyMap<string, LogMoments>;
  cells: ReadonlyMap<string, LogMoments>;
  /** Variance within cells, between cells of a category, and between categories. */
  within: number;
  betweenCells: number;
  betweenCategories: number;
  /** 1 while all tasks are of one category; the more evenly they are of many, the less. */
  evenness: number;
}

/** Of thousands of categories, a sum takes longer than an analysis may; several tasks are told from the same rows. */
const pasts = new WeakMap<readonly DurationSums[], Past>();

function pastOf(rows: readonly DurationSums[]): Past {
  const known = pasts.get(rows);
  if (known !== undefined) return known;
  const all = momentsOf(rows);
  const categories = groupsOf(rows, (row) => row.category);
  const cells = groupsOf(rows, (row) => cellOf(row.category, row.complexity));
  const ofCells = variancesOf([...cells.values()]);
  const betweenCategories = variancesOf([...categories.values()]).between;
  const past: Past = {
    all,
    categories,
    cells,
    within: ofCells.within ?? 0,
    // What lies between cells of one category is what lies between all cells without what categories explain.
    betweenCells: Math.max(0, ofCells.between - betweenCategories),
    betweenCategories,
    evenness: [...categories.values()].reduce((sum, { tasks }) => sum + (tasks / all.tasks) ** 2, 0),
  };
  pasts.set(rows, past);
  return past;
}

/** Variance within groups and between their means, by the moments of a one-way layout (Searle et al. 1992). */
function variancesOf(groups: readonly LogMoments[]): { within: number | null; between: number } {
  const tasks = groups.reduce((sum, group) => sum + group.tasks, 0);
  const squares = groups.reduce((sum, group) => sum + group.squares, 0);
  const within = tasks > groups.length ? squares / (tasks - groups.length) : null;
  if (within === null || groups.length < 2) return { within, between: 0 };
  const mean = groups.reduce((sum, group) => sum + group.tasks * group.mean, 0) / tasks;
  const apart = groups.reduce((sum, group) => sum + group.tasks * (group.mean - mean) ** 2, 0);
  const size = tasks - groups.reduce((sum, group) => sum + group.tasks ** 2, 0) / tasks;
  return { within, between: Math.max(0, (apart - (groups.length - 1) * within) / size) };
}

/** A group's mean, drawn towards its parent's by as much as groups are alike, and the variance left in it. */
function shrunk(
  group: LogMoments,
  parent: { mean: number; variance: number },
  within: number,
  between: number,
): { mean: number; variance: number } {
  // Of the parent, the group differs by what lies between groups, and the parent itself is not known exactly.
  const prior = between + parent.variance;
  if (group.tasks === 0) return { mean: parent.mean, variance: prior };
  const own = within / group.tasks;
  if (own + prior <= 0) return { mean: group.mean, variance: 0 };
  const weight = prior / (prior + own);
  return { mean: parent.mean + weight * (group.mean - parent.mean), variance: weight * own };
}

/** Quantile .9 of Student's t, by the expansion of Abramowitz and Stegun 26.7.5. */
function studentQuantile(freedom: number): number {
  const z = Z;
  return (
    z +
    (z ** 3 + z) / (4 * freedom) +
    (5 * z ** 5 + 16 * z ** 3 + 3 * z) / (96 * freedom ** 2) +
    (3 * z ** 7 + 19 * z ** 5 + 17 * z ** 3 - 15 * z) / (384 * freedom ** 3)
  );
}

/**
 * The 80% predictive interval of a log-normal: the mean of tasks of the same category and complexity is drawn
 * towards that of the category, and this towards that of all, the more the fewer they are and the more alike the
 * groups prove (empirical Bayes); the spread towards that within all groups.
 *
 * @param rows are summed up once, and so may not change
 * @returns null where there are too few past tasks
 */
export function estimateDuration(
  rows: readonly DurationSums[],
  category: string,
  complexity: string,
): DurationEstimate | null {
  const { all, categories, cells, within, betweenCells, betweenCategories, evenness } = pastOf(rows);
  if (all.tasks < LEAST_TASKS) return null;
  const inCategory = categories.get(category) ?? none;
  const alike = cells.get(cellOf(category, complexity)) ?? none;
  const counts = { alike: alike.tasks, inCategory: inCategory.tasks, inAll: all.tasks };
  // While most groups have one task only, nothing tells what lies within them from what lies between.
  if (all.tasks - cells.size < LEAST_REPEATS)
    return {
      ...interval(all.mean, (all.squares / (all.tasks - 1)) * (1 + 1 / all.tasks), all.tasks - 1),
      ...counts,
    };
  // Categories, and not tasks, are what a new category is one more of.
  const whole = { mean: all.mean, variance: within / all.tasks + betweenCategories * evenness };
  const about = shrunk(inCategory, whole, within + betweenCells, betweenCategories);
  const { mean, variance } = shrunk(alike, about, within, betweenCells);
  const repeats = Math.max(0, alike.tasks - 1);
  const spread = (SPREAD_WEIGHT * within + alike.squares) / (SPREAD_WEIGHT + repeats);
  return {
    ...interval(mean, spread + variance, Math.min(all.tasks - cells.size, SPREAD_WEIGHT + repeats)),
    ...counts,
  };
}

function interval(
  mean: number,
  variance: number,
  freedom: number,
): Pick<DurationEstimate, 'median' | 'low' | 'high'> {
  const reach = studentQuantile(freedom) * Math.sqrt(variance);
  return { median: Math.exp(mean), low: Math.exp(mean - reach), high: Math.exp(mean + reach) };
}
