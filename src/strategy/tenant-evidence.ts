/** What is known of one tenant's plans, in memory: fed with counters as they change, asked for choices. Pure. */
import { CLAIMS, meanTrustOf } from '../evidence/claims.js';
import type { CounterRow } from '../store/counters.js';
import { Answers } from './availability.js';
import { type CombinedAgents, combineAgents } from './composition/combine-agents.js';
import { compositionOf, singleKey } from './composition/composition-of.js';
import { HandoverTable } from './composition/handover-table.js';
import { HANDOVERS } from './composition/handovers.js';
import { EVIDENCE, evidenceRow, type PlanTrust } from './evidence-rows.js';
import { FittedEvidence } from './fitted-evidence.js';
import { agentsOfKey, planTrust } from './plan-trust.js';
import { rowDifference } from './row-difference.js';
import type { EvidenceRow, EvidenceTable } from './selection/evidence-table.js';
import type { Composition } from './selection/expectation.js';
import { currentModel } from './selection/fitted-model.js';
import { type Selection, type SelectionTask, selectPlan } from './selection/select-plan.js';

/** A counter with the key that tells it from all others; what it holds replaces what it held before. */
export interface KeyedCounter extends CounterRow {
  key: string;
  projection: string;
}

/** A task, and the agents that may be combined for it. */
export type CombinedTask = Pick<
  Parameters<typeof combineAgents>[0],
  'category' | 'agents' | 'verified' | 'budget' | 'rewardPerHour' | 'complexity' | 'suggested'
> & { rewardPerUsd: number };

/** A change of trust below this is not worth going through what was said by an agent's own word. */
const TRUST_STEP = 0.01;

export class TenantEvidence {
  private readonly counters = new Map<string, KeyedCounter>();
  /** Keys of counters that stand, in part, on the own word of a plan's agents. */
  private readonly ownWord = new Map<string, Set<string>>();
  private readonly trustIn = new Map<string, PlanTrust>();
  private readonly claims = new Map<string, Record<string, number>>();
  private readonly trust = new Map<string, PlanTrust>();
  private readonly answers = new Map<string, Answers>();
  private readonly introduced = new Map<string, number>();
  private readonly handovers = new HandoverTable();
  private readonly fitted: FittedEvidence;
  /** Whether a plan of several agents was run. */
  private combines = false;

  /** @param earlier of the same tenant: its fit is led on from */
  constructor(earlier?: TenantEvidence) {
    this.fitted = new FittedEvidence(this.introduced, earlier?.fitted);
  }

  /** What is known, as selection sees it. */
  get table(): EvidenceTable {
    return this.fitted.table;
  }

  /** Counters that are held. */
  get size(): number {
    return this.counters.size;
  }

  /** Takes in counters as they are now: in any order, but best all that is known at once. */
  update(counters: readonly KeyedCounter[]): void {
    const claims = counters.filter(({ projection }) => projection === CLAIMS);
    const changed = new Set(claims.flatMap((counter) => this.takeClaims(counter) ?? []));
    for (const agent of changed) this.trust.set(agent, meanTrustOf(this.claims.get(agent) ?? {}));
    if (changed.size > 0) this.followTrust(changed);
    const handovers = counters.filter((counter) => counter.projection === HANDOVERS && this.isNews(counter));
    this.handovers.update(handovers);
    const rows = counters
      .filter(({ projection }) => projection === EVIDENCE)
      .flatMap((counter) => this.takeEvidence(counter) ?? [])
      .sort((one, other) => one.slot - other.slot);
    for (const row of rows) this.fitted.add(row);
    if (handovers.length > 0) this.fitted.touch();
  }

  /** Whether an earlier task was offered the plan, or ran it. */
  knows(plan: string): boolean {
    return this.introduced.has(plan) || this.table.plans.has(plan);
  }

  /** Whether the agent is left out at a time (epoch milliseconds), since nobody answered for it lately. */
  isLeftOut(agentType: string, now: number): boolean {
    return (this.answers.get(singleKey(agentType))?.leftOutUntil() ?? 0) > now;
  }

  /** Tasks that explored, as far as they are held, and the reward that was expected to be forgone by that. */
  explored(): { tasks: number; forgone: number } {
    const total = { tasks: 0, forgone: 0 };
    for (const { sums } of this.counters.values()) {
      total.tasks += sums['explored'] ?? 0;
      total.forgone += (sums['forgone'] ?? 0) / 1e6;
    }
    return total;
  }

