/** What the functions of knowledge work with. */
import { defaultKnowledgeSettings, type KnowledgeSettings } from '../shared/knowledge-settings.js';
import { createRedactor, type Redactor } from '../shared/redact.js';
import type { Store } from '../store/store.js';
import type { ReadExecutions } from './provenance/executions.js';

export interface KnowledgeOptions {
  /** Default: as the configuration has them where it says nothing. */
  settings?: KnowledgeSettings;
  /** Takes a CRITICAL item to the tasks that are running; a failure is made up for by the evolve run. */
  announce?: (itemId: string) => Promise<void>;
  /** What retracting a task or an agent needs: use in their executions is withdrawn. */
  executions?: ReadExecutions;
}

export interface KnowledgeContext {
  store: Store;
  tenant: string;
  /** Takes secrets out of all that is kept. */
  redactor: Redactor;
  settings: KnowledgeSettings;
  announce?: (itemId: string) => Promise<void>;
  executions?: ReadExecutions;
}

export const knowledgeContext = (
  store: Store,
  tenant: string,
  redactor: Redactor = createRedactor(),
  { settings = defaultKnowledgeSettings, announce, executions }: KnowledgeOptions = {},
): KnowledgeContext => ({
  ...{ store, tenant, redactor, settings },
  ...(announce && { announce }),
  ...(executions && { executions }),
});
