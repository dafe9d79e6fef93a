/** An agent that did not deliver a usable report: it becomes a recorded failure, never a lost task. */
import type { Json } from '../shared/agent-contract.js';

/** Thrown inside the agents' room only; the runner turns it into a failed outcome. */
export class AgentFailure extends Error {
  override readonly name = 'AgentFailure';
  /**
   * @param reason one line, for people
   * @param errors what the agent said went wrong, e.g. the end of its error output
   * @param output what it printed before, if anything
   */
  constructor(
    reason: string,
    readonly errors: readonly string[] = [],
    readonly output?: Json,
  ) {
    super(reason);
  }
}
