import { describe, expect, it } from 'vitest';
import { type KeyedCounter, TenantEvidence } from '../../../src/strategy/tenant-evidence.js';
import { claims, executions } from './plan-offers.js';

const BASE = 28_000_000;
const MINUTE = 60_000;

function fed(...batches: KeyedCounter[][]): TenantEvidence {
  const evidence = new TenantEvidence();
  for (const batch of batches) evidence.update(batch);
  return evidence;
}
const cell = (evidence: TenantEvidence, agent: string) =>
  evidence.table.plans.get(`single(${agent})`)?.cells.get('c');
const believed = (evidence: TenantEvidence, agents: string[]) => {
  const plans = agents.map((agent) => `single(${agent})`);
  const { beliefs } = evidence.choose({ category: 'c', plans }, () => 0.5);
  return new Map(beliefs.map(({ plan, mean }) => [plan, mean]));
};

describe("a tenant's evidence", () => {
  it('takes in what a counter holds, however often it is told', () => {
    const row = executions('a', BASE, { n: 4, successes: 3 });
    const later = executions('a', BASE, { n: 6, successes: 4 });
    const evidence = fed([row], [row, row], [later], [later]);
    expect(cell(evidence, 'a')).toMatchObject({ executions: 6, reward: 4 });
    expect(evidence.table.tasks).toBe(6);
    expect(evidence.size).toBe(1);
  });

  it('keeps plans of several agents apart from what single ones are like', () => {
    const singles = [
      executions('a', BASE, { n: 40, successes: 20 }),
      executions('b', BASE, { n: 40, successes: 20 }),
    ];
    const [alone, beside] = [fed(singles), fed(singles)];
    const several = executions('a', BASE, { n: 400, successes: 400 });
    const dimensions = { ...several.dimensions, plan: 'sequential(a>b)' };
    beside.update([{ ...several, key: 'several', dimensions }]);
    const newcomer = (evidence: TenantEvidence) => believed(evidence, ['a', 'b', 'c']).get('single(a)');
    expect(newcomer(beside)).toBeCloseTo(newcomer(alone) ?? 0, 6);
  });

  it('counts a task once, though its first try tells of another plan, too', () => {
    const plan = executions('a', BASE, { n: 10, successes: 8 });
    const dimensions = { ...plan.dimensions, plan: 'sequential(a>b)' };
    const tries = executions('a', BASE, { n: 10, successes: 6 });
    const within = (n: number) => ({ ...tries, sums: { ...tries.sums, within: n } });
    const evidence = fed([{ ...plan, key: 'several', dimensions }, within(10)]);
    expect(evidence.table.tasks).toBe(10);
    expect(evidence.table.categories.get('c')).toBe(10);
    expect(cell(evidence, 'a')).toMatchObject({ executions: 10, reward: 6 });
    // One of the agent's own tasks in the same minute.
    evidence.update([within(9)]);
    expect(evidence.table.tasks).toBe(11);
  });

  it('follows a correction of an old minute', () => {
    const rows = Array.from({ length: 60 }, (_, index) =>
      executions('a', BASE + index, { n: 1, successes: 1 }),
    );
    const corrected = executions('a', BASE + 3, { n: 1, successes: 0 });
    const [one, other] = [fed(rows, [corrected]), fed(rows.with(3, corrected))];
    expect(cell(one, 'a')?.reward).toBeCloseTo(cell(other, 'a')?.reward ?? 0, 9);
    expect(cell(one, 'a')?.executions).toBeCloseTo(cell(other, 'a')?.executions ?? 0, 9);
    expect(believed(one, ['a', 'b']).get('single(a)')).toBeCloseTo(
      believed(other, ['a', 'b']).get('single(a)') ?? 0,
      6,
    );
  });

  it('weighs the own word of agents anew when the trust in it changes', () => {
    const said = ['a', 'b'].map((agent) =>
      executions(agent, BASE, {
        n: 20,
        successes: 16,
        sums: { claimedSuccesses: 16e6, claimedFailures: 4e6 },
      }),
    );
    const evidence = fed(said);
    const before = believed(evidence, ['a', 'b']);
    expect(before.get('single(a)')).toBeCloseTo(before.get('single(b)') ?? 0, 12);
    evidence.update([claims('a', 5, 15), claims('b', 20, 0)]);
    // 16 claims of success that hold in 9.75 of 25, and 4 of failure that hold in 95%.
    expect(cell(evidence, 'a')?.reward).toBeCloseTo(16 * (9.75 / 25) + 4 * 0.05);
    expect(cell(evidence, 'a')?.executions).toBe(20);
    const after = believed(evidence, ['a', 'b']);
    expect(after.get('single(a)')).toBeLessThan(after.get('single(b)') ?? 0);
    // All at once, or the trust first, comes to the same.
    const once = fed([claims('a', 5, 15), ...said]);
    expect(cell(once, 'a')?.reward).toBeCloseTo(cell(evidence, 'a')?.reward ?? 0);
  });

  it('knows a plan once it was offered or ran, and not by its answers', () => {
    const evidence = fed([
      executions('ran', BASE, { n: 1 }),
      executions('offered', BASE, { sums: { introduced: 1 } }),
      executions('silent', BASE, { sums: { unanswered: 1 } }),
    ]);
    const known = ['ran', 'offered', 'silent', 'never'].map((agent) => evidence.knows(`single(${agent})`));
    expect(known).toEqual([true, true, false, false]);
    expect(evidence.table.isNewcomer('single(offered)')).toBe(false);
    evidence.update([executions('ran', BASE + 1, { n: 50, successes: 25 })]);
    evidence.update([executions('ran', BASE + 2, { n: 1 })]);
    evidence.update([executions('late', BASE + 3, { sums: { introduced: 1 } })]);
    expect(evidence.table.isNewcomer('single(late)')).toBe(true);
    expect(evidence.table.isNewcomer('single(offered)')).toBe(false);
  });
});

