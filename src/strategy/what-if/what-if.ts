/** What other policies would have come to on the logged tasks, beside what happened. */
import { AmountErrors, ShareErrors } from './error-model.js';
import { type Bounds, Estimator, type MeasureEstimate } from './estimator.js';
import { ExpectedAmount } from './expected-amount.js';
import { ExpectedShare } from './expected-share.js';
import {
  type LoggedCandidate,
  type LoggedChoice,
  type Measure,
  measured,
  measures,
} from './logged-choice.js';
import type { TargetPolicy } from './policy.js';
import { Residuals } from './residuals.js';
import { weigh } from './weights.js';

/** A mean of what happened, and the tasks it is known of. */
interface Happened {
  tasks: number;
  mean: number | null;
}

/** What one policy would have come to. */
export interface PolicyEstimate extends Record<Measure, MeasureEstimate> {
  policy: string;
  /** Share of what the policy wants that was not on offer; the estimates leave it out. */
  notOffered: number;
}

export interface WhatIfReport {
  /** Choices in the log. */
  logged: number;
  /** Those that were drawn by chance; the others say nothing of what else could have been. */
  drawn: number;
  /** Drawn choices whose success nobody knows. */
  unknown: number;
  happened: Record<Measure, Happened>;
  policies: PolicyEstimate[];
  /** Plans that were offered, the most often first. */
  plans: string[];
}

const SHARE: Bounds = { least: 0, most: 1 };
const AMOUNT: Bounds = { least: 0, most: Number.POSITIVE_INFINITY };

/**
 * Reads the log once, in the order of its tasks.
 *
 * @param choices oldest first
 */
export async function whatIf(
  policies: readonly TargetPolicy[],
  choices: AsyncIterable<LoggedChoice> | Iterable<LoggedChoice>,
): Promise<WhatIfReport> {
  const byMeasure = measures.map((measure) => new MeasureLog(measure, policies.length));
  const missed = policies.map(() => 0);
  const offered = new Map<string, number>();
  let [logged, drawn, unknown] = [0, 0, 0];
  for await (const choice of choices) {
    logged += 1;
    if (!isDrawn(choice)) continue;
    drawn += 1;
    if (choice.success === null) unknown += 1;
    for (const { plan } of choice.candidates) offered.set(plan, (offered.get(plan) ?? 0) + 1);
    const weighed = policies.map((policy) => weigh(policy, choice));
    weighed.forEach(({ notOffered }, index) => {
      missed[index] = (missed[index] ?? 0) + notOffered;
    });
    for (const log of byMeasure) log.add(choice, weighed);
  }
  const results = byMeasure.map((log) => ({ measure: log.measure, estimates: log.results() }));
  return {
    logged,
    drawn,
    unknown,
    happened: recordOf((measure) => byMeasure.find((log) => log.measure === measure)?.happened()),
    policies: policies.map(({ name }, index) => ({
      policy: name,
      notOffered: drawn === 0 ? 0 : (missed[index] ?? 0) / drawn,
      ...recordOf((measure) => results.find((each) => each.measure === measure)?.estimates[index]),
    })),
    plans: [...offered].sort((one, other) => other[1] - one[1]).map(([plan]) => plan),
  };
}

/** Whether chance took the plan, with chances that were logged. */
function isDrawn({ propensity, plan, candidates }: LoggedChoice): boolean {
  return (
    propensity !== null && candidates.some((candidate) => candidate.plan === plan && candidate.propensity > 0)
  );
}

/** One measure of all tasks, under every policy. */
class MeasureLog {
  private readonly residuals = new Residuals();
  private readonly amounts = new ExpectedAmount();
  private readonly chances = new ExpectedShare();
  private readonly isShare: boolean;
  private readonly estimators: Estimator[];
  private tasks = 0;
  private total = 0;

  constructor(
    readonly measure: Measure,
    policies: number,
  ) {
    this.isShare = measure === 'success' || measure === 'score';
    const isSettled = (plan: string) => this.amounts.isSettled(plan);
    this.estimators = Array.from({ length: policies }, () =>
      this.isShare
        ? new Estimator(new ShareErrors(() => this.chances.dispersion()), SHARE)
        : new Estimator(new AmountErrors(this.residuals, isSettled), AMOUNT),
    );
  }

  add(choice: LoggedChoice, weighed: readonly ReturnType<typeof weigh>[]): void {
    const value = measured(choice, this.measure);
    if (value === null) return;
    const expected = new Map(
      choice.candidates.map((candidate) => [candidate.plan, this.expected(candidate, choice.category)]),
    );
    weighed.forEach((task, index) => {
      const wanted = task.wanted.map(({ plan }) => expected.get(plan) ?? 0);
      this.estimators[index]?.add(task, wanted, value);
    });
    this.tasks += 1;
    this.total += value;
    const taken = choice.candidates.find(({ plan }) => plan === choice.plan);
    if (this.isShare) this.chances.add(choice.plan, taken?.mean ?? value, value, taken?.propensity ?? 1);
    else {
      const guess = !this.amounts.isSettled(choice.plan);
      this.residuals.add(choice.plan, value, guess ? null : (expected.get(choice.plan) ?? null));
      this.amounts.add(choice.plan, choice.category, value);
    }
  }

  happened(): Happened {
    return { tasks: this.tasks, mean: this.tasks === 0 ? null : this.total / this.tasks };
  }

  results(): MeasureEstimate[] {
    return this.estimators.map((estimator) => estimator.result());
  }

  private expected({ plan, mean, cost }: LoggedCandidate, category: string): number {
    if (this.isShare) return this.chances.of(plan, mean);
    return this.amounts.of(plan, category, this.measure === 'cost' ? cost : null);
  }
}

function recordOf<T>(value: (measure: Measure) => T | undefined): Record<Measure, T> {
  const entries = measures.flatMap((measure) => {
    const found = value(measure);
    return found === undefined ? [] : [[measure, found] as const];
  });
  return Object.fromEntries(entries) as Record<Measure, T>;
}
