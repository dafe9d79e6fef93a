/** The agents that are declared, by type. */

import { type AgentDeclaration, type HostedAgent, isHosted } from '../shared/agent-declaration.js';
import { UnknownAgentError } from '../shared/errors.js';
import { agentTaskQueue } from '../shared/ids.js';

/** Finds declared agents; built from a configuration. */
export class AgentRegistry {
  readonly #byType: ReadonlyMap<string, AgentDeclaration>;

  constructor(config: { readonly agents: readonly AgentDeclaration[] }) {
    this.#byType = new Map(config.agents.map((declaration) => [declaration.type, declaration]));
  }

  /** All declared types, in the configuration's order. */
  get types(): string[] {
    return [...this.#byType.keys()];
  }

  /** All declarations, in the configuration's order. */
  get all(): AgentDeclaration[] {
    return [...this.#byType.values()];
  }

  /** The agents that Journeyman's own worker runs. */
  get hosted(): HostedAgent[] {
    return this.all.filter(isHosted);
  }

  has(type: string): boolean {
    return this.#byType.has(type);
  }

  /** @throws UnknownAgentError naming the type and the known ones */
  get(type: string): AgentDeclaration {
    const declaration = this.#byType.get(type);
    if (declaration === undefined) throw new UnknownAgentError(type, this.types);
    return declaration;
  }

  /**
   * The Temporal task queue on which agents of the type are called.
   *
   * @throws UnknownAgentError naming the type and the known ones
   */
  taskQueueOf(type: string): string {
    return this.get(type).taskQueue ?? agentTaskQueue(type);
  }
}
