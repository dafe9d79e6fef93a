/** The five ways to run a plan. */
import type { Plan } from '../../shared/task.js';
import type { Strategy } from '../../shared/terms.js';
import type { TaskRun } from '../task-run.js';
import { consensus } from './consensus.js';
import { hierarchical } from './hierarchical.js';
import { parallel } from './parallel.js';
import type { PlanOutcome } from './plan-outcome.js';
import { sequential } from './sequential.js';
import { single } from './single.js';

export const orchestrations: Record<Strategy, (run: TaskRun, plan: Plan) => Promise<PlanOutcome>> = {
  single,
  sequential,
  parallel,
  hierarchical,
  consensus,
};
