/** Comparing two agents on what both did. Pure. */
import { type Difference, newcombe } from '../evidence/intervals.js';
import type { Figures } from './figures.js';

export interface AgentComparison {
  a: { agentType: string } & Figures;
  b: { agentType: string } & Figures;
  /** Categories compared: those that both agents worked in. */
  categories: string[];
  /** Success rate of a minus that of b, with its 95% interval (Newcombe); null when either is unknown. */
  success: Difference | null;
  /** The conclusion in a plain sentence. */
  verdict: string;
}

const points = (share: number): string => `${Math.round(share * 100)}`;

/** Concludes from the figures of two agents over the same categories. */
export function compareFigures(
  a: AgentComparison['a'],
  b: AgentComparison['b'],
  categories: string[],
): AgentComparison {
  const known = { a: a.successes + a.failures, b: b.successes + b.failures };
  const success =
    known.a === 0 || known.b === 0 ? null : newcombe(a.successes, known.a, b.successes, known.b);
  return { a, b, categories, success, verdict: verdictOf(a.agentType, b.agentType, categories, success) };
}

function verdictOf(a: string, b: string, categories: readonly string[], success: Difference | null): string {
  if (categories.length === 0) return `${a} and ${b} have worked in no category in common`;
  if (success === null) return `it is not known yet how the tasks of both ${a} and ${b} went`;
  const interval = `95% interval of the difference ${points(success.low)} to ${points(success.high)} points`;
  if (success.low <= 0 && success.high >= 0)
    return `no difference shown in success between ${a} and ${b} (${interval})`;
  const [better, worse] = success.difference > 0 ? [a, b] : [b, a];
  return `${better} succeeds more often than ${worse}, by ${points(Math.abs(success.difference))} points (${
    success.difference > 0
      ? interval
      : `95% interval of the difference ${points(-success.high)} to ${points(-success.low)} points`
  })`;
}
