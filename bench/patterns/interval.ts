/** Intervals of what worlds gave. */

/** Mean of independent values with its 95% interval. */
export function normal95(values: readonly number[]): { mean: number; interval: readonly [number, number] } {
  const mean = values.reduce((sum, each) => sum + each, 0) / Math.max(1, values.length);
  const variance = values.reduce((sum, each) => sum + (each - mean) ** 2, 0) / Math.max(1, values.length - 1);
  const margin = 1.96 * Math.sqrt(variance / Math.max(1, values.length));
  return { mean, interval: [Math.max(0, mean - margin), mean + margin] };
}
