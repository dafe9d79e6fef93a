/** Choices from evidence in memory, beside Thompson sampling from counts in memory. */
import { beta, seededUniform } from '../../src/evidence/random.js';
import { choosePlan } from '../../src/strategy/choose-plan.js';
import { EVIDENCE } from '../../src/strategy/evidence-rows.js';
import { type KeyedCounter, TenantEvidence } from '../../src/strategy/tenant-evidence.js';
import { type Beside, beside, type Time, timed } from './latency.js';
import { offer, requestFor } from './offer.js';
import { type PastTask, TASKS, tasks } from './past.js';

const CHOICES = 2_000;

export interface InMemory {
  /** Taking in all of the past at once, and the first choice after that. */
  takingInAll: Time;
  firstChoice: Time;
  /** With a record coming in between any two, which is not timed. */
  plain: Beside;
  /** The same with a budget to hold. */
  budget: Beside;
}

/** USD a task: a little more than the cheapest plans cost. */
const BUDGET = 0.004;

export async function measureInMemory(): Promise<InMemory> {
  const past = tasks();
  const counts = new Counts();
  const first = Array.from({ length: TASKS }, () => past.next().value);
  for (const task of first) counts.add(task);
  const evidence = new TenantEvidence();
  const takingInAll = await timed(() => evidence.update(first.flatMap(countersOf)));
  const choose = (task: PastTask, at: number, budget?: number) =>
    timed(() => choosePlan(evidence, offer, requestFor(task, at, budget), task.endedAt));
  const firstChoice = await choose(past.next().value, -1);
  const rounds = async (budget?: number): Promise<Beside> => {
    const [ours, baseline]: [Time[], Time[]] = [[], []];
    for (let at = 0; at < CHOICES; at++) {
      const task = past.next().value;
      ours.push(await choose(task, at, budget));
      baseline.push(await timed(() => counts.choose(task.category, at)));
      evidence.update(countersOf(task));
      counts.add(task);
    }
    return beside(ours, baseline);
  };
  return { takingInAll, firstChoice, plain: await rounds(), budget: await rounds(BUDGET) };
}

const countersOf = ({ increments }: PastTask): KeyedCounter[] =>
  increments
    .filter(({ projection }) => projection === EVIDENCE)
    .map((increment) => ({ ...increment, key: Object.values(increment.dimensions).join('|') }));

/** Successes and failures of each plan in each category. */
class Counts {
  private readonly byCategory = new Map<string, Map<string, { a: number; b: number }>>();

  add({ category, plan, success }: PastTask): void {
    const plans = this.byCategory.get(category) ?? new Map<string, { a: number; b: number }>();
    this.byCategory.set(category, plans);
    const counts = plans.get(plan) ?? { a: 1, b: 1 };
    counts[success ? 'a' : 'b'] += 1;
    plans.set(plan, counts);
  }

  choose(category: string, seed: number): string {
    return thompson(this.byCategory.get(category) ?? new Map(), seed);
  }
}

/** The plan of the highest draw from its Beta posterior. */
export function thompson(plans: ReadonlyMap<string, { a: number; b: number }>, seed: number): string {
  const uniform = seededUniform(`thompson ${seed}`);
  let [chosen, top] = ['', -1];
  for (const [plan, { a, b }] of plans) {
    const draw = beta(a, b, uniform);
    if (draw > top) [chosen, top] = [plan, draw];
  }
  return chosen;
}
