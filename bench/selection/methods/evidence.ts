/** A table of evidence as the product fills it, one slot a task. */
import { EvidenceTable } from '../../../src/strategy/selection/evidence-table.js';
import {
  currentModel,
  type FittedModel,
  type SelectionTask,
} from '../../../src/strategy/selection/select-plan.js';
import type { MethodTask, Outcome } from '../method.js';

/** A plan of one agent. */
export const planOf = (agent: number): string => `single(agent-${agent})`;

export class Evidence {
  private readonly introduced = new Map<string, number>();
  readonly table = new EvidenceTable([], this.introduced);
  private model: FittedModel | undefined;

  /** The model brought up to the evidence, for a task. */
  modelFor({ number, category, offered }: MethodTask, budget?: number) {
    const task: SelectionTask = {
      category,
      plans: offered.map(planOf),
      ...(budget === undefined ? {} : { budget }),
    };
    for (const plan of task.plans) if (!this.introduced.has(plan)) this.introduced.set(plan, number);
    this.model = currentModel(this.table, task, this.model);
    return { task, model: this.model };
  }

  /** @param expected what was predicted of the agent when it was chosen */
  add({ number, category }: MethodTask, agent: number, { reward, cost }: Outcome, expected: number): void {
    this.table.add({
      plan: planOf(agent),
      category,
      slot: number,
      executions: 1,
      reward,
      rewardSquares: reward ** 2,
      predicted: 1,
      predictedReward: reward,
      expected,
      costed: 1,
      cost,
      timed: 0,
      seconds: 0,
    });
  }
}
