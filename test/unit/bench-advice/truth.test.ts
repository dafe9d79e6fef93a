import { mean, sampleVariance } from 'simple-statistics';
import { describe, expect, it } from 'vitest';
import { detectable, deviates } from '../../../bench/advice/detectable.js';
import { figures } from '../../../bench/advice/levels.js';
import type { Kind, Problem } from '../../../bench/advice/problems.js';
import { tasksOf } from '../../../bench/advice/tasks.js';
import { problemFound, truthOf } from '../../../bench/advice/truth.js';
import { emptyWorld, plantedWorld, type World } from '../../../bench/advice/world.js';
import { EARLIER, PEERS, type PromisedMetric } from '../../../src/performance/advice/candidate.js';
import type { OptimizationType } from '../../../src/shared/terms.js';

/** The first world that has a problem of the kind. */
function worldWith(kind: Kind, is: (world: World, problem: Problem) => boolean = () => true) {
  for (let index = 0; ; index++) {
    const world = plantedWorld(`truth-${index}`, [kind]);
    const problem = world.problems.find((each) => each.kind === kind);
    if (problem !== undefined && is(world, problem)) return { world, problem, tasks: tasksOf(world) };
  }
}

const truth = (
  { world, tasks }: Pick<ReturnType<typeof worldWith>, 'world' | 'tasks'>,
  about: {
    type: OptimizationType;
    agentType: string;
    category: string;
    subject: string;
    metric: PromisedMetric;
  },
  day = world.days - 1,
) => {
  const expectedImprovement = { metric: about.metric, value: 0, low: 0, high: 0 };
  return truthOf(world, tasks, { ...about, expectedImprovement }, day);
};

const isMeasured = (world: World, { category }: Problem): boolean =>
  world.categories.find(({ name }) => name === category)?.measured === true;

describe('the truth of a promise', () => {
  it('is what mending a drift brings, and nothing before it began', () => {
    const made = worldWith('drift', (world, problem) => !isMeasured(world, problem));
    const { agent: agentType, category, size, day } = made.problem;
    const about = {
      type: 'EXECUTION_SPEED',
      agentType,
      category,
      subject: EARLIER,
      metric: 'seconds',
    } as const;
    expect(truth(made, about)).toBeCloseTo(1 - Math.exp(-size), 6);
    expect(truth(made, about, day - 1)).toBe(0);
  });

  it('is what peers take less, and nothing where agents are equal', () => {
    const made = worldWith('slowPeer', (world, problem) => !isMeasured(world, problem));
    const { agent: agentType, category, size } = made.problem;
    const about = {
      type: 'EXECUTION_SPEED',
      agentType,
      category,
      subject: PEERS,
      metric: 'seconds',
    } as const;
    expect(truth(made, about)).toBeCloseTo(1 - Math.exp(-size), 6);
    const world = emptyWorld('equal');
    const single = world.categories.find(({ strategy }) => strategy === 'single');
    const equal = { ...about, agentType: single?.agents[0]?.name ?? '', category: single?.name ?? '' };
    expect(truth({ world, tasks: tasksOf(world) }, equal)).toBeCloseTo(0, 9);
  });

  it('is the gain in success of the better agent, over the tasks that the other has', () => {
    const made = worldWith('betterAgent');
    const { agent: agentType, other: subject, category } = made.problem;
    const about = { type: 'AGENT_SELECTION', agentType, category, subject, metric: 'successRate' } as const;
    const gain = truth(made, about) ?? 0;
    expect(gain).toBeGreaterThan(0.02);
    expect(truth(made, { ...about, agentType: subject, subject: agentType })).toBeLessThan(0);
  });

  it('is the share of the time that repeated actions take', () => {
    const made = worldWith('repeatsWithin');
    const { agent: agentType, category } = made.problem;
    const about = {
      type: 'CACHING',
      agentType,
      category,
      subject: 'fetch_reference',
      metric: 'seconds',
    } as const;
    const calls = made.tasks.flatMap(({ category: { name }, calls: all }) =>
      name === category ? all.filter(({ agent }) => agent.name === agentType) : [],
    );
    const saved = calls.reduce((sum, { drawn }) => sum + figures.saved(drawn), 0);
    const all = calls.reduce((sum, { drawn }) => sum + drawn.ms, 0);
    expect(truth(made, about)).toBeCloseTo(saved / all, 1);
  });

  it('is nothing for stages that need each other', () => {
    const world = emptyWorld('needs');
    const category = world.categories.find(({ strategy }) => strategy === 'sequential');
    const [first, then] = category?.agents.map(({ name }) => name) ?? [];
    const about = {
      type: 'PARALLEL_EXECUTION',
      agentType: first ?? '',
      category: category?.name ?? '',
      subject: `${first}>${then}`,
      metric: 'seconds',
    } as const;
    expect(truth({ world, tasks: tasksOf(world) }, about)).toBe(0);
    const made = worldWith('serialStages');
    const { agent, other } = made.problem;
    const serial = {
      ...about,
      agentType: agent,
      category: made.problem.category,
      subject: `${agent}>${other}`,
    };
    expect(truth(made, serial)).toBeGreaterThan(0.05);
    expect(truth(made, serial)).toBeLessThanOrEqual(0.5);
  });
});

