/** Agents that ran one after another, and whether the second made use of what the first had done. */
import type { Json } from '../../shared/agent-contract.js';
import { startedAttempts } from '../../shared/attempt.js';
import type { Attempt, ExecutionRecord } from '../../shared/task.js';
import type { Increment } from '../../store/counters.js';
import { placeOf, workedMs } from './executions.js';
import { logSums } from './moments.js';
import { STAGES } from './projections.js';

/** Characters of a report's texts that are looked at. */
const MOST_CHARS = 200_000;

/** Words that are long enough to tell something. */
const distinctive = /[\p{L}\p{N}_]{6,}/gu;

/**
 * What an execution adds to the stages: one increment for each two workers of a sequential plan of which the second
 * came after the first had succeeded, and one for the two of a parallel plan. The second made use of the first's work
 * where what it did or said holds a distinctive word that the first said or did, and the task had not. Of plans of two
 * workers it is kept what both took together, one after another or at once. Pure.
 */
export function stagesOf(record: ExecutionRecord): Increment[] {
  const strategy = record.choice?.plan.strategy;
  const workers = startedAttempts(record).filter(({ role }) => role === 'worker');
  if (strategy === 'parallel') return togetherOf(record, workers);
  if (strategy !== 'sequential') return [];
  const totalMs = record.attempts.reduce((sum, attempt) => sum + workedMs(attempt), 0);
  const given = wordsOf([record.description, record.context]);
  const wall = workers.length === 2 ? logSums('logMs', wallMs(record)) : {};
  return workers.flatMap((then, index) => {
    const first = workers[index - 1];
    if (first === undefined || first.success !== true) return [];
    const [firstMs, thenMs] = [workedMs(first), workedMs(then)];
    return [
      {
        projection: STAGES,
        dimensions: placeOfStages(record, first.agentType, then.agentType),
        sums: {
          executions: 1,
          flows: usesWork(first, then, given) ? 1 : 0,
          firstMs,
          thenMs,
          savedMs: Math.min(firstMs, thenMs),
          totalMs,
          ...wall,
        },
      },
    ];
  });
}

/** Two workers at once: their time is known apart from those one after another. */
function togetherOf(record: ExecutionRecord, workers: readonly Attempt[]): Increment[] {
  // In the order of the plan, whoever was ready first.
  const [first, then, ...more] = record.choice?.plan.agents ?? [];
  if (first === undefined || then === undefined || more.length > 0 || workers.length !== 2) return [];
  const sums = { atOnce: 1, ...logSums('logOnceMs', wallMs(record)) };
  return [{ projection: STAGES, dimensions: placeOfStages(record, first.type, then.type), sums }];
}

const wallMs = ({ steps }: ExecutionRecord): number => Math.max(0, Math.round(steps.execute));

function placeOfStages(record: ExecutionRecord, first: string, then: string): Record<string, string> {
  const { category, day } = placeOf(record);
  return { first, then, category, day };
}

function usesWork(first: Attempt, then: Attempt, given: ReadonlySet<string>): boolean {
  const used = wordsOf(saidBy(then));
  for (const word of wordsOf([...saidBy(first), first.report.results.map(({ output }) => output ?? null)]))
    if (used.has(word) && !given.has(word)) return true;
  return false;
}

/** What an agent handed back, and the arguments of what it did. */
const saidBy = ({ report }: Attempt): Json[] => [
  report.output ?? null,
  report.actions.map(({ input }) => input ?? null),
];

/** The distinctive words of all texts in some values, in lower case. Names of fields are nobody's words. */
function wordsOf(values: readonly Json[]): Set<string> {
  const words = new Set<string>();
  let left = MOST_CHARS;
  const take = (value: Json): void => {
    if (left <= 0) return;
    if (typeof value === 'string') {
      for (const [word] of value.slice(0, left).matchAll(distinctive)) words.add(word.toLowerCase());
      left -= value.length;
    } else if (Array.isArray(value)) for (const inner of value) take(inner);
    else if (typeof value === 'object' && value !== null)
      for (const inner of Object.values(value)) take(inner);
    else if (typeof value === 'number') take(String(value));
  };
  for (const value of values) take(value);
  return words;
}
