/** The JSON Schemas that are published in `schemas/`. */
import { z } from 'zod';
import { configSchema } from '../config.js';
import { agentHeartbeatSchema, agentReportSchema, agentTaskSchema } from '../shared/agent-contract.js';

/** Name and text of each published file. */
export function publishedSchemas(): Record<string, string> {
  return {
    'agent-task.schema.json': text('AgentTask', agentTaskSchema),
    'agent-report.schema.json': text('AgentReport', agentReportSchema),
    'agent-heartbeat.schema.json': text('AgentHeartbeat', agentHeartbeatSchema),
    'config.schema.json': text('journeyman.config.json', configSchema),
  };
}

/** The input's side of a schema: fields with a default need not be there. */
function text(title: string, schema: z.ZodType): string {
  const { $schema, ...rest } = z.toJSONSchema(schema, { io: 'input' });
  return `${JSON.stringify({ $schema, title, ...rest }, null, 2)}\n`;
}