it('advice finds a problem when type, agent, category and better agent are right, and since it began', () => {
  const { world, problem } = worldWith('drift');
  const right = {
    type: problem.type,
    agentType: problem.agent,
    category: problem.category,
    subject: EARLIER,
  };
  expect(problemFound(world, right, problem.day)).toBe(problem);
  expect(problemFound(world, right, problem.day - 1)).toBeUndefined();
  expect(problemFound(world, { ...right, type: 'CACHING' }, problem.day)).toBeUndefined();
  expect(problemFound(world, { ...right, agentType: 'agent-9' }, problem.day)).toBeUndefined();
  const better = worldWith('betterAgent');
  const { agent: agentType, category, other } = better.problem;
  const prefer = { type: 'AGENT_SELECTION' as const, agentType, category };
  expect(problemFound(better.world, { ...prefer, subject: other }, 9)).toBe(better.problem);
  expect(problemFound(better.world, { ...prefer, subject: 'agent-9' }, 9)).toBeUndefined();
});

describe('the reference test', () => {
  it('shows by as many standard errors as its deviate says, in worlds of the same truth', () => {
    const { world, problem, tasks } = worldWith('slowPeer', (_, { size }) => size > 0.2 && size < 0.4);
    const category = world.categories.find(({ name }) => name === problem.category);
    const peers = category?.agents.filter(({ name }) => name !== problem.agent) ?? [];
    const zs = Array.from({ length: 40 }, (_, index) => {
      const again = tasksOf({ ...world, seed: `${world.seed}-${index}` });
      const of = (name: string, complexity: number): number[] =>
        again
          .filter((task) => task.category.name === problem.category && task.complexity === complexity)
          .flatMap(({ calls }) => calls.filter(({ agent }) => agent.name === name))
          .map(({ drawn }) => Math.log(drawn.ms));
      return Math.max(
        ...peers.map(({ name }) => {
          let [weighted, information] = [0, 0];
          for (const complexity of [0, 1, 2]) {
            const [own, theirs] = [of(problem.agent, complexity), of(name, complexity)];
            if (own.length < 2 || theirs.length < 2) continue;
            const variance = sampleVariance(own) / own.length + sampleVariance(theirs) / theirs.length;
            weighted += (mean(own) - mean(theirs)) / variance;
            information += 1 / variance;
          }
          return weighted / Math.sqrt(information);
        }),
      );
    });
    const expected = deviates(world, tasks, problem);
    expect(mean(zs)).toBeGreaterThan(0.8 * expected);
    expect(mean(zs)).toBeLessThan(1.2 * expected + 0.6);
  });

  it('finds large problems and not small ones, and fewer the more is tested', () => {
    const { world, problem, tasks } = worldWith('drift', (_, { size }) => size > 0.6);
    const limits = { tests: 20, looks: 10, improvement: 0.4 };
    expect(detectable(world, tasks, problem, limits)).toBe(true);
    expect(detectable(world, tasks, problem, { ...limits, improvement: 0.01 })).toBe(false);
    expect(detectable(world, tasks.slice(0, 40), problem, limits)).toBe(false);
  });
});
