import { expect, it } from 'vitest';
import { seededUniform } from '../../../../src/evidence/random.js';
import { planKey } from '../../../../src/shared/plan-key.js';
import { combineAgents } from '../../../../src/strategy/composition/combine-agents.js';
import { type HandoverRow, HandoverTable } from '../../../../src/strategy/composition/handover-table.js';
import { EvidenceTable } from '../../../../src/strategy/selection/evidence-table.js';
import { currentModel, selectPlan } from '../../../../src/strategy/selection/select-plan.js';
import { evidenceRow } from '../selection/evidence-rows.js';
import { drawTasks } from './worlds.js';

const names = ['a', 'b', 'c', 'd'];
const singleKeys = names.map((name) => `single(${name})`);

/** Runs a tenant through tasks, each agent's outcome given. @returns successes less what is paid, and plans run */
function run(tasks: readonly boolean[][], rewardPerUsd: number, combines: boolean) {
  const [table, handovers] = [new EvidenceTable(), new HandoverTable()];
  const rows = new Map<string, HandoverRow>();
  const uniform = seededUniform('combine');
  const plansRun: string[] = [];
  let value = 0;
  tasks.forEach((task, slot) => {
    const made = combines
      ? combineAgents({ table, category: 'x', handovers, verified: true, agents: names, rewardPerUsd })
      : null;
    const plans = [...singleKeys, ...(made?.proposals.map(planKey) ?? [])];
    const request = {
      category: 'x',
      plans,
      rewardPerUsd,
      ...(made === null ? {} : { compose: made.compose }),
    };
    const { plan } = selectPlan(table, currentModel(table, request), request, uniform);
    const agents = plan.slice(plan.indexOf('(') + 1, -1).split('>');
    const tried = agents.findIndex((agent) => task[names.indexOf(agent)] === true);
    const [success, cost] = [tried >= 0, tried >= 0 ? tried + 1 : agents.length];
    table.add(evidenceRow({ plan, slot, reward: Number(success), expected: 0.5, predicted: 0, cost }));
    if (cost > 1) {
      const key = `${agents[0]} ${agents[1]}`;
      const row = rows.get(key) ?? {
        dimensions: { first: agents[0] ?? '', then: agents[1] ?? '', category: 'x' },
        sums: { tries: 0, successes: 0 },
      };
      row.sums['tries'] = (row.sums['tries'] ?? 0) + 1;
      row.sums['successes'] = (row.sums['successes'] ?? 0) + Number(tried === 1);
      rows.set(key, row);
      handovers.update([row]);
    }
    plansRun.push(plan);
    value += Number(success) - rewardPerUsd * cost;
  });
  return { value: value / tasks.length, plansRun };
}

it('a fallback is taken where it mends much, and the same ones are proposed again', () => {
  const tasks = drawTasks([0.6, 0.5, 0.4, 0.3], 0.2, 300, 'much to mend');
  const combined = run(tasks, 0, true);
  expect(combined.value).toBeGreaterThan(run(tasks, 0, false).value + 0.15);
  const several = combined.plansRun.filter((plan) => plan.startsWith('sequential'));
  expect(several.length).toBeGreaterThan(200);
  expect(new Set(several).size).toBeLessThan(25);
});

it('one agent is left alone where the next costs more than it mends', () => {
  const tasks = drawTasks([0.6, 0.5, 0.4, 0.3], 0.2, 300, 'dear');
  const combined = run(tasks, 0.9, true);
  expect(combined.plansRun.filter((plan) => plan.startsWith('single')).length).toBeGreaterThan(290);
});

it('nothing is proposed to a task that nobody judges', () => {
  const request = {
    table: new EvidenceTable(),
    category: 'x',
    handovers: new HandoverTable(),
    agents: names,
  };
  expect(combineAgents({ ...request, verified: false }).proposals).toEqual([]);
  expect(combineAgents({ ...request, verified: true }).proposals.length).toBeGreaterThan(0);
});
