/** Which agents suit a task: by what they declare they can do, and by how they did. Pure. */
import { betaInterval } from '../../evidence/beta.js';
import type { AgentPast } from './history.js';

/** An agent that could be suggested. */
export interface CapableAgent {
  type: string;
  capabilities: readonly string[];
}

/** Outcomes below which an agent's past in a category says nothing of it. */
const LEAST_OUTCOMES = 5;
/** Tasks that the category's own success rate weighs as much as, beside an agent's. */
const PRIOR_TASKS = 4;
/** Agents without a fitting capability that are suggested by their past, at most. */
const MOST_BY_PAST = 3;

/**
 * The agents with a capability that the task needs, and those that did no worse in the category than all agents
 * together there; the ones that did best first.
 *
 * @param needs names of requirements and categories
 */
export function suggestAgents(
  agents: readonly CapableAgent[],
  needs: ReadonlySet<string>,
  category: string,
  past: readonly AgentPast[],
): { suggested: string[]; evidence: string[] } {
  const ofCategory = past.filter((one) => one.category === category);
  const successes = ofCategory.reduce((sum, one) => sum + one.successes, 0);
  const outcomes = successes + ofCategory.reduce((sum, one) => sum + one.failures, 0);
  const usual = (successes + 1) / (outcomes + 2);
  const known = agents.map((agent, order) => {
    const own = ofCategory.filter(({ agentType }) => agentType === agent.type);
    const good = own.reduce((sum, one) => sum + one.successes, 0);
    const bad = own.reduce((sum, one) => sum + one.failures, 0);
    return {
      type: agent.type,
      order,
      capabilities: agent.capabilities.filter((capability) => needs.has(capability)),
      good,
      all: good + bad,
      rate: (good + PRIOR_TASKS * usual) / (good + bad + PRIOR_TASKS),
    };
  });
  type Known = (typeof known)[number];
  const byMerit = (one: Known, other: Known): number => other.rate - one.rate || one.order - other.order;
  const didWell = known
    .filter(({ all, rate, good }) => all >= LEAST_OUTCOMES && rate >= usual && good > 0)
    .sort(byMerit);
  const byPast = new Set(
    didWell.filter(({ capabilities }) => capabilities.length === 0).slice(0, MOST_BY_PAST),
  );
  const suggested = known.filter((one) => one.capabilities.length > 0 || byPast.has(one)).sort(byMerit);
  return {
    suggested: suggested.map(({ type }) => type),
    evidence: suggested.map(({ type, capabilities, good, all }) => {
      const can = capabilities.length > 0 ? [`capability ${capabilities.join(', ')}`] : [];
      const did =
        all === 0 ? [] : [`${good} of ${all} ${category} tasks succeeded${range(good, all - good)}`];
      return `suggested ${type}: ${[...can, ...did].join('; ')}`;
    }),
  };
}

/** The 95% interval of the rate, where there is enough for one to say something. */
function range(good: number, bad: number): string {
  if (good + bad < LEAST_OUTCOMES) return '';
  const { low, high } = betaInterval(good + 0.5, bad + 0.5);
  return ` (${Math.round(low * 100)}-${Math.round(high * 100)}%)`;
}
