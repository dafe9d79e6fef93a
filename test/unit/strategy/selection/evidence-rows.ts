import type { EvidenceRow } from '../../../../src/strategy/selection/evidence-table.js';

/** A row of yes and no rewards, whose predictions were right unless given, and which cost nothing. */
export function evidenceRow(given: Partial<EvidenceRow>): EvidenceRow {
  const row = { plan: 'a', category: 'x', slot: 0, executions: 1, reward: 1, ...given };
  const { executions, reward } = row;
  return {
    rewardSquares: reward,
    predicted: executions,
    predictedReward: reward,
    expected: reward,
    costed: executions,
    cost: 0,
    timed: executions,
    seconds: 0,
    ...row,
  };
}
