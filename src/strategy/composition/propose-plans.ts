/** Which plans of several agents are worth considering for a task. */
import { planKey } from '../../shared/plan-key.js';
import type { PlanRequest } from '../../shared/task.js';
import type { Complexity } from '../../shared/terms.js';
import type { Expectation } from '../selection/expectation.js';
import { type Judged, promiseOf } from './promise-of.js';
import { settings } from './settings.js';

export interface ProposalRequest extends Judged {
  /** Agents that may be chosen and are to be had, with what is believed of each alone in the task's category. */
  singles: ReadonlyMap<string, Expectation>;
  /** Success that one USD is worth: what is configured, or what holding the budget takes. */
  rewardPerUsd?: number;
  rewardPerHour?: number;
  complexity?: Complexity;
  /** Agents that the analysis suggests: they come first where nothing else tells agents apart. */
  suggested?: readonly string[];
  /** What is believed of plans that were tried, by key, with their executions: it goes before what they promise. */
  tried?: ReadonlyMap<string, TriedPlan>;
}

export type TriedPlan = Expectation & { executions: number };

interface Proposal extends Expectation {
  plan: PlanRequest;
  key: string;
  /** Success less what is paid for it. */
  value: number;
  executions: number;
}

/**
 * At most {@link settings.proposals} plans, none where a single agent is as good: what it promises has to be above the
 * best single agent by {@link settings.leastGain}, in success less what cost and time weigh.
 *
 * - A fallback of two agents, where programs judge each attempt: the one of the highest value, or of those within
 *   {@link settings.tie} of it the cheapest, e.g. a cheap agent with a dear one after it. One that was tried stays until
 *   another promises {@link settings.loyalty} more, so that its record can grow.
 * - Longer by a third agent, where that adds as much again; by a fourth where the task is complex, too.
 * - Consensus of the same agents where programs judge, for those to whom time is dear; without them only where many
 *   answers were compared, the agents often differ, and their majority promises more than the best of them.
 *
 * Where no weight of cost is stated, a fallback cannot lose; its extra success may then cost
 * {@link settings.mostPrice} times as much as a success of the best agent does on average.
 */
export function proposePlans(request: ProposalRequest): PlanRequest[] {
  const agents = [...request.singles.keys()];
  if (agents.length < 2) return [];
  const bar = barOf(request);
  const worth = (plans: readonly PlanRequest[]): Proposal[] =>
    plans.map((plan) => proposalOf(plan, request)).filter((proposal) => isWorth(proposal, bar, request));
  const found = request.verified ? fallbacks(request, worth) : votes(request, worth);
  const unique = new Map(found.map((proposal) => [proposal.key, proposal.plan]));
  return [...unique.values()].slice(0, settings.proposals);
}

type Worth = (plans: readonly PlanRequest[]) => Proposal[];

function fallbacks(request: ProposalRequest, worth: Worth): Proposal[] {
  const parts = partsOf(request);
  const pairs = worth(
    parts.flatMap((first) => parts.filter((then) => then !== first).map((then) => sequence([first, then]))),
  );
  const [best, ...rest] = ranked(pairs);
  if (best === undefined) return [];
  const chosen = thriftiest([best, ...rest]);
  const longer: Proposal[] = [];
  let last = chosen;
  const most = request.complexity === 'COMPLEX' || request.complexity === 'VERY_COMPLEX' ? 4 : 3;
  while (last.plan.agents.length < most) {
    const { agents } = last.plan;
    const further = parts.filter((agent) => !agents.includes(agent));
    const next = ranked(worth(further.map((agent) => sequence([...agents, agent]))));
    const [top] = next;
    if (top === undefined || top.value < last.value + settings.leastGain) break;
    last = thriftiest(next);
    longer.push(last);
  }
  // It succeeds as often as the fallback and costs more: only time can speak for it.
  const race = (request.rewardPerHour ?? 0) > 0 ? worth([consensusOf(chosen.plan.agents)]) : [];
  return [chosen, ...longer, ...race.filter(({ value }) => value >= chosen.value + settings.leastGain)];
}

function votes(request: ProposalRequest, worth: Worth): Proposal[] {
  const voters = partsOf(request).slice(0, settings.parts.best);
  const panels = voters.flatMap((one, index) =>
    voters
      .slice(index + 1)
      .flatMap((two, offset) => voters.slice(index + offset + 2).map((three): string[] => [one, two, three])),
  );
  const differing = panels.filter((agents) => {
    const { compared, agreed } = request.handovers.agreement(agents);
    return compared >= settings.leastCompared && agreed <= settings.mostAgreement * compared;
  });
  const found = ranked(worth(differing.map(consensusOf)));
  return found.length === 0 ? [] : [thriftiest(found)];
}

