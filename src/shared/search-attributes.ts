/** The search attributes that every ExecuteTaskWorkflow carries, for filtering in the Temporal UI. */
import { defineSearchAttributeKey } from '@temporalio/common';

export const searchAttributes = {
  tenant: defineSearchAttributeKey('Tenant', 'KEYWORD'),
  taskCategory: defineSearchAttributeKey('TaskCategory', 'KEYWORD'),
  complexity: defineSearchAttributeKey('Complexity', 'KEYWORD'),
  strategy: defineSearchAttributeKey('Strategy', 'KEYWORD'),
  agentTypes: defineSearchAttributeKey('AgentTypes', 'KEYWORD_LIST'),
  taskSuccess: defineSearchAttributeKey('TaskSuccess', 'BOOL'),
  awaitingApproval: defineSearchAttributeKey('AwaitingApproval', 'BOOL'),
} as const;

/** Name and type of each attribute, in the server's own terms; `up` registers them, workers check them. */
export const requiredSearchAttributes = Object.values(searchAttributes).map(({ name, type }) => ({
  name,
  type,
}));
