/** How tasks went with an item shown and with it withheld: what its lift is computed from. */
import { startedAttempts } from '../shared/attempt.js';
import { outcomeSums } from '../shared/outcome.js';
import type { ExecutionRecord, OfferedItem, Outcome } from '../shared/task.js';
import type { Increment } from '../store/counters.js';

export const LEARNING_USAGE = 'learningUsage';
export const KNOWLEDGE_USAGE = 'knowledgeUsage';

const capitalised = (name: string): string => name.charAt(0).toUpperCase() + name.slice(1);

function usageOf(
  projection: string,
  offered: readonly OfferedItem[],
  applied: ReadonlySet<string>,
  outcome: Outcome,
): Increment[] {
  const [[outcomeName] = ['unknown']] = Object.entries(outcomeSums(outcome.success));
  return offered.map((item) => {
    const arm = item.shown ? 'shown' : 'withheld';
    const sums: Record<string, number> = { [arm]: 1, [`${arm}${capitalised(outcomeName)}`]: 1 };
    if (applied.has(item.id)) {
      sums['applied'] = 1;
      sums[`applied${capitalised(outcomeName)}`] = 1;
    }
    return { projection, dimensions: { id: item.id, version: String(item.version) }, sums };
  });
}

/**
 * What an execution adds to the evidence on all that it was offered; nothing where no agent ran, as nobody saw
 * it. Pure.
 */
export function evidenceOf(record: ExecutionRecord, outcome: Outcome): Increment[] {
  if (startedAttempts(record).length === 0) return [];
  const applied = new Set(record.attempts.flatMap((attempt) => attempt.report.applied));
  return [
    ...usageOf(LEARNING_USAGE, record.learnings, applied, outcome),
    ...usageOf(KNOWLEDGE_USAGE, record.knowledge, applied, outcome),
  ];
}

export const TOTALS = 'totals';

/** What an execution adds to the tenant's totals. Pure. */
export function totalsOf(record: ExecutionRecord, outcome: Outcome): Increment[] {
  return [
    {
      projection: TOTALS,
      dimensions: { learning: record.learning, ending: record.ending },
      sums: { executions: 1, ...outcomeSums(outcome.success) },
    },
  ];
}
