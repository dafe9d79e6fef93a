/** A world looked at as its days pass, as the product does: what is recommended, and what of it is true. */

import { countedOf, picturesAt } from '../../src/evaluate/advice-pictures.js';
import { type Advice, EARLIER, PEERS, type Tested } from '../../src/performance/advice/candidate.js';
import type { Picture } from '../../src/performance/advice/picture.js';
import { detectable } from './detectable.js';
import { FLAKY_ERROR, type Kind, type Problem, REPEATED_ACTION } from './problems.js';
import { recordsOf } from './records.js';
import { tasksOf } from './tasks.js';
import { problemFound, truthOf } from './truth.js';
import type { World } from './world.js';

/** Days before the first look, and between two. */
const FIRST_LOOK = 8;
const BETWEEN_LOOKS = 6;

/** The rules that are measured. */
export interface Rules {
  testsOf: (picture: Picture) => Tested;
  choose: (tested: readonly Tested[]) => Advice[];
}

/** A promise as it was first made, and what following it would have brought. */
export interface Promised {
  type: Advice['type'];
  agent: string;
  category: string;
  subject: string;
  metric: string;
  priority: number;
  day: number;
  value: number;
  low: number;
  high: number;
  truth: number;
  /** Whether it is about a planted problem; others may be true as well. */
  planted: boolean;
}

export interface SoughtProblem extends Problem {
  detectable: boolean;
  /** The best that following its advice would bring on the last day. */
  improvement: number;
  /** By advice of the right type, agent and category at any look since it began. */
  found: boolean;
  /** Types of other advice to the agent in the category. */
  instead: string[];
}

export interface Looked {
  problems: SoughtProblem[];
  /** Each recommendation when it was first made. */
  promises: Promised[];
  /** Recommendations that stand at the last look. */
  standing: Promised[];
  /** The highest priority of anything recommended at any look; 0 of nothing. */
  highest: number;
  looks: number;
}

/** Looks at the world every few days, and on its last. */
export function lookAt(world: World, rules: Rules): Looked {
  const tasks = tasksOf(world);
  const counted = countedOf(recordsOf(world, tasks));
  const days = daysOfLooks(world.days);
  const first = new Map<string, Promised>();
  const found = new Set<Problem>();
  let [highest, tests] = [0, 0];
  let standing: Promised[] = [];
  for (const day of days) {
    const tested = picturesAt(counted, world.from, day).map(rules.testsOf);
    tests = tested.reduce((sum, each) => sum + each.tests, 0);
    standing = rules.choose(tested).flatMap((advice): Promised[] => {
      highest = Math.max(highest, advice.priority);
      const problem = problemFound(world, advice, day);
      if (problem !== undefined) found.add(problem);
      const { type, agentType: agent, category, subject, priority } = advice;
      const id = `${type}|${agent}|${category}`;
      const isLast = day === world.days - 1;
      if (first.has(id) && !isLast) return [];
      const truth = truthOf(world, tasks, advice, day);
      if (truth === null) return [];
      const { metric, value, low, high } = advice.expectedImprovement;
      const about = { type, agent, category, subject, metric, priority, day };
      const promised = { ...about, value, low, high, truth, planted: problem !== undefined };
      if (!first.has(id)) first.set(id, promised);
      return [promised];
    });
  }
  const promises = [...first.values()];
  const problems = world.problems.map((problem): SoughtProblem => {
    const improvement = truthOf(world, tasks, adviceOn(problem), world.days - 1) ?? 0;
    const limits = { tests, looks: days.length, improvement };
    const about = promises.filter(
      ({ agent, category }) => agent === problem.agent && category === problem.category,
    );
    return {
      ...problem,
      improvement,
      detectable: detectable(world, tasks, problem, limits),
      found: found.has(problem),
      instead: about.filter(({ type }) => type !== problem.type).map(({ type }) => type),
    };
  });
  return { problems, promises, standing, highest, looks: days.length };
}

function daysOfLooks(days: number): number[] {
  const looks: number[] = [];
  for (let day = FIRST_LOOK; day < days - 1; day += BETWEEN_LOOKS) looks.push(day);
  return [...looks, days - 1];
}

/** The advice that a problem calls for, as far as its truth goes. */
function adviceOn({ kind, type, agent, category, other }: Problem): Parameters<typeof truthOf>[2] {
  const { metric, subject } = CALLED_FOR[kind];
  return {
    type,
    agentType: agent,
    category,
    subject: subject ?? (kind === 'slowQueue' ? `queue:${agent}` : other),
    expectedImprovement: { metric, value: 0, low: 0, high: 0 },
  };
}

/** By kind: what its mending is measured by, and the subject where it is not another agent. */
const CALLED_FOR: Readonly<
  Record<Kind, { metric: Advice['expectedImprovement']['metric']; subject?: string }>
> = {
  drift: { metric: 'seconds', subject: EARLIER },
  slowTool: { metric: 'seconds', subject: EARLIER },
  slowQueue: { metric: 'seconds' },
  slowPeer: { metric: 'seconds', subject: PEERS },
  manyIterations: { metric: 'iterations', subject: PEERS },
  flakyTool: { metric: 'errors', subject: FLAKY_ERROR },
  expensive: { metric: 'costUsd', subject: PEERS },
  repeatsWithin: { metric: 'seconds', subject: REPEATED_ACTION },
  repeatsAcross: { metric: 'seconds', subject: REPEATED_ACTION },
  serialStages: { metric: 'seconds' },
  betterAgent: { metric: 'successRate' },
};
