/** The activities of a worker's main queue. */
import type { CoreActivities, MaintenanceActivities, VerifyActivities } from '../shared/activities.js';
import { coreActivities } from './core-activities.js';
import type { ActivityDependencies } from './dependencies.js';
import { maintenanceActivities } from './maintenance-activities.js';
import { verifyActivities } from './verify-activities.js';

export { agentActivities } from './agent-activities.js';
export type { ActivityDependencies } from './dependencies.js';

export type Activities = CoreActivities & VerifyActivities & MaintenanceActivities;

/** Makes all activities of the main queue from what they need. */
export function createActivities(deps: ActivityDependencies): Activities {
  return {
    ...coreActivities(deps),
    ...verifyActivities(deps.redactor),
    ...maintenanceActivities(deps.store, deps.redactor),
  };
}
