/** Two lines that tell a person why a plan was chosen. */
import type { PlanPreference } from '../shared/plan-preference.js';
import type { PlanBelief } from './selection/select-plan.js';

/** What the reason tells of. */
export interface Chosen {
  category: string;
  plan: string;
  /** Of all plans that were offered, at least the chosen one. */
  beliefs: readonly PlanBelief[];
  explored: boolean;
  /** Reward a USD. */
  price: number;
  /** USD a task; undefined: none is held. */
  budget: number | undefined;
  introduced: readonly string[];
  unavailable: readonly string[];
  /** The decision on advice that changed the draw. */
  preferred: PlanPreference | null;
}

/** Names that are told one by one. */
const MOST_NAMES = 3;

/** The first line says what is expected, how sure that is, and of what else; the second how the choice came about. */
export function reasonOf(chosen: Chosen): string {
  const { category, plan, beliefs, explored, price, budget, introduced, unavailable, preferred } = chosen;
  const own = beliefs.find((belief) => belief.plan === plan);
  const rival = [...beliefs].filter((belief) => belief.plan !== plan).sort((a, b) => b.mean - a.mean)[0];
  const weighed = price > 0;
  const expected =
    own === undefined ? [] : [`expected to succeed in ${told(own, weighed)} of ${category} tasks`];
  const beside = rival === undefined ? 'the only plan' : `beside it ${rival.plan}: ${told(rival, weighed)}`;
  const why =
    preferred !== null
      ? `taken as was decided on advice (${preferred.id})`
      : explored
        ? 'taken to learn how good it is'
        : 'taken as the best by what is known';
  const second = [
    own === undefined || rival === undefined ? null : `${why} (probability ${probability(own.propensity)})`,
    budget === undefined ? null : `${usd(budget)} a task are to be held`,
    weighed ? `1 USD weighs ${rounded(price)} of success` : null,
    unavailable.length === 0 ? null : `left out, as nobody answered for them lately: ${names(unavailable)}`,
    introduced.length === 0 || introduced.length === beliefs.length
      ? null
      : `offered for the first time: ${names(introduced)}`,
  ].filter((part) => part !== null);
  return [[...expected, beside].join('; '), second.join('; ')].filter((line) => line !== '').join('\n');
}

/** `83% (74-90%, 41 runs)`, and what it costs where that matters. */
function told({ mean, deviation, executions, cost }: PlanBelief, weighed: boolean): string {
  const bound = (deviations: number): number => Math.min(1, Math.max(0, mean + deviations * deviation));
  const interval = `${Math.round(bound(-1.96) * 100)}-${percent(bound(1.96))}`;
  return `${percent(mean)} (${interval}, ${executions} ${executions === 1 ? 'run' : 'runs'}${weighed ? `, ${usd(cost)}` : ''})`;
}

const percent = (share: number): string => `${Math.round(share * 100)}%`;
const rounded = (value: number): string => String(Number(value.toPrecision(2)));
const usd = (value: number): string => `$${rounded(value)}`;
/** Never rounded to a certainty that it is not. */
const probability = (value: number): string =>
  value > 0.99 || value < 0.01 ? String(Number(value.toPrecision(3))) : value.toFixed(2);

const names = (all: readonly string[]): string =>
  all.length <= MOST_NAMES
    ? all.join(', ')
    : `${all.slice(0, MOST_NAMES).join(', ')} and ${all.length - MOST_NAMES} more`;
