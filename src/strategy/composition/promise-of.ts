/** What a plan of several agents promises: a formula for each strategy, as the workflow runs it. */

import type { PlanRequest } from '../../shared/task.js';
import type { Expectation, PlanPrior } from '../selection/expectation.js';
import { type Chance, type HandoverTable, type Tried } from './handover-table.js';
import { settings } from './settings.js';
import { average, majorityCurve, successCurve } from './shared-difficulty.js';

/** What is believed of each agent alone, in one category. */
export type Alone = (agent: string) => Expectation;

export interface Judged {
  handovers: HandoverTable;
  /** Whether a program judges each attempt, so that a failure is noticed while the plan runs. */
  verified: boolean;
}

type Agent = Expectation & Tried;

/**
 * What a plan of several agents promises. Money and time of agents that run at once are the sum, and the longest;
 * `deviation` says how sure the formula is, its parts taken for known.
 *
 * @returns null for a plan of one agent
 */
export function promiseOf(plan: PlanRequest, alone: Alone, judged: Judged): PlanPrior | null {
  const agents = plan.agents.map((agent) => ({ agent, ...alone(agent) }));
  const judge = plan.verifier === undefined ? undefined : alone(plan.verifier);
  switch (plan.strategy) {
    case 'single':
      return null;
    case 'sequential':
      return plan.onFailure === 'stop' ? stages(agents, judged) : fallback(agents, judged);
    case 'parallel':
      return parts(agents, judged);
    case 'hierarchical':
      return led(agents);
    default:
      if (judged.verified) return race(agents, judged);
      return judge === undefined ? vote(agents, judged) : judgement(agents, judge, judged);
  }
}

/**
 * One after another until one does not fail: success = p1 + (1 - p1) q2 + (1 - p1) (1 - q2) q3 + ..., where q is the
 * chance after those before failed ({@link HandoverTable.after}); cost and time are those of each agent times the
 * chance that it is reached. Where nobody judges the attempts, the next is reached only when an agent says of itself
 * that it failed.
 */
function fallback(agents: readonly Agent[], { handovers, verified }: Judged): PlanPrior {
  const noticed = verified ? 1 : settings.admits;
  const sum = { mean: 0, cost: 0, seconds: 0 };
  let [reached, unsure] = [1, 0];
  agents.forEach((agent, index) => {
    const before = agents.slice(0, index);
    const last = before.at(-1);
    const ratio = last === undefined ? { cost: 1, seconds: 1 } : handovers.amounts(last.agent, agent.agent);
    const chance: Chance =
      last === undefined ? { mean: agent.mean, deviation: 0 } : handovers.after(before, agent);
    sum.mean += reached * chance.mean;
    sum.cost += reached * agent.cost * ratio.cost;
    sum.seconds += reached * agent.seconds * ratio.seconds;
    // What a later agent would still mend is neglected: the deviation is rather too large.
    unsure += (reached * chance.deviation) ** 2;
    reached *= (1 - chance.mean) * noticed;
  });
  const first = agents[0]?.mean ?? 0;
  // Anything from never to always is as likely of an agent's own word that it failed: deviation sqrt(1 / 12).
  if (!verified) unsure += ((sum.mean - first) / settings.admits) ** 2 / 12;
  return { ...sum, deviation: Math.hypot(settings.deviation.followed, Math.sqrt(unsure)) };
}

/**
 * One after another, all of which have to do their part: success = the chance that all succeed, though a part is not
 * the whole task; so its own record soon says more. Each stage is paid for when those before it succeeded.
 */
function stages(agents: readonly Agent[], { handovers }: Judged): PlanPrior {
  const sum = { cost: 0, seconds: 0 };
  agents.forEach((agent, index) => {
    const reached = allSucceed(agents.slice(0, index), handovers.share);
    sum.cost += reached * agent.cost;
    sum.seconds += reached * agent.seconds;
  });
  return { ...sum, mean: allSucceed(agents, handovers.share), deviation: settings.deviation.stages };
}

/** At once, and all have to succeed: the workflow merges what they report. */
const parts = (agents: readonly Agent[], { handovers }: Judged): PlanPrior => ({
  ...atOnce(agents),
  mean: allSucceed(agents, handovers.share),
  deviation: settings.deviation.judged,
});

/**
 * A lead splits the task and integrates the parts: success as of the lead alone, since its integration decides. It
 * is paid for once, as the split and the integration are both less than the task; the parts go to the others.
 */
function led([lead, ...others]: readonly Agent[]): PlanPrior {
  const parted = atOnce(others);
  return {
    mean: lead?.mean ?? 0,
    cost: (lead?.cost ?? 0) + parted.cost,
    seconds: (lead?.seconds ?? 0) + parted.seconds,
    deviation: settings.deviation.stages,
  };
}

/** Independent answers of which one that is judged right wins: the chance that any is right, as of a fallback. */
function race(agents: readonly Agent[], judged: Judged): PlanPrior {
  const { mean, deviation } = fallback(agents, judged);
  return { ...atOnce(agents), mean, deviation };
}

/**
 * Independent answers among which an agent judges: r P(any right) + (1 - r) (mean of theirs), with r the chance
 * that it names a right one; otherwise it names any.
 */
function judgement(agents: readonly Agent[], judge: Expectation, { handovers }: Judged): PlanPrior {
  const { mean, deviation } = fallback(agents, { handovers, verified: true });
  const drawn = agents.reduce((sum, agent) => sum + agent.mean, 0) / Math.max(1, agents.length);
  const spent = atOnce(agents);
  return {
    mean: settings.judges * mean + (1 - settings.judges) * drawn,
    cost: spent.cost + judge.cost,
    seconds: spent.seconds + judge.seconds,
    deviation: Math.hypot(settings.deviation.judged, deviation),
  };
}

/**
 * The answer of more than half: P(more than half right), at the difficulty they have in common (Condorcet's theorem
 * for voters that are not independent; Ladha, American Journal of Political Science 36(3), 1992), times the chance
 * that right answers are the same text.
 */
function vote(agents: readonly Agent[], { handovers }: Judged): PlanPrior {
  const { sameWhenRight, compared } = handovers.agreement(agents.map(({ agent }) => agent));
  const right = average(majorityCurve(agents.map(({ mean }) => successCurve(mean, handovers.share))));
  return {
    ...atOnce(agents),
    mean: right * sameWhenRight,
    deviation: Math.hypot(
      settings.deviation.judged,
      right * Math.sqrt((sameWhenRight * (1 - sameWhenRight)) / (3 + compared)),
    ),
  };
}

const atOnce = (agents: readonly Expectation[]): Pick<PlanPrior, 'cost' | 'seconds'> => ({
  cost: agents.reduce((sum, { cost }) => sum + cost, 0),
  seconds: Math.max(0, ...agents.map(({ seconds }) => seconds)),
});

const allSucceed = (agents: readonly Agent[], share: number): number =>
  average(...agents.map(({ mean }) => successCurve(mean, share)));
