/** What else goes with success: who acted, and how long the run was. Pure. */
import { compareText } from './compare-text.js';
import type { Given } from './matched-sets.js';
import type { Observation } from './observation.js';

/** Agents beyond these are told apart no more. */
const MOST_AGENTS = 12;

/** A column for each agent but the most frequent, and two for length: its logarithm, and that squared. */
export function confounderColumns(runs: readonly Observation[], given: readonly Given[]): Float64Array[] {
  return [
    ...(given.includes('agent') ? agentColumns(runs) : []),
    ...(given.includes('length') ? lengthColumns(runs) : []),
  ];
}

function agentColumns(runs: readonly Observation[]): Float64Array[] {
  const counts = new Map<string, number>();
  for (const { agent } of runs) counts.set(agent, (counts.get(agent) ?? 0) + 1);
  return [...counts]
    .sort(([a, n], [b, m]) => m - n || compareText(a, b))
    .slice(1, 1 + MOST_AGENTS)
    .map(([agent]) => Float64Array.from(runs, (run) => Number(run.agent === agent)));
}

function lengthColumns(runs: readonly Observation[]): Float64Array[] {
  const logarithm = standardised(Float64Array.from(runs, ({ length }) => Math.log1p(Math.max(0, length))));
  if (logarithm === null) return [];
  const squared = standardised(logarithm.map((each) => each * each));
  return [logarithm, ...(squared === null ? [] : [squared])];
}

/** With mean 0 and variance 1; null of equal values. */
function standardised(values: Float64Array): Float64Array | null {
  const mean = values.reduce((sum, each) => sum + each, 0) / values.length;
  const deviation = Math.sqrt(values.reduce((sum, each) => sum + (each - mean) ** 2, 0) / values.length);
  return deviation > 1e-9 ? values.map((each) => (each - mean) / deviation) : null;
}
