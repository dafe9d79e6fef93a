/** Which planted problems can be found, said before any rule has looked at them. */
import { normalQuantile } from '../../src/evidence/normal.js';
import { drawScene, type Figure, figures, meanOf, varianceOf } from './levels.js';
import type { Problem } from './problems.js';
import { MENTIONS } from './records.js';
import type { WorldTask } from './tasks.js';
import { COMPLEXITIES, type World } from './world.js';

/** Chance of any error over all tests and looks of a world at which the reference test of one is held. */
const LEVEL = 0.05;
/** The reference finds what is detectable with this chance. */
const POWER = 0.9;
/** Improvements smaller than this share, or as many points of success, are of no detectable size. */
const LEAST_SHARE = 0.05;
/** An agent is as good as another where it is not worse by more than this: what the reference has to rule out. */
const WORSE_BY = 0.1;
/** What the reference holds apart tests of "not worse" at: that alone makes no advice. */
const EQUAL_LEVEL = 0.1;
const DRAWS = 600;
/** A second stage that uses the first one's work in as many executions needs it. */
const USES = 0.1;
/** Executions that tell a share of time. */
const LEAST_EXECUTIONS = 20;

/**
 * Whether the reference test would find a problem by the last day with probability .9, at Bonferroni's level for all
 * tests and all looks of the world. The reference knows everything but whether the problem is there: the day of a
 * change, the one peer that shows it best, all variances and chances, at every complexity.
 *
 * @param tests of the world at one look
 */
export function detectable(
  world: World,
  tasks: readonly WorldTask[],
  problem: Problem,
  { tests, looks, improvement }: { tests: number; looks: number; improvement: number },
): boolean {
  if (improvement < LEAST_SHARE) return false;
  const level = LEVEL / (tests * looks);
  if (problem.kind === 'serialStages') return shownIndependent(world, tasks, problem, level);
  return deviates(world, tasks, problem) >= normalQuantile(level) + normalQuantile(1 - POWER);
}

/** The exact binomial test that the second stage uses the first one's work in less than a tenth of the executions. */
function shownIndependent(
  world: World,
  tasks: readonly WorldTask[],
  problem: Problem,
  level: number,
): boolean {
  const n = cellsOf(world, tasks, problem.category, problem.other).reduce(
    (sum, { days }) => sum + days.length,
    0,
  );
  let [atMost, power, chance, chanceTrue] = [0, 0, (1 - USES) ** n, (1 - MENTIONS.independent) ** n];
  for (let count = 0; count <= n; count++) {
    atMost += chance;
    if (atMost > level) break;
    power += chanceTrue;
    const ratio = (n - count) / (count + 1);
    chance *= ratio * (USES / (1 - USES));
    chanceTrue *= ratio * (MENTIONS.independent / (1 - MENTIONS.independent));
  }
  return power >= POWER;
}

/** By how many standard errors the problem shows, in the mean; infinite where it is plain from a few executions. */
export function deviates(world: World, tasks: readonly WorldTask[], problem: Problem): number {
  const own = cellsOf(world, tasks, problem.category, problem.agent);
  switch (problem.kind) {
    case 'drift':
    case 'slowTool':
      return changeDeviates(world, problem, own, figures.logMs);
    case 'slowQueue':
      return changeDeviates(world, problem, own, figures.logQueue);
    case 'slowPeer':
      return bestPeer(world, tasks, problem, (peer) => between(own, peer, figures.logMs));
    case 'manyIterations':
      return bestPeer(world, tasks, problem, (peer) => between(own, peer, figures.iterations));
    case 'expensive':
      return bestPeer(world, tasks, problem, (peer) =>
        shownEqual(own, peer) ? between(own, peer, figures.logCost) : 0,
      );
    case 'betterAgent':
      return between(own, cellsOf(world, tasks, problem.category, problem.other), figures.success);
    case 'flakyTool':
      return flakyDeviates(own);
    case 'repeatsWithin':
    case 'repeatsAcross':
      return enough(own);
    default:
      return 0;
  }
}

/** What an agent does at one complexity: how often, before and since a day, and what it comes to. */
interface Cell {
  days: readonly number[];
  drawn: ReturnType<typeof drawScene>;
}

