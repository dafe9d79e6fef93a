/** The activities of a worker's main queue. */
import type {
  AnnounceActivities,
  CoreActivities,
  LookupActivities,
  MaintenanceActivities,
  VerifyActivities,
  WorkflowAgentActivities,
  WorkspaceActivities,
} from '../shared/activities.js';
import { announceActivities } from './announce-activities.js';
import { coreActivities } from './core-activities.js';
import type { ActivityDependencies } from './dependencies.js';
import { lookupActivities } from './lookup-activities.js';
import { maintenanceActivities } from './maintenance-activities.js';
import { verifyActivities } from './verify-activities.js';
import { workflowAgentActivities } from './workflow-agent-activities.js';
import { workspaceActivities } from './workspace-activities.js';

export { agentActivities } from './agent-activities.js';
export type { ActivityDependencies } from './dependencies.js';
export { sharedAll } from './share-at-once.js';

export type Activities = CoreActivities &
  LookupActivities &
  VerifyActivities &
  WorkflowAgentActivities &
  WorkspaceActivities &
  AnnounceActivities &
  MaintenanceActivities;

/** Makes all activities of the main queue from what they need. */
export function createActivities(deps: ActivityDependencies): Activities {
  const lookups = lookupActivities(deps);
  return {
    ...lookups,
    ...coreActivities(deps, lookups),
    ...verifyActivities(deps.redactor),
    ...workflowAgentActivities,
    ...workspaceActivities(deps.workspaces),
    ...announceActivities(deps),
    ...maintenanceActivities(deps),
  };
}
