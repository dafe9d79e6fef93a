import { describe, expect, it } from 'vitest';
import { HandoverTable } from '../../../../src/strategy/composition/handover-table.js';
import { drawTasks, handoverRow } from './worlds.js';

const names = ['a', 'b', 'c', 'd', 'e'];
const means = [0.7, 0.6, 0.5, 0.4, 0.3];
const believed = (agent: string) => ({ mean: means[names.indexOf(agent)] ?? 0.5, cost: 0.5, seconds: 30 });
const always = () => true;
const of = (agent: string) => ({ agent, mean: believed(agent).mean });
const pairs = names.flatMap((_, a) => names.flatMap((__, b) => (a === b ? [] : [[a, b] as const])));
const share = (tasks: readonly boolean[][], which: (task: boolean[]) => boolean): number =>
  tasks.filter(which).length / tasks.length;

describe('the chance after a failure', () => {
  it('is before any evidence that of tasks which are hard for all or for none', () => {
    const { mean, deviation } = new HandoverTable().after([of('a')], of('b'));
    expect(mean).toBeLessThan(0.45);
    expect(mean).toBeGreaterThan(0.2);
    expect(deviation).toBeGreaterThan(0.1);
  });

  it.each([0, 0.3, 0.6, 0.9])('is learned where the share in common is %d', (truth) => {
    const tasks = drawTasks(means, truth, 4_000, `share ${truth}`);
    const rows = pairs.map(([a, b], index) =>
      handoverRow(tasks.slice(index * 200, index * 200 + 200), a, b, names),
    );
    const table = new HandoverTable(rows);
    table.learn(believed, always);
    expect(Math.abs(table.share - truth)).toBeLessThan(0.12);
    for (const [a, b] of pairs) {
      const real = share(
        tasks.filter((task) => task[a] === false),
        (task) => task[b] === true,
      );
      const { mean, deviation } = table.after([of(names[a] ?? '')], of(names[b] ?? ''));
      expect(Math.abs(mean - real)).toBeLessThan(0.09);
      expect(deviation).toBeLessThan(0.1);
    }
  });

  it('is a pair’s own where that was seen to differ, and leaves the others alone', () => {
    const tasks = drawTasks(means, 0.5, 200, 'own');
    const rows = pairs.map(([a, b]) => handoverRow(tasks, a, b, names));
    const odd = {
      dimensions: { first: 'a', then: 'e', category: 'x' },
      sums: { tries: 300, successes: 240 },
    };
    const table = new HandoverTable(rows);
    table.learn(believed, always);
    const before = table.after([of('a')], of('b')).mean;
    table.update([odd]);
    table.learn(believed, always);
    expect(table.after([of('a')], of('e')).mean).toBeGreaterThan(0.55);
    expect(Math.abs(table.after([of('a')], of('b')).mean - before)).toBeLessThan(0.08);
  });

  it('falls with each further failure, and for the same agent again', () => {
    const table = new HandoverTable();
    const one = table.after([of('a')], of('c')).mean;
    expect(table.after([of('a'), of('b')], of('c')).mean).toBeLessThan(one);
    expect(table.after([of('c')], of('c')).mean).toBeLessThan(one - 0.03);
  });

  it('leaves out what happened in categories of which nothing is believed', () => {
    const tasks = drawTasks(means, 0, 500, 'elsewhere');
    const table = new HandoverTable(pairs.map(([a, b]) => handoverRow(tasks, a, b, names)));
    table.learn(
      () => {
        throw new Error('nothing is believed of x');
      },
      (category) => category === 'y',
    );
    expect(table.after([of('a')], of('b'))).toEqual(new HandoverTable().after([of('a')], of('b')));
  });

  it('takes splits of a counter together, and each in place of what it was', () => {
    const row = { dimensions: { first: 'a', then: 'b', category: 'x' }, sums: { tries: 50, successes: 50 } };
    const table = new HandoverTable();
    const prior = table.after([of('a')], of('b')).mean;
    table.update([{ ...row, key: '1' }]);
    table.update([
      { ...row, key: '1', sums: { tries: 100, successes: 100 } },
      { ...row, key: '2' },
    ]);
    expect(table.size).toBe(2);
    table.learn(believed, always);
    const many = table.after([of('a')], of('b')).mean;
    expect(many).toBeGreaterThan(prior + 0.2);
    table.update([{ ...row, key: '3', sums: { successes: -30 } }]);
    table.learn(believed, always);
    expect(table.after([of('a')], of('b')).mean).toBeLessThan(many - 0.05);
    const same = new HandoverTable([{ ...row, sums: { tries: 150, successes: 150 } }]);
    same.learn(believed, always);
    expect(same.after([of('a')], of('b')).mean).toBeCloseTo(many);
  });
});

it('tries after a failure cost more where they did, the more surely the more there were', () => {
  const tasks = drawTasks(means, 0.5, 400, 'cost');
  const table = new HandoverTable([handoverRow(tasks, 0, 1, names, 2)]);
  expect(table.amounts('a', 'b')).toEqual({ cost: 1, seconds: 1 });
  table.learn(believed, always);
  expect(table.amounts('a', 'b').cost).toBeGreaterThan(3.7);
  expect(table.amounts('a', 'b').cost).toBeLessThanOrEqual(4);
  expect(table.amounts('a', 'b').seconds).toBeCloseTo(2, 1);
  expect(table.amounts('c', 'd').cost).toBeGreaterThan(3.5);
});

it('agreement is that of the pairs among the agents', () => {
  const row = (first: string, then: string, compared: number, agreed: number) => ({
    dimensions: { first, then, category: 'x' },
    sums: { compared, agreed, comparedRight: agreed, agreedRight: agreed },
  });
  const table = new HandoverTable([row('a', 'b', 10, 5), row('a', 'c', 10, 7), row('c', 'd', 99, 99)]);
  expect(table.agreement(['c', 'a', 'b'])).toMatchObject({ compared: 20, agreed: 12 });
  expect(table.agreement(['c', 'a', 'b']).sameWhenRight).toBeCloseTo(13 / 14);
  expect(table.agreement(['b', 'e'])).toEqual({ compared: 0, agreed: 0, sameWhenRight: 0.5 });
});