describe('an agent that nobody answers for', () => {
  const outage = (slot: number) => executions('a', slot, { sums: { unanswered: 1 } });
  const minutesOut = (evidence: TenantEvidence, from: number): number => {
    let minutes = 0;
    while (evidence.isLeftOut('a', (from + 1 + minutes) * MINUTE)) minutes += 1;
    return minutes;
  };

  it('is left out for two minutes, and twice as long each time it is tried in vain, up to an hour', () => {
    const evidence = fed([outage(BASE)]);
    expect(evidence.isLeftOut('b', BASE * MINUTE)).toBe(false);
    const waits: number[] = [];
    for (let [slot, tries] = [BASE, 0]; tries < 8; tries += 1) {
      const wait = minutesOut(evidence, slot);
      waits.push(wait);
      slot += wait + 1;
      evidence.update([outage(slot)]);
    }
    expect(waits).toEqual([2, 4, 8, 16, 32, 60, 60, 60]);
  });

  it('is not left out longer for calls that were under way, and back at once when one is taken', () => {
    const evidence = fed([outage(BASE)], [outage(BASE + 1)]);
    expect(minutesOut(evidence, BASE + 1)).toBe(2);
    evidence.update([executions('a', BASE + 2, { n: 1 })]);
    expect(minutesOut(evidence, BASE + 1)).toBe(0);
    evidence.update([outage(BASE + 3)]);
    expect(minutesOut(evidence, BASE + 3)).toBe(2);
    // As part of a plan of several, it has no execution of its own.
    evidence.update([executions('a', BASE + 4, { sums: { answered: 1 } })]);
    expect(minutesOut(evidence, BASE + 3)).toBe(0);
  });

  it('is believed of no less than before', () => {
    const rows = [
      executions('a', BASE, { n: 9, successes: 6 }),
      executions('b', BASE, { n: 9, successes: 3 }),
    ];
    const evidence = fed(rows);
    const before = believed(evidence, ['a', 'b']);
    evidence.update([outage(BASE + 1), outage(BASE + 2)]);
    expect(believed(evidence, ['a', 'b'])).toEqual(before);
  });
});
