/** What an execution adds to all statistics. */
import type { Outcome } from '../../shared/task.js';
import type { Increment } from '../../store/counters.js';
import { actionsOf } from './actions.js';
import { errorsOf } from './errors.js';
import { statisticsOf } from './executions.js';
import { stagesOf } from './stages.js';
import { type RecordedExecution, stepsOf } from './steps.js';

/** Every counter of the statistics that an execution moves, given how it went. Pure. */
export const performanceOf = (record: RecordedExecution, outcome: Outcome): Increment[] => [
  ...statisticsOf(record, outcome),
  ...stepsOf(record),
  ...errorsOf(record, outcome),
  ...actionsOf(record),
  ...stagesOf(record),
];
