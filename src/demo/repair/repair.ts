/** The repair agents: four ways to mend a failing suite, none of which needs an LLM. */
import type { AgentReport, AgentTask } from '../../shared/agent-contract.js';
import { repairByHistory } from './bisect.js';
import { repairByCodemod } from './codemod.js';
import { repairByLintFix } from './lint-fix.js';
import { repairByMutation } from './mutate.js';
import { RepairSession } from './repair-session.js';

const methods = {
  'lint-fix': { repair: repairByLintFix, budget: 8 },
  codemod: { repair: repairByCodemod, budget: 10 },
  mutate: { repair: repairByMutation, budget: 14 },
  bisect: { repair: repairByHistory, budget: 12 },
} satisfies Record<
  string,
  { repair: (session: RepairSession, task: AgentTask) => Promise<void>; budget: number }
>;

/** How a repair agent works. */
export type RepairMethod = keyof typeof methods;

export const repairMethods = Object.keys(methods) as readonly RepairMethod[];

/** Whether a word names a method. */
export function isRepairMethod(word: string | undefined): word is RepairMethod {
  return word !== undefined && Object.hasOwn(methods, word);
}

/**
 * Repairs the workspace of a task. The workspace changes only when the tests pass with the repair.
 *
 * @param budget most test runs to take; each method has its own default
 * @throws Error when the task has no workspace, or one that cannot be read
 */
export async function repair(
  method: RepairMethod,
  task: AgentTask,
  budget: number = methods[method].budget,
): Promise<AgentReport> {
  if (task.workspace === undefined) throw new Error('workspace: missing; a repair agent needs a directory');
  const session = await RepairSession.open(task.workspace, budget);
  try {
    await methods[method].repair(session, task);
    return await session.finish();
  } finally {
    await session.close();
  }
}
