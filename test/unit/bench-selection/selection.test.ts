import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { SelectionFigures } from '../../../bench/selection/selection.js';
import { selection } from '../../../bench/selection/selection.js';
import { syntheticReplay } from '../evaluate/synthetic-replay.js';

let folder: string;

beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'journeyman-bench-selection-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

const run = async (options: Record<string, string>) => {
  const { figures, text } = await selection.run(new Map(Object.entries(options)));
  // The same object that is printed as JSON.
  return { figures: figures as unknown as SelectionFigures, text };
};

describe('a folder of replay files', () => {
  it('is compared file by file, with budgets where costs are known', async () => {
    // The second agent is right in three of four tasks for $0.03, the others in one of four for $0.01.
    const reward = (task: number, agent: number) => (task % 4 === 0 ? 0 : 1) ^ (agent === 1 ? 0 : 1);
    const replay = syntheticReplay(400, 3, reward, (_, agent) => (agent === 1 ? 0.03 : 0.01));
    const lines = [{ agents: replay.agents }, ...replay.tasks].map((line) => JSON.stringify(line));
    await writeFile(path.join(folder, 'priced.jsonl'), lines.join('\n'));
    await writeFile(path.join(folder, 'notes.txt'), 'not a replay');

    const { figures, text } = await run({
      seeds: '3',
      only: 'files',
      data: folder,
      methods: 'shipping',
      budgets: '0.02',
    });
    const [gaps] = figures.gaps;
    expect(gaps).toMatchObject({ name: 'priced', worlds: 3, best: 0.75 });
    expect(gaps?.random).toBeCloseTo((0.75 + 2 * 0.25) / 3, 12);
    expect(gaps?.rows.map(({ method }) => method)).toEqual(['thompson', 'shipping']);
    for (const { gapClosed } of gaps?.rows ?? []) expect(gapClosed.mean).toBeGreaterThan(0.5);
    const [budgets] = figures.budgets;
    expect(budgets?.name).toBe('priced, $0.0200');
    // Half of the tasks each.
    expect(budgets?.mixture).toBeCloseTo(0.5, 12);
    const shipping = budgets?.rows.find(({ method }) => method === 'shipping');
    expect(shipping?.mostSpent).toBeLessThan(1.02);
    expect(shipping?.reward.mean).toBeGreaterThan(0.4);
    expect(text).toContain('priced: 3 worlds, random 0.417, best single 0.750');
    expect(text).toContain('| method | gap closed | beside thompson | worlds at least as good |');
    expect(text).toMatch(/\| shipping \| 0\.\d{3} ± 0\.\d{3} \| [+-]0\.\d{3} ± 0\.\d{3} \| \d+% \|/);
  });

  it('has to be one with such files', async () => {
    const empty = await mkdtemp(path.join(folder, 'empty-'));
    await expect(run({ data: empty })).rejects.toThrow('expected a folder of replay files (*.jsonl)');
    await expect(run({ data: path.join(folder, 'none') })).rejects.toThrow(
      'expected a readable folder (ENOENT)',
    );
  });
});

it('drawn worlds are compared, and the same again by the same seeds', async () => {
  const options = { seeds: '2', only: 'development,held-out', methods: 'ucb1' };
  const { figures, text } = await run(options);
  expect(figures.gaps.map(({ name }) => name)).toEqual(['development', 'held-out']);
  expect((await run(options)).text).toBe(text);
  expect((await run({ ...options, first: '3' })).text).not.toBe(text);
}, 120_000);
