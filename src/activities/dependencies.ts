/** What activities need from the worker that runs them. */
import type { Workspaces } from '../agents/workspaces/workspaces.js';
import type { Config } from '../config.js';
import type { Redactor } from '../shared/redact.js';
import type { Store } from '../store/store.js';
import type { PlanOffer } from '../strategy/plans.js';

export interface ActivityDependencies {
  store: Store;
  config: Config;
  redactor: Redactor;
  /** The declared agents and plans, as selection sees them. */
  offer: PlanOffer;
  workspaces: Workspaces;
  /** Names of our search attributes that the namespace has. */
  searchAttributes: () => Promise<string[]>;
}
