import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { succeeds } from '../../../../src/evaluate/anonymised-replay.js';
import { readReplayFile } from '../../../../src/evaluate/replay-file.js';
import { seededUniform } from '../../../../src/evidence/random.js';
import { groupBy } from '../../../../src/shared/group-by.js';
import { HandoverTable } from '../../../../src/strategy/composition/handover-table.js';
import { promiseOf } from '../../../../src/strategy/composition/promise-of.js';

const folder = path.resolve(process.env['JOURNEYMAN_DATA'] ?? '../shared/data');
const replays = ['swebench-lite', 'llm-routing', 'model-cost'].map((name) => ({
  name,
  file: path.join(folder, 'replay', `${name}.jsonl`),
}));
const chains = path.join(folder, 'aider-lite-attempts.jsonl');

const meanOf = (values: readonly number[]): number =>
  values.reduce((sum, value) => sum + value, 0) / values.length;
const shuffled = <T>(all: readonly T[], seed: string): T[] => {
  const uniform = seededUniform(seed);
  return all
    .map((one) => ({ one, draw: uniform() }))
    .sort((a, b) => a.draw - b.draw)
    .map(({ one }) => one);
};

describe.each(replays)('on $name', ({ file }) => {
  it.skipIf(!existsSync(file))(
    'what one half of the tasks taught of fallbacks holds on the other, beside independence',
    async () => {
      const { agents, tasks } = await readReplayFile(file);
      const outcomes = shuffled(tasks, 'halves').map(({ id, context, reward }) => ({
        category: JSON.stringify(context['category'] ?? context['repo'] ?? null),
        right: agents.map((_, index) => succeeds(reward[index] ?? 0, `${id} ${index}`)),
      }));
      const half = Math.floor(outcomes.length / 2);
      const [past, present] = [outcomes.slice(0, half), outcomes.slice(half)];
      const shareOf = (among: typeof past, agent: number): number =>
        meanOf(among.map(({ right }) => Number(right[agent])));
      const overall = agents.map((_, agent) => shareOf(past, agent));
      const byCategory = groupBy(past, ({ category }) => category);
      const alone = (agent: string, category: string) => {
        const there = byCategory.get(category) ?? [];
        const usual = overall[Number(agent)] ?? 0.5;
        const sum = there.filter(({ right }) => right[Number(agent)] === true).length;
        return { mean: (sum + 5 * usual) / (there.length + 5), cost: 0, seconds: 0 };
      };
      const rows = past.map(({ category, right }, index) => {
        const uniform = seededUniform(`pair ${index}`);
        const first = Math.floor(uniform() * agents.length);
        const then = (first + 1 + Math.floor(uniform() * (agents.length - 1))) % agents.length;
        const failed = right[first] === false;
        return {
          key: String(index),
          dimensions: { first: String(first), then: String(then), category },
          sums: failed ? { tries: 1, successes: Number(right[then]) } : {},
        };
      });
      const handovers = new HandoverTable(rows);
      handovers.learn(alone, (category) => byCategory.has(category));
      const categories = groupBy(present, ({ category }) => category);
      const errors = agents.flatMap((_, a) =>
        agents.flatMap((__, b) => {
          if (a === b) return [];
          const truth = meanOf(present.map(({ right }) => Number(right[a] === true || right[b] === true)));
          const predicted = [...categories].map(([category, among]) => {
            const of = (agent: string) => alone(agent, category);
            const plan = { strategy: 'sequential' as const, agents: [String(a), String(b)] };
            const learned = promiseOf(plan, of, { handovers, verified: true })?.mean ?? 0;
            const independent = 1 - (1 - of(String(a)).mean) * (1 - of(String(b)).mean);
            return [learned * among.length, independent * among.length] as const;
          });
          const sum = (which: 0 | 1): number =>
            predicted.reduce((total, each) => total + each[which], 0) / present.length;
          return [{ learned: sum(0) - truth, independent: sum(1) - truth }];
        }),
      );
      const learned = meanOf(errors.map((error) => Math.abs(error.learned)));
      const independent = meanOf(errors.map((error) => Math.abs(error.independent)));
      expect(learned).toBeLessThan(0.07);
      // Where agents fail independently, independence is right and cannot be beaten.
      expect(learned).toBeLessThan(Math.max(0.7 * independent, 0.012));
    },
    60_000,
  );
});

interface ChainAttempt {
  model: string | null;
  cost_usd: number;
  edit_ok: boolean;
  lint_ok: boolean;
  test_ok: boolean;
}

it.skipIf(!existsSync(chains))('what real fallbacks do and cost is predicted from others of them', () => {
  const all = readFileSync(chains, 'utf8')
    .trim()
    .split('\n')
    .map((line) => (JSON.parse(line) as { attempts: ChainAttempt[] }).attempts)
    .filter((attempts) => attempts.every(({ model }) => model !== null))
    .filter(([one, two]) => one?.model !== two?.model);
  const passes = ({ edit_ok, lint_ok, test_ok }: ChainAttempt): boolean => edit_ok && lint_ok && test_ok;
  const passing = (tasks: typeof all): number =>
    meanOf(tasks.map((tries) => Number(tries.slice(0, 2).some(passes))));
  const spent = (tasks: typeof all): number =>
    meanOf(tasks.map((tries) => tries.slice(0, 2).reduce((sum, { cost_usd }) => sum + cost_usd, 0)));
  const splits = Array.from({ length: 40 }, (_, seed) => {
    const order = shuffled(all, `chains ${seed}`);
    const [past, present] = [order.slice(0, all.length / 2), order.slice(all.length / 2)];
    const firsts = past.flatMap(([one]) => one ?? []);
    const mean = (firsts.filter(passes).length + 2) / (firsts.length + 4);
    const cost = meanOf(firsts.map(({ cost_usd }) => cost_usd));
    const rows = past.flatMap(([one, two], index) =>
      one === undefined || two === undefined
        ? []
        : [
            {
              key: String(index),
              dimensions: { first: one.model ?? '', then: two.model ?? '', category: 'x' },
              sums: {
                ...{ tries: 1, successes: Number(passes(two)) },
                ...{ timed: 1, ms: 0, costed: 1, costMicroUsd: Math.round(two.cost_usd * 1e6) },
              },
            },
          ],
    );
    const handovers = new HandoverTable(rows);
    // Of the second model alone nothing is known: it is believed to be as the first.
    const believed = () => ({ mean, cost, seconds: 0 });
    handovers.learn(believed, () => true);
    const [second] = past.flatMap((tries) => tries[1] ?? []);
    const models = [firsts[0], second].map((one) => one?.model ?? '');
    const plan = { strategy: 'sequential' as const, agents: models };
    const promise = promiseOf(plan, believed, { handovers, verified: true });
    return {
      learned: (promise?.mean ?? 0) - passing(present),
      independent: 1 - (1 - mean) ** 2 - passing(present),
      cost: (promise?.cost ?? 0) / spent(present),
    };
  });
  const [learned, independent] = [
    meanOf(splits.map((split) => split.learned)),
    meanOf(splits.map((split) => split.independent)),
  ];
  expect(Math.abs(learned)).toBeLessThan(0.06);
  expect(independent).toBeGreaterThan(0.1);
  expect(meanOf(splits.map(({ cost }) => cost))).toBeGreaterThan(0.85);
  expect(meanOf(splits.map(({ cost }) => cost))).toBeLessThan(1.2);
});
