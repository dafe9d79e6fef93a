/** Runs the workload twice, side by side: with learning, and with learning off. */
import { join } from 'node:path';
import type { JourneymanClient } from '../client.js';
import { seededUniform } from '../evidence/random.js';
import { consumerNames } from '../shared/maintenance.js';
import type { PlanRequest, TaskResult } from '../shared/task.js';
import type { ArmResult, Pair } from './compare-arms.js';
import { materialise } from './workload/materialise.js';
import type { RepairTask } from './workload/repair-task.js';

export interface ArmsOptions {
  client: JourneymanClient;
  tasks: readonly RepairTask[];
  /** What the arm without learning draws from, uniformly. */
  plans: readonly PlanRequest[];
  /** Workspaces are made in here; removed by the caller. */
  folder: string;
  seed: number;
  /** Told of every pair as soon as both its tasks are done, in task order. */
  onPair: (pair: Pair, done: number) => void;
}

/** Tasks between two runs of maintenance. */
const TASKS_BETWEEN_MAINTENANCE = 6;

/**
 * Both arms work through the same tasks in the same order, at the same time and so under the same load. With
 * learning, plans are selected and lessons given, and maintenance runs every few tasks. Without, a plan is
 * drawn uniformly from the same ones, and nothing is looked up or recorded.
 */
export async function runArms(options: ArmsOptions): Promise<Pair[]> {
  const { client, tasks, plans, seed } = options;
  const uniform = seededUniform(`plans/${seed}`);
  const halves: { learning?: TaskResult; off?: TaskResult }[] = tasks.map(() => ({}));
  const pairs: Pair[] = [];
  const report = (): void => {
    for (;;) {
      const index = pairs.length;
      const [task, half] = [tasks[index], halves[index]];
      if (task === undefined || half?.learning === undefined || half.off === undefined) return;
      const pair: Pair = {
        taskId: task.id,
        category: half.learning.category,
        family: task.family,
        learning: armResult(half.learning),
        off: armResult(half.off),
      };
      pairs.push(pair);
      options.onPair(pair, pairs.length);
    }
  };
  const withLearning = async (): Promise<void> => {
    for (const [index, task] of tasks.entries()) {
      const half = halves[index];
      if (half === undefined) continue;
      half.learning = await runTask(options, task, 'learning');
      report();
      if ((index + 1) % TASKS_BETWEEN_MAINTENANCE === 0) await (await client.maintain('patterns')).result();
    }
    for (const name of consumerNames) await (await client.maintain(name)).result();
  };
  const without = async (): Promise<void> => {
    for (const [index, task] of tasks.entries()) {
      const half = halves[index];
      const plan = plans[Math.floor(uniform() * plans.length)];
      if (half === undefined || plan === undefined) continue;
      half.off = await runTask(options, task, 'off', plan);
      report();
    }
  };
  await Promise.all([withLearning(), without()]);
  return pairs;
}

async function runTask(
  { client, folder }: ArmsOptions,
  task: RepairTask,
  arm: 'learning' | 'off',
  plan?: PlanRequest,
): Promise<TaskResult> {
  const workspace = join(folder, `${task.id}-${arm}`);
  await materialise(task, workspace);
  return client.executeTask({
    taskId: arm === 'learning' ? task.id : `${task.id}-off`,
    description: task.description,
    context: task.context,
    workspace,
    verify: [...task.verify],
    learning: arm === 'learning' ? 'full' : 'off',
    ...(plan === undefined ? {} : { plan }),
  });
}

const armResult = ({ plan, success, duration, cost }: TaskResult): ArmResult => ({
  plan,
  success: success === true,
  duration,
  cost,
});
