/** An agent that did not deliver a usable report: it becomes a recorded failure, never a lost task. */
import type { AgentReport } from '../shared/agent-contract.js';

/** Thrown inside the agents' room only; the runner turns it into a failed outcome. */
export class AgentFailure extends Error {
  override readonly name = 'AgentFailure';
  /**
   * @param reason one line, for people
   * @param errors what the agent said went wrong, e.g. the end of its error output
   * @param done what is known of its work up to there: what it printed, did and spent
   */
  constructor(
    reason: string,
    readonly errors: readonly string[] = [],
    readonly done: Partial<AgentReport> = {},
  ) {
    super(reason);
  }
}
