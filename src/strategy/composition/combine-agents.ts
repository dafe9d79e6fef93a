/** Plans of several agents for a task: which are worth offering, and what to expect of those and of all others. */
import type { PlanRequest } from '../../shared/task.js';
import type { EvidenceTable } from '../selection/evidence-table.js';
import type { Composition, Expectation } from '../selection/expectation.js';
import { currentModel, type FittedModel } from '../selection/fitted-model.js';
import { Outlook } from '../selection/outlook.js';
import { compositionOf, singleKey } from './composition-of.js';
import { parsePlanKey } from './parse-plan.js';
import { type ProposalRequest, proposePlans, type TriedPlan } from './propose-plans.js';
import { settings } from './settings.js';

export interface CombineRequest
  extends Pick<
    ProposalRequest,
    'handovers' | 'verified' | 'rewardPerUsd' | 'rewardPerHour' | 'complexity' | 'suggested'
  > {
  table: EvidenceTable;
  category: string;
  /** Types of agents that may be chosen and are to be had. */
  agents: readonly string[];
  /** See {@link ProposalRequest}; USD. */
  budget?: number;
  /** Of an earlier choice from the same table. */
  model?: FittedModel | undefined;
}

export interface CombinedAgents {
  proposals: PlanRequest[];
  compose: Composition;
  /** Of single agents, to be led on from. */
  model: FittedModel;
}

/**
 * Reads from the evidence what is believed of each agent alone, fits the handovers to it where they have grown, and
 * proposes plans. Reads and writes nothing but memory.
 */
export function combineAgents(request: CombineRequest): CombinedAgents {
  const { table, category, handovers, verified, agents, budget } = request;
  const compose = compositionOf({ handovers, verified });
  const offered = agents.map(singleKey);
  const model = currentModel(table, { category, plans: offered, compose }, request.model);
  const { plans, categories } = model.effects.cells;
  const outlook = new Outlook(table, model, plans, compose, budget);
  const alone = (agent: string, there: string): Expectation => {
    const expected = outlook.part(singleKey(agent), there);
    return { ...expected, mean: Math.min(0.99, Math.max(0.01, expected.mean)) };
  };
  const known = new Set(categories);
  handovers.learn(alone, (there) => known.has(there));
  const singles = new Map(agents.map((agent) => [agent, alone(agent, category)]));
  const tried = triedPlans(request, new Set(agents), model, compose);
  return { proposals: proposePlans({ ...request, singles, tried }), compose, model };
}

/** What is believed of the plans of offered agents that have a record. */
function triedPlans(
  { table, category, budget }: CombineRequest,
  offered: ReadonlySet<string>,
  model: FittedModel,
  compose: Composition,
): Map<string, TriedPlan> {
  const keys = [...table.plans].flatMap(([key, { executions }]) => {
    const plan = parsePlanKey(key);
    const made =
      plan !== null && plan.strategy !== 'single' && plan.agents.every((agent) => offered.has(agent));
    return made && executions > 0 ? [{ key, executions }] : [];
  });
  const longest = keys.sort((a, b) => b.executions - a.executions).slice(0, settings.tried);
  const outlook = new Outlook(
    table,
    model,
    longest.map(({ key }) => key),
    compose,
    budget,
  );
  const { mean } = outlook.belief(category);
  return new Map(
    longest.map(({ key, executions }, place) => [
      key,
      {
        mean: mean[place] ?? 0,
        cost: outlook.cost(key, category),
        seconds: outlook.seconds(key, category),
        executions,
      },
    ]),
  );
}
