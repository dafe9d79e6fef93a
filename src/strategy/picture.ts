/** What is believed of all plans now, for people to look at. Pure. */
import type { PlanPreference } from '../shared/plan-preference.js';
import type { PlanCandidate, TaskAnalysis } from '../shared/task.js';
import { choosePlan } from './choose-plan.js';
import { candidatePlans, type PlanOffer } from './plans.js';
import type { TenantEvidence } from './tenant-evidence.js';

/** A plan that does not do what it used to. */
export interface NoticedChange {
  plan: string;
  /** Epoch milliseconds, to the minute, from which on it is another one. */
  since: number;
}

export interface StrategyPicture {
  /** Tasks whose outcome is known, and USD spent, as far as evidence reaches back. */
  tasks: number;
  spent: number;
  /** By category, what its next task would be chosen from: by propensity, highest first. */
  candidates: ReadonlyMap<string, readonly PlanCandidate[]>;
  /** The latest first. */
  changes: NoticedChange[];
  /** Plans on offer that came after others had been tried. */
  newcomers: string[];
  /** Agents that would be left out, since nobody answered for them lately. */
  unavailable: string[];
}

/**
 * What the next task of each category would be chosen from, unless it brings verifiers of its own.
 *
 * @param now epoch milliseconds
 * @param decided what the tenant's people decided on advice
 */
export function pictureOf(
  evidence: TenantEvidence,
  offer: PlanOffer,
  categories: Iterable<string>,
  now: number,
  decided: readonly PlanPreference[] = [],
): StrategyPicture {
  const { tasks, spent, changes } = evidence.table;
  const candidates = new Map(
    [...(offer.agents.length === 0 ? [] : categories)].map((category) => {
      // Every picture of the same evidence is the same.
      const request = {
        analysis: taskOf(category),
        executionId: category,
        learning: 'full',
      } as const;
      return [category, choosePlan(evidence, offer, request, now, decided).candidates];
    }),
  );
  return {
    tasks,
    spent,
    candidates,
    changes: changes.map(({ plan, slot }) => ({ plan, since: slot * 60_000 })).toReversed(),
    newcomers: candidatePlans(offer)
      .map(({ key }) => key)
      .filter((plan) => evidence.table.isNewcomer(plan)),
    unavailable: offer.agents.map(({ type }) => type).filter((type) => evidence.isLeftOut(type, now)),
  };
}

/** A task of which nothing but its category is known. */
const taskOf = (category: string): TaskAnalysis => ({
  complexity: 'MODERATE',
  category,
  requirements: [],
  keywords: [],
  suggestedAgents: [],
  estimatedDuration: 0,
  evidence: [],
});
