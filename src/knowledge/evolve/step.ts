/** The parts of an evolve run that follow when nothing is pending any more. */
import type { KnowledgeContext } from '../context.js';

export interface StepOptions {
  now: Date;
  /** Id by which all that the run prunes can be restored. */
  run: string;
  /** When it fires, a step ends with the batch that it is at. */
  signal: AbortSignal;
}

export interface StepResult {
  /** What it wrote, by kind. */
  written: Record<string, number>;
  /** False when it has more to do, which it then does when it is called again. */
  finished: boolean;
}

/** Adds up what was written, by kind; kinds of which there was none are left out. */
export function addTo(total: Record<string, number>, more: Record<string, number>): void {
  for (const [kind, count] of Object.entries(more)) if (count > 0) total[kind] = (total[kind] ?? 0) + count;
}

export interface Step {
  name: string;
  run(context: KnowledgeContext, options: StepOptions): Promise<StepResult>;
}
