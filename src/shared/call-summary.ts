/** The line by which an operator knows an agent's call in the Temporal UI, and a reader of the history its caller. */
import type { Attempt } from './task.js';

export interface CallSummary {
  agentType: string;
  role: Attempt['role'];
  /** Shown to the agent. */
  lessons: number;
  /** Key of the plan; null when none was chosen. */
  plan: string | null;
}

export const callSummary = ({ agentType, role, lessons, plan }: CallSummary): string =>
  `${agentType} as ${role}, ${lessons} lessons, plan ${plan ?? '?'}`;

/** Who was called by a summary; null when it is none of ours. */
export function calledBy(summary: unknown): Pick<CallSummary, 'agentType' | 'role'> | null {
  const [, agentType, role] =
    (typeof summary === 'string' &&
      /^(\S+) as (worker|lead-split|part|lead-integrate|verifier), \d+ lessons, plan /.exec(summary)) ||
    [];
  return agentType === undefined ? null : { agentType, role: role as Attempt['role'] };
}
