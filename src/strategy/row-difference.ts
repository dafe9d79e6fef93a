import type { EvidenceRow } from './selection/evidence-table.js';

const figures = [
  'executions',
  'reward',
  'rewardSquares',
  'predicted',
  'predictedReward',
  'expected',
  'costed',
  'cost',
  'timed',
  'seconds',
] as const satisfies readonly (keyof EvidenceRow)[];

/** What turns a row into a later one of the same plan, category and slot; null when that is nothing. */
export function rowDifference(after: EvidenceRow, before: EvidenceRow | null): EvidenceRow | null {
  const row = { ...after, within: (after.within ?? 0) - (before?.within ?? 0) };
  let changed = row.within !== 0;
  for (const figure of figures) {
    row[figure] -= before?.[figure] ?? 0;
    changed ||= row[figure] !== 0;
  }
  return changed ? row : null;
}
