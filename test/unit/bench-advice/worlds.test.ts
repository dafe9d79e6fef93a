import { mean, sampleVariance } from 'simple-statistics';
import { describe, expect, it } from 'vitest';
import { kindsOf } from '../../../bench/advice/kinds.js';
import { kinds } from '../../../bench/advice/problems.js';
import { recordsOf } from '../../../bench/advice/records.js';
import { tasksOf, type WorldTask } from '../../../bench/advice/tasks.js';
import { emptyWorld, plantedWorld, type World } from '../../../bench/advice/world.js';
import { countedOf, picturesAt } from '../../../src/evaluate/advice-pictures.js';
import { contributionsOf } from '../../../src/recording/contributions.js';
import { sumIncrements } from '../../../src/store/counters.js';

describe('a world', () => {
  it('is the same for a seed, and another for another', () => {
    const world = plantedWorld('a', kindsOf(0));
    expect(plantedWorld('a', kindsOf(0))).toEqual(world);
    expect(plantedWorld('b', kindsOf(0))).not.toEqual(world);
    const records = recordsOf(world, tasksOf(world));
    expect(recordsOf(world, tasksOf(world))).toEqual(records);
    expect(records.length).toBeGreaterThan(100);
  });

  it('has nothing wrong unless that is planted', () => {
    for (let index = 0; index < 20; index++) {
      const world = emptyWorld(`e${index}`);
      expect(world.problems).toEqual([]);
      for (const { strategy, agents, dependent } of world.categories)
        if (strategy === 'sequential') expect(dependent).toBe(true);
        else
          for (const { logMs, skill, logCost, iterations } of agents)
            expect([logMs, skill, logCost, iterations]).toEqual([0, 0, 0, 1]);
    }
  });

  it('has problems of every kind, one a category, of agents that work there', () => {
    const seen = new Map<string, number>();
    for (let index = 0; index < 60; index++) {
      const world = plantedWorld(`p${index}`, kindsOf(index));
      for (const { kind, type, agent, category } of world.problems) {
        seen.set(kind, (seen.get(kind) ?? 0) + 1);
        expect(type).toBe(kinds[kind]);
        const where = world.categories.find(({ name }) => name === category);
        expect(where?.agents.map(({ name }) => name)).toContain(agent);
        expect(
          new Set(world.problems.filter((each) => each.category === category).map((each) => each.kind)).size,
        ).toBe(1);
      }
    }
    expect([...seen.keys()].sort()).toEqual(Object.keys(kinds).sort());
    for (const count of seen.values()) expect(count).toBeGreaterThan(3);
  });
});

describe('agents that are equal', () => {
  /** How far the first and the last agent of a category lie apart in ln of milliseconds, in standard errors. */
  const deviate = (tasks: readonly WorldTask[], world: World, complexities: readonly number[]): number => {
    const category = world.categories.find(({ strategy }) => strategy === 'single');
    const times = (name: string | undefined): number[] =>
      tasks
        .filter((task) => task.category === category && complexities.includes(task.complexity))
        .flatMap(({ calls }) => calls)
        .filter(({ agent }) => agent.name === name)
        .map(({ drawn }) => Math.log(drawn.ms));
    const [one, other] = [times(category?.agents[0]?.name), times(category?.agents.at(-1)?.name)];
    if (one.length < 5 || other.length < 5) return 0;
    return (
      (mean(one) - mean(other)) /
      Math.sqrt(sampleVariance(one) / one.length + sampleVariance(other) / other.length)
    );
  };
  const worlds = Array.from({ length: 30 }, (_, index) => emptyWorld(`c${index}`));
  const drawn = worlds.map((world) => ({ world, tasks: tasksOf(world) }));

  it('look different where tasks are not held apart by complexity: who gets the hard ones looks slow', () => {
    expect(mean(drawn.map(({ world, tasks }) => deviate(tasks, world, [0, 1, 2])))).toBeGreaterThan(2);
  });

  it('look alike on like tasks', () => {
    const alike = drawn.flatMap(({ world, tasks }) =>
      [0, 1, 2].map((complexity) => deviate(tasks, world, [complexity])),
    );
    expect(Math.abs(mean(alike))).toBeLessThan(0.4);
    expect(Math.sqrt(sampleVariance(alike))).toBeLessThan(1.5);
  });
});

describe('the records of a world', () => {
  const rowsOf = (world: World) => countedOf(recordsOf(world, tasksOf(world)));
  const short = (world: World): World => ({ ...world, days: 14 });
  const world = short(plantedWorld('records', kindsOf(0)));

  it('make the picture that recording would leave in the store', () => {
    const records = recordsOf(world, tasksOf(world));
    const counted = rowsOf(world);
    const stored = sumIncrements(records.flatMap((record) => contributionsOf(record, record.outcome)));
    const total = (sums: Iterable<Record<string, number>>, name: string): number =>
      [...sums].reduce((sum, each) => sum + (each[name] ?? 0), 0);
    for (const [projection, part, name] of [
      ['statistics', 'executions', 'logMs'],
      ['errors', 'errors', 'failures'],
      ['actions', 'actions', 'count'],
      ['stages', 'stages', 'savedMs'],
    ] as const) {
      const there = stored.filter((each) => each.projection === projection).map(({ sums }) => sums);
      const here = [...counted.values()].flatMap((rows) => rows[part].map(({ sums }) => sums));
      expect(here.length, part).toBe(there.length);
      expect(total(here, name), part).toBe(total(there, name));
    }
  });

  it('are seen until the end of a day and no further', () => {
    const counted = rowsOf(world);
    const pictures = picturesAt(counted, world.from, 10);
    const days = pictures.flatMap(({ executions }) =>
      executions.map(({ dimensions }) => dimensions['day'] ?? ''),
    );
    expect(days.sort().at(-1)).toBe(pictures[0]?.to);
    expect(pictures[0]?.to).toBe(new Date(world.from + 10 * 86_400_000).toISOString().slice(0, 10));
    const steps = pictures.flatMap((picture) =>
      picture.steps.map(({ dimensions }) => dimensions['step'] ?? ''),
    );
    expect(steps).toContain('lookUp');
    expect(steps.some((step) => step.startsWith('queue:'))).toBe(true);
  });

  it('show whether the second stage uses what the first made', () => {
    const flows = (of: World): number => {
      const stages = [...rowsOf(of).values()].flatMap((rows) => rows.stages.map(({ sums }) => sums));
      const sum = (name: string): number => stages.reduce((all, sums) => all + (sums[name] ?? 0), 0);
      return sum('flows') / sum('executions');
    };
    expect(flows(short(emptyWorld('stages')))).toBeGreaterThan(0.8);
    expect(flows(short(plantedWorld('stages', ['serialStages'])))).toBeLessThan(0.08);
  });
});
