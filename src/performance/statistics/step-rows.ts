/**
 * Steps are read from what counts them: those of the task by themselves, those of agents from how their attempts
 * went, and those of tools from their actions. So an execution writes each of its times once. Pure.
 */
import { hasValue } from '../../store/counter-blocks.js';
import type { CounterFilter, CounterRow } from '../../store/counters.js';
import { ACTIONS, STATISTICS, STEPS, type StatisticsName } from './projections.js';
import { isBin, type SketchPrefix } from './sketch.js';
import { taskSteps } from './steps.js';

interface StepQuery {
  by: readonly string[];
  where?: CounterFilter;
}

/** Something that is to be read. */
export interface StatisticsRead extends StepQuery {
  name: StatisticsName;
}

/** What is to be read for the steps that are asked for: of tasks, of agents and of tools, in this order. */
export function stepReads({ by, where = {} }: StepQuery): StatisticsRead[] {
  const { step: _step, ...others } = where;
  const shared = by.filter((dimension) => dimension !== 'step');
  return [
    { name: STEPS, by: shared, where: others },
    { name: STATISTICS, by: ['agentType', ...shared], where: others },
    { name: ACTIONS, by: ['action', ...shared], where: others },
  ];
}

/** Names that the sums of a step have elsewhere. */
type Names = Readonly<Record<string, string>>;
const ofAgent: Names = {
  executions: 'executions',
  durationMs: 'ms',
  timed: 'timed',
  logMs: 'logMs',
  logMs2: 'logMs2',
};
const ofQueue: Names = {
  ...{ queued: 'executions', queueMs: 'ms', queueTimed: 'timed' },
  ...{ logQueueMs: 'logMs', logQueueMs2: 'logMs2' },
};
const ofRetry: Names = {
  ...{ retries: 'executions', retryMs: 'ms', retryTimed: 'timed' },
  ...{ logRetryMs: 'logMs', logRetryMs2: 'logMs2' },
};
const ofTool: Names = { measured: 'executions', timed: 'timed', ms: 'ms', logMs: 'logMs', logMs2: 'logMs2' };

/** The rows of steps, of what {@link stepReads} asked for. */
export function stepRows({ by, where = {} }: StepQuery, found: readonly CounterRow[][]): CounterRow[] {
  const [tasks = [], attempts = [], actions = []] = found;
  const rows = [
    ...tasks.flatMap(({ dimensions, sums }) =>
      taskSteps.map((step) => row(dimensions, step, under(sums, `${step}:`))),
    ),
    ...attempts.flatMap(({ dimensions, sums }) => {
      const agent = dimensions['agentType'] ?? '';
      return [
        row(dimensions, `agent:${agent}`, renamed(sums, ofAgent, 't')),
        row(dimensions, `queue:${agent}`, renamed(sums, ofQueue, 'q')),
        row(dimensions, `retry:${agent}`, renamed(sums, ofRetry, 'y')),
      ];
    }),
    ...actions.map(({ dimensions, sums }) =>
      row(dimensions, `tool:${dimensions['action'] ?? ''}`, renamed(sums, ofTool, 't')),
    ),
  ];
  const wanted = where['step'];
  return rows
    .filter(({ sums }) => (sums['executions'] ?? 0) > 0)
    .filter(({ dimensions }) => wanted === undefined || hasValue(dimensions['step'] ?? '', wanted))
    .map(({ dimensions, sums }) => ({
      dimensions: Object.fromEntries(by.map((name) => [name, dimensions[name] ?? ''])),
      sums,
    }));
}

const row = (dimensions: Record<string, string>, step: string, sums: Record<string, number>): CounterRow => ({
  dimensions: { ...dimensions, step },
  sums,
});

/** The sums whose names begin so, by the rest of their names. */
function under(sums: Record<string, number>, prefix: string): Record<string, number> {
  const found: Record<string, number> = {};
  for (const [name, value] of Object.entries(sums))
    if (name.startsWith(prefix)) found[name.slice(prefix.length)] = value;
  return found;
}

/** The sums that have a name here, and the bins of one sketch. */
function renamed(sums: Record<string, number>, names: Names, bins: SketchPrefix): Record<string, number> {
  const found: Record<string, number> = {};
  for (const [name, value] of Object.entries(sums)) {
    const own = names[name] ?? (isBin(name) && name.startsWith(bins) ? `t${name.slice(1)}` : undefined);
    if (own !== undefined) found[own] = value;
  }
  return found;
}