function cellsOf(world: World, tasks: readonly WorldTask[], category: string, agent: string): Cell[] {
  return COMPLEXITIES.map((_, complexity) => ({
    days: tasks
      .filter((task) => task.category.name === category && task.complexity === complexity)
      .filter(({ calls }) => calls.some((call) => call.agent.name === agent))
      .map(({ day }) => day),
    drawn: drawScene(world, { agent, category, complexities: [complexity], day: world.days }, DRAWS),
  }));
}

const enough = (cells: readonly Cell[]): number =>
  cells.reduce((sum, { days }) => sum + days.length, 0) >= LEAST_EXECUTIONS ? Number.POSITIVE_INFINITY : 0;

function bestPeer(
  world: World,
  tasks: readonly WorldTask[],
  problem: Problem,
  deviatesFrom: (peer: readonly Cell[]) => number,
): number {
  const peers = world.categories.find(({ name }) => name === problem.category)?.agents ?? [];
  return Math.max(
    0,
    ...peers
      .filter(({ name }) => name !== problem.agent)
      .map(({ name }) => deviatesFrom(cellsOf(world, tasks, problem.category, name))),
  );
}

/** Two agents held against each other at each complexity, each weighing as much as it tells. */
function between(own: readonly Cell[], other: readonly Cell[], figure: Figure): number {
  let information = 0;
  for (const [complexity, mine] of own.entries()) {
    const theirs = other[complexity];
    if (theirs === undefined || mine.days.length === 0 || theirs.days.length === 0) continue;
    const difference = meanOf(mine.drawn, figure) - meanOf(theirs.drawn, figure);
    const variance =
      varianceOf(mine.drawn, figure) / mine.days.length +
      varianceOf(theirs.drawn, figure) / theirs.days.length;
    information += difference ** 2 / variance;
  }
  return Math.sqrt(information);
}

/** Whether it would be shown with probability .9 that the other is not worse by ten points, where both are equal. */
function shownEqual(own: readonly Cell[], other: readonly Cell[]): boolean {
  let information = 0;
  for (const [complexity, mine] of own.entries()) {
    const theirs = other[complexity];
    if (theirs === undefined || mine.days.length === 0 || theirs.days.length === 0) continue;
    information +=
      WORSE_BY ** 2 /
      (varianceOf(mine.drawn, figures.success) / mine.days.length +
        varianceOf(theirs.drawn, figures.success) / theirs.days.length);
  }
  return Math.sqrt(information) >= normalQuantile(EQUAL_LEVEL) + normalQuantile(1 - POWER);
}

/** The agent since the problem began against itself before. */
function changeDeviates(world: World, problem: Problem, own: readonly Cell[], figure: Figure): number {
  let information = 0;
  for (const [complexity, { days, drawn }] of own.entries()) {
    const before = days.filter((day) => day < problem.day).length;
    const since = days.length - before;
    if (before === 0 || since === 0) continue;
    const mended = drawScene(
      world,
      {
        agent: problem.agent,
        category: problem.category,
        complexities: [complexity],
        day: world.days,
        without: problem,
      },
      DRAWS,
    );
    const difference = meanOf(drawn, figure) - meanOf(mended, figure);
    information +=
      difference ** 2 / (varianceOf(drawn, figure) / since + varianceOf(mended, figure) / before);
  }
  return Math.sqrt(information);
}

/** Successes of the executions that had the error against those that had not. */
function flakyDeviates(own: readonly Cell[]): number {
  let information = 0;
  for (const { days, drawn } of own) {
    const hit = drawn.filter(({ errors }) => errors.some(isConnectionError));
    const spared = drawn.filter(({ errors }) => !errors.some(isConnectionError));
    if (hit.length < 2 || spared.length < 2) continue;
    const share = days.length / drawn.length;
    const variance =
      varianceOf(hit, figures.success) / (hit.length * share) +
      varianceOf(spared, figures.success) / (spared.length * share);
    if (variance > 0)
      information += (meanOf(hit, figures.success) - meanOf(spared, figures.success)) ** 2 / variance;
  }
  return Math.sqrt(information);
}

const isConnectionError = (text: string): boolean => text.startsWith('ConnectionResetError');