  /** Plans of several agents that are worth offering, and what to expect of these; see {@link combineAgents}. */
  combine(request: CombinedTask): CombinedAgents {
    const { table, handovers } = this;
    const { category, verified, agents, budget } = request;
    const compose = compositionOf({ handovers, verified });
    const { model, price } = this.fitted.baseFor({ category, plans: agents.map(singleKey), compose });
    // What holding the budget took the last time; before the first time nothing is known of it.
    const rewardPerUsd = Math.max(request.rewardPerUsd, budget === undefined ? 0 : price);
    return combineAgents({ ...request, rewardPerUsd, table, handovers, model });
  }

  /**
   * Chooses among plans; see {@link selectPlan}.
   *
   * @param combined the agents of the plans, for the same category; absent where each plan is of one agent
   */
  choose(task: SelectionTask, uniform: () => number, combined?: CombinedAgents): Selection {
    const asked = { ...task, ...(combined === undefined ? this.composed() : { compose: combined.compose }) };
    const model = combined?.model ?? currentModel(this.table, asked, this.fitted.baseFor(asked).model);
    const selection = selectPlan(this.table, model, asked, uniform);
    this.fitted.chosen(model, selection.price);
    return selection;
  }

  /** Plans of several agents are no measure of how single ones are: where there are any, they are kept apart. */
  private composed(): { compose?: Composition } {
    return this.combines ? { compose: compositionOf({ handovers: this.handovers, verified: true }) } : {};
  }

  /** @returns the agent whose claims have changed; null where none has */
  private takeClaims(counter: KeyedCounter): string | null {
    const agent = counter.dimensions['agentType'] ?? '';
    const total = this.claims.get(agent) ?? {};
    this.claims.set(agent, total);
    const before = this.replace(counter)?.sums ?? {};
    let changed = false;
    for (const [name, value] of Object.entries(counter.sums)) {
      const change = value - (before[name] ?? 0);
      total[name] = (total[name] ?? 0) + change;
      changed ||= change !== 0;
    }
    return changed ? agent : null;
  }

  /** @returns what came to what was held; null when that is nothing */
  private takeEvidence(counter: KeyedCounter): EvidenceRow | null {
    const { dimensions, sums, key } = counter;
    const before = this.replace(counter);
    const plan = dimensions['plan'] ?? '';
    const slot = Number(dimensions['slot']);
    if ((sums['introduced'] ?? 0) > 0)
      this.introduced.set(plan, Math.min(slot, this.introduced.get(plan) ?? slot));
    this.noteAnswers(plan, slot, sums);
    if (sums['claimedSuccesses'] !== undefined || sums['claimedFailures'] !== undefined)
      this.ownWord.set(plan, (this.ownWord.get(plan) ?? new Set()).add(key));
    const trust = this.trustOf(plan);
    this.combines ||= !plan.startsWith('single(');
    const row = evidenceRow(counter, trust);
    return rowDifference(row, before === undefined ? null : evidenceRow(before, trust));
  }

  private isNews(counter: KeyedCounter): boolean {
    const before = this.replace(counter);
    return before === undefined || JSON.stringify(before.sums) !== JSON.stringify(counter.sums);
  }

  private replace(counter: KeyedCounter): KeyedCounter | undefined {
    const before = this.counters.get(counter.key);
    this.counters.set(counter.key, counter);
    return before;
  }

  private noteAnswers(plan: string, slot: number, sums: CounterRow['sums']): void {
    const [answered, unanswered] = [(sums['answered'] ?? 0) + (sums['timed'] ?? 0), sums['unanswered'] ?? 0];
    if (answered <= 0 && unanswered <= 0) return;
    const known = this.answers.get(plan) ?? new Answers();
    this.answers.set(plan, known);
    if (answered > 0) known.noteAnswered(slot);
    else known.noteUnanswered(slot);
  }

  private trustOf(plan: string): PlanTrust {
    const known = this.trustIn.get(plan);
    if (known !== undefined) return known;
    const trust = planTrust(agentsOfKey(plan), this.trust);
    this.trustIn.set(plan, trust);
    return trust;
  }

  /** Weighs anew what plans' agents said themselves, where the trust in one of them has changed. */
  private followTrust(agents: ReadonlySet<string>): void {
    for (const [plan, before] of this.trustIn) {
      const types = agentsOfKey(plan);
      if (!types.some((type) => agents.has(type))) continue;
      const now = planTrust(types, this.trust);
      if (
        Math.abs(now.success - before.success) < TRUST_STEP &&
        Math.abs(now.failure - before.failure) < TRUST_STEP
      )
        continue;
      this.trustIn.set(plan, now);
      for (const key of this.ownWord.get(plan) ?? []) {
        const counter = this.counters.get(key);
        if (counter === undefined) continue;
        const row = rowDifference(evidenceRow(counter, now), evidenceRow(counter, before));
        if (row !== null) this.fitted.add(row);
      }
    }
  }
}
