/** A maintenance run: started now, watched, awaited. */
import { type Client, WorkflowExecutionAlreadyStartedError } from '@temporalio/client';
import { maintenanceWorkflowId } from './shared/ids.js';
import {
  type MaintenanceName,
  type MaintenanceProgress,
  maintenanceWorkflows,
} from './shared/maintenance.js';
import { maintenanceQuery } from './shared/messages.js';

export interface MaintenanceHandle {
  readonly workflowId: string;
  progress(): Promise<MaintenanceProgress>;
  result(): Promise<MaintenanceProgress>;
}

/** Starts a tenant's maintenance workflow unless it is running already. */
export async function startMaintenance(
  client: Client,
  tenant: string,
  taskQueue: string,
  name: MaintenanceName,
): Promise<MaintenanceHandle> {
  const workflowId = maintenanceWorkflowId(tenant, name);
  try {
    await client.workflow.start(maintenanceWorkflows[name], { workflowId, taskQueue, args: [{ tenant }] });
  } catch (error) {
    if (!(error instanceof WorkflowExecutionAlreadyStartedError)) throw error;
  }
  const handle = client.workflow.getHandle<() => Promise<MaintenanceProgress>>(workflowId);
  return { workflowId, progress: () => handle.query(maintenanceQuery), result: () => handle.result() };
}
