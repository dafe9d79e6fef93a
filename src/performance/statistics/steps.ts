/** What the steps of tasks take besides their agents: analysis, look-ups, people's decisions, recording. */
import type { ExecutionRecord } from '../../shared/task.js';
import type { Increment } from '../../store/counters.js';
import { placeOf, timeSums } from './executions.js';
import { STEPS } from './projections.js';

/** A record as it is stored. */
export interface RecordedExecution extends ExecutionRecord {
  recordedAt: Date;
}

/** The steps that tasks take besides their agents. */
export const taskSteps = ['analyse', 'lookUp', 'approval', 'recording'] as const;
export type TaskStep = (typeof taskSteps)[number];

/**
 * What an execution adds to the steps: one increment, as all tasks take the same few, with each step's sums under
 * its name. What no workflow of ours ran has no steps. Pure.
 */
export function stepsOf(record: RecordedExecution): Increment[] {
  if (record.origin !== 'workflow') return [];
  const { analyse, lookUp, approval } = record.steps;
  const recording = record.recordedAt.getTime() - record.endedAt;
  const taken: Partial<Record<TaskStep, number>> = {
    analyse,
    lookUp,
    ...(approval === undefined ? {} : { approval }),
    recording,
  };
  const sums: Record<string, number> = {};
  for (const [step, time] of Object.entries(taken)) {
    const ms = Math.max(0, Math.round(time));
    for (const [name, value] of Object.entries({ executions: 1, ms, ...timeSums(ms) }))
      sums[`${step}:${name}`] = value;
  }
  return [{ projection: STEPS, dimensions: placeOf(record), sums }];
}
