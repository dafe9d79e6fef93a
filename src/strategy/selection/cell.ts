/** Sums of one plan in one category. */
export interface Cell {
  /** Executions whose outcome is known. */
  executions: number;
  /** Sum of rewards, each from 0 to 1: the score, or success as 1 and failure as 0. */
  reward: number;
  /** Sum of squared rewards. */
  rewardSquares: number;
  /** Executions whose cost is known, and the sum of their costs in USD. */
  costed: number;
  cost: number;
  /** Executions whose time is known, and the sum of their times in seconds. */
  timed: number;
  seconds: number;
}

/** Adds to a category's cell, which is made when it is missing. */
export function addToCell(cells: Map<string, Cell>, category: string, from: Cell, weight: number): void {
  let cell = cells.get(category);
  if (cell === undefined) {
    cell = { executions: 0, reward: 0, rewardSquares: 0, costed: 0, cost: 0, timed: 0, seconds: 0 };
    cells.set(category, cell);
  }
  cell.executions += weight * from.executions;
  cell.reward += weight * from.reward;
  cell.rewardSquares += weight * from.rewardSquares;
  cell.costed += weight * from.costed;
  cell.cost += weight * from.cost;
  cell.timed += weight * from.timed;
  cell.seconds += weight * from.seconds;
}

/** Weighs cells down or up. */
export function scaleCells(cells: ReadonlyMap<string, Cell>, factor: number): void {
  for (const cell of cells.values()) {
    cell.executions *= factor;
    cell.reward *= factor;
    cell.rewardSquares *= factor;
    cell.costed *= factor;
    cell.cost *= factor;
    cell.timed *= factor;
    cell.seconds *= factor;
  }
}
