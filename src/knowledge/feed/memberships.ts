/** The channels that agents subscribe to, read for many agents at once. */
import { setImmediate as nextTurn } from 'node:timers/promises';
import type { Store } from '../../store/store.js';
import { type SubscriptionDocument, subscriptions } from '../collections.js';
import { lasting } from './lasting.js';

const AGENTS_IN_ONE = 500;

export class Memberships {
  /** Agents to be read, by tenant; null while nothing is asked for. */
  private asked: {
    agents: Map<string, Set<string>>;
    found: Promise<Map<string, SubscriptionDocument[]>>;
  } | null = null;

  constructor(
    private readonly store: Store,
    private readonly signal: AbortSignal,
  ) {}

  /**
   * An agent's subscriptions; waits while MongoDB is away.
   *
   * @throws the signal's reason when aborted
   */
  async of(tenant: string, agent: string): Promise<SubscriptionDocument[]> {
    this.asked ??= this.begin();
    const { agents, found } = this.asked;
    const ofTenant = agents.get(tenant) ?? new Set<string>();
    agents.set(tenant, ofTenant.add(agent));
    return (await found).get(agentKey(tenant, agent)) ?? [];
  }

  private begin(): NonNullable<Memberships['asked']> {
    const agents = new Map<string, Set<string>>();
    const found = nextTurn().then(() => {
      this.asked = null;
      return this.read(agents);
    });
    found.catch(() => {});
    return { agents, found };
  }

  private async read(
    agents: ReadonlyMap<string, ReadonlySet<string>>,
  ): Promise<Map<string, SubscriptionDocument[]>> {
    const found = new Map<string, SubscriptionDocument[]>();
    for (const [tenant, wanted] of agents) {
      const names = [...wanted];
      for (let from = 0; from < names.length; from += AGENTS_IN_ONE) {
        const some = names.slice(from, from + AGENTS_IN_ONE);
        const documents = await lasting(
          () =>
            this.store.run((options) =>
              subscriptions(this.store)
                .find({ tenant, agent: { $in: some } }, options)
                .toArray(),
            ),
          this.signal,
        );
        for (const document of documents) {
          const key = agentKey(tenant, document.agent);
          const ofAgent = found.get(key) ?? [];
          ofAgent.push(document);
          found.set(key, ofAgent);
        }
      }
    }
    return found;
  }
}

export const agentKey = (tenant: string, agent: string): string => `${tenant}|${agent}`;