const consensusOf = (agents: string[]): PlanRequest => ({ strategy: 'consensus', agents });
const sequence = (agents: string[]): PlanRequest => ({ strategy: 'sequential', agents });

/** What the best agent alone is worth, and what its success costs. */
interface Bar {
  value: number;
  mean: number;
  cost: number;
  seconds: number;
}

function barOf(request: ProposalRequest): Bar {
  const values = [...request.singles.values()].map((single) => ({
    ...single,
    value: valueOf(single, request),
  }));
  return values.reduce((best, each) => (each.value > best.value ? each : best));
}

function proposalOf(plan: PlanRequest, request: ProposalRequest): Proposal {
  const key = planKey(plan);
  const tried = request.tried?.get(key);
  const promise =
    tried !== undefined && tried.executions > 0 ? tried : promiseOf(plan, aloneIn(request), request);
  if (promise === null) throw new RangeError(`${key}: a plan of several agents is needed`);
  const { mean, cost, seconds } = promise;
  const value = valueOf(promise, request);
  return { plan, key, mean, cost, seconds, value, executions: executionsOf(key, request) };
}

/** How often a plan was run: alone, or as the beginning of a longer fallback. */
function executionsOf(key: string, { tried = new Map<string, TriedPlan>() }: ProposalRequest): number {
  const beginning = key.startsWith('sequential(') ? `${key.slice(0, -1)}>` : null;
  let sum = 0;
  for (const [other, { executions }] of tried)
    if (other === key || (beginning !== null && other.startsWith(beginning))) sum += executions;
  return sum;
}

const aloneIn =
  ({ singles }: ProposalRequest) =>
  (agent: string): Expectation => {
    const known = singles.get(agent);
    if (known === undefined) throw new RangeError(`agent ${agent}: not among those offered`);
    return known;
  };

function valueOf(
  { mean, cost, seconds }: Expectation,
  { rewardPerUsd = 0, rewardPerHour = 0 }: ProposalRequest,
): number {
  return mean - rewardPerUsd * cost - (rewardPerHour * seconds) / 3_600;
}

function isWorth(proposal: Proposal, bar: Bar, { rewardPerUsd = 0, rewardPerHour = 0 }: ProposalRequest) {
  if (proposal.value < bar.value + settings.leastGain) return false;
  if (rewardPerUsd > 0 || rewardPerHour > 0) return true;
  const extra = proposal.cost - bar.cost;
  return extra <= 0 || bar.cost <= 0
    ? true
    : extra / (proposal.mean - bar.mean) <= (settings.mostPrice * bar.cost) / Math.max(0.01, bar.mean);
}

/** Agents worth combining: the best, and those whose success is the cheapest. */
function partsOf(request: ProposalRequest): string[] {
  const { singles, suggested = [] } = request;
  const place = (agent: string): number => suggested.indexOf(agent) + 1 || suggested.length + 1;
  const by = (of: (single: Expectation) => number): string[] =>
    [...singles]
      .sort(([a, one], [b, other]) => of(other) - of(one) || place(a) - place(b))
      .map(([agent]) => agent);
  const best = by((single) => valueOf(single, request)).slice(0, settings.parts.best);
  const cheapest = by(({ mean, cost }) => (cost > 0 ? mean / cost : 0)).slice(0, settings.parts.cheapest);
  return [...new Set([...best, ...cheapest])];
}

const ranked = (proposals: readonly Proposal[]): Proposal[] =>
  [...proposals].sort((one, other) => other.value - one.value);

/** Of those that are as good as the first, the cheapest; one that was tried goes before those that were not. */
function thriftiest([best, ...rest]: readonly Proposal[]): Proposal {
  if (best === undefined) throw new RangeError('proposals: none; at least one is needed');
  const stays = [best, ...rest].find(
    ({ executions, value }) => executions > 0 && value >= best.value - settings.loyalty,
  );
  const top = stays ?? best;
  return [top, ...rest]
    .filter(
      ({ executions, value }) =>
        Math.abs(value - top.value) <= settings.tie && (stays === undefined || executions > 0),
    )
    .reduce((least, each) => (each.cost < least.cost ? each : least), top);
}
