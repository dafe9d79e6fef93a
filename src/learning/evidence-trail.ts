/** The executions that a learning stands on. */
import { liveGeneration } from '../store/ledger.js';
import type { Store } from '../store/store.js';
import type { Learning } from './learning.js';
import { observations } from './observations.js';

/** The executions that a learning stands on, newest first, as far as they are in its sample. */
export interface EvidenceTrail {
  for: { executionId: string; at: Date }[];
  against: { executionId: string; at: Date }[];
}

interface Row {
  executionId: string;
  at: number;
  success: boolean;
}

/**
 * The executions that show a learning's pattern: those that ended as it says speak for it, the others against it.
 * An execution in which it was tried more than once speaks for what worked in any of them.
 *
 * @param limit at most so many of each
 */
export async function evidenceOfLearning(
  store: Store,
  { tenant, pattern, groups, verb }: Learning,
  limit: number,
): Promise<EvidenceTrail> {
  const rows = await store.run(async (options) => {
    const generation = await liveGeneration(store, tenant, options);
    return observations(store)
      .find(
        { tenant, generation, kind: pattern.kind, group: { $in: groups }, features: pattern.action },
        options,
      )
      .project<Row>({ _id: 0, executionId: 1, at: 1, success: 1 })
      .toArray();
  });
  const byExecution = new Map<string, Row>();
  for (const row of rows) {
    const success = row.success || byExecution.get(row.executionId)?.success === true;
    byExecution.set(row.executionId, { ...row, success });
  }
  const side = (speaksFor: boolean): EvidenceTrail['for'] =>
    [...byExecution.values()]
      .filter(({ success }) => (success === (verb === 'prefer')) === speaksFor)
      .sort((one, other) => other.at - one.at || (one.executionId < other.executionId ? -1 : 1))
      .slice(0, limit)
      .map(({ executionId, at }) => ({ executionId, at: new Date(at) }));
  return { for: side(true), against: side(false) };
}
