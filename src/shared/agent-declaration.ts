/** How agents are declared in a configuration, by kind. */
import { z } from 'zod';
import { fields } from './fields.js';

const programSchema = z
  .array(z.string().regex(/^[^\0]+$/, 'text without NUL'))
  .min(1)
  .describe(
    'Program and arguments; never a shell. Parts that begin with ./ or ../ and name a file beside the configuration are resolved against its folder',
  );

const variableName = z
  .string()
  .regex(/^[A-Za-z_][A-Za-z0-9_]*$/, 'the name of an environment variable (letters, digits, _)');

const agentTypeSchema = z
  .string()
  .regex(
    /^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/,
    '1 to 64 letters, digits, ".", "_" or "-", beginning with a letter or digit',
  );

const seconds = z
  .number()
  .positive()
  .max(7 * 86_400);

const limitsSchema = fields({
  startToCloseSeconds: seconds.default(600).describe('Longest run of one call'),
  scheduleToStartSeconds: seconds.default(30).describe('Longest wait for a worker to take the call'),
  heartbeatSeconds: seconds.default(30).describe('Silence after which the worker counts as dead'),
  maxConcurrent: z.number().int().min(1).max(1_000).default(4).describe('Calls at once on one worker'),
  maxConcurrentTotal: z
    .number()
    .int()
    .min(1)
    .max(10_000)
    .exactOptional()
    .describe('Calls at once over all workers'),
  startsPerSecond: z
    .number()
    .positive()
    .max(10_000)
    .exactOptional()
    .describe('Calls begun a second, over all workers'),
  maxReportBytes: z
    .number()
    .int()
    .min(10_000)
    .max(1_800_000)
    .default(1_000_000)
    .describe('Largest report that is handed on; larger ones are cut'),
});

const shared = {
  type: agentTypeSchema,
  capabilities: z.array(z.string().min(1).max(100)).default([]),
  idempotent: z.boolean().default(false).describe('Whether a call may be repeated after it started'),
  taskQueue: z.string().min(1).max(200).exactOptional(),
  limits: limitsSchema.prefault({}),
  verify: programSchema
    .exactOptional()
    .describe('Decides success by its exit code, unless the task brings its own'),
  costPerRun: z.number().min(0).exactOptional().describe('USD, used when a report names no cost'),
};

const priceSchema = fields({
  inputPerMillion: z.number().min(0),
  cachedInputPerMillion: z.number().min(0).exactOptional().describe('Default: the price of other input'),
  outputPerMillion: z.number().min(0),
}).describe('USD for a million tokens, where the agent names tokens but no cost');

const promptSchema = fields({
  template: z
    .string()
    .min(1)
    .exactOptional()
    .describe(
      'Text with {{task}}, {{context}}, {{lessons}}, {{experience}}, {{knowledge}}, {{news}}, {{notes}}, {{earlier}} and {{inbox}} (how to read news meanwhile); default: all of them under headings',
    ),
  file: z.string().min(1).exactOptional().describe('A file that holds the template'),
  maxTokens: z.number().int().min(200).max(1_000_000).default(32_000).describe('Longest prompt'),
})
  .refine(({ template, file }) => template === undefined || file === undefined, 'either template or file')
  .describe('The text that the agent is given instead of the task as JSON');

const commandAgentSchema = fields({
  kind: z.literal('command'),
  ...shared,
  command: programSchema,
  cwd: z
    .string()
    .min(1)
    .exactOptional()
    .describe("Used when a task has no workspace; default: the configuration's folder"),
  env: z.record(variableName, z.string()).exactOptional(),
  passEnv: z.array(variableName).exactOptional().describe("Variables of the worker's environment to hand on"),
  prompt: promptSchema
    .exactOptional()
    .describe(
      'For programs that take a prompt: on stdin, or in the arguments that hold {{prompt}} or {{promptFile}}',
    ),
  transcript: z
    .union([
      z.enum(['stream-json', 'text']),
      z.string().regex(/^\.{0,2}\/.+\.m?js$/, 'stream-json, text or the path of a module'),
    ])
    .exactOptional()
    .describe(
      'How what the program prints is read: as events a line, as text, or by a parser of your own (a module that exports createParser). Default with a prompt: text; without: an AgentReport',
    ),
  resume: programSchema
    .exactOptional()
    .describe('Program and arguments that take up a run which a crash cut off; {{session}} is its id'),
  price: priceSchema.exactOptional(),
}).describe('Any program: the task as JSON or a prompt, an AgentReport, events or plain text back');

const headersSchema = z.record(
  z.string().regex(/^[\w!#$%&'*+.^`|~-]+$/, 'the name of a header'),
  z.string().regex(/^[\t\x20-\x7e\x80-\xff]*$/, 'one line of text'),
);
const urlSchema = z.url({ protocol: /^https?$/, error: 'an http or https URL' });

const httpAgentSchema = fields({
  kind: z.literal('http'),
  ...shared,
  url: urlSchema,
  headers: headersSchema
    .exactOptional()
    .describe('A value "env:NAME" is read from the worker\'s environment'),
}).describe('A service: AgentTask by POST, AgentReport back');

const llmAgentSchema = fields({
  kind: z.literal('llm'),
  ...shared,
  baseUrl: urlSchema.describe('An OpenAI-compatible endpoint, e.g. http://127.0.0.1:8080/v1'),
  model: z.string().min(1).max(200),
  apiKeyEnv: variableName
    .exactOptional()
    .describe("Variable of the worker's environment that holds the key; it is never stored or logged"),
  headers: headersSchema
    .exactOptional()
    .describe('A value "env:NAME" is read from the worker\'s environment'),
  system: z.string().min(1).exactOptional().describe('Said before the prompt'),
  prompt: promptSchema.prefault({}),
  tools: fields({
    read: z.boolean().default(true).describe('Read and list files of the workspace'),
    write: z.boolean().default(false).describe('Write and remove files of the workspace'),
    run: z
      .array(z.string().min(1))
      .default([])
      .describe('Programs it may run in the workspace, by name; no shell is involved'),
    runSeconds: seconds.default(120).describe('Longest run of one program'),
  }).prefault({}),
  maxSteps: z.number().int().min(1).max(1_000).default(30).describe('Most calls of the model'),
  maxOutputTokens: z.number().int().min(1).exactOptional().describe('Longest answer of one call'),
  temperature: z.number().min(0).max(2).exactOptional(),
  price: priceSchema.exactOptional(),
}).describe('A language model behind an OpenAI-compatible endpoint, with tools over the workspace');

const recordedAgentSchema = fields({
  kind: z.literal('recorded'),
  ...shared,
  file: z.string().min(1).describe('JSON lines of {"taskId" or "description", "report"}'),
}).describe('Answers from a file');

const activityAgentSchema = fields({
  kind: z.literal('activity'),
  ...shared,
}).describe('An activity `runAgent` on a worker of your own, in any language');

const jsonPath = z.string().regex(/^\$/, 'a JSONPath, beginning with $');
/** Where in a workflow's result the fields of a report stand. */
const resultPathsSchema = fields({
  success: jsonPath.exactOptional().describe('Default: unknown'),
  output: jsonPath.default('$'),
  actions: jsonPath.exactOptional(),
  results: jsonPath.exactOptional(),
  iterations: jsonPath.exactOptional(),
  errors: jsonPath.exactOptional(),
  cost: jsonPath.exactOptional().describe('USD'),
  inputTokens: jsonPath.exactOptional(),
  outputTokens: jsonPath.exactOptional(),
  discoveries: jsonPath.exactOptional(),
  applied: jsonPath.exactOptional(),
});

const workflowAgentSchema = fields({
  kind: z.literal('workflow'),
  ...shared,
  taskQueue: z.string().min(1).max(200),
  workflowType: z.string().min(1).max(200),
  args: z
    .array(z.json())
    .default(['$'])
    .describe('Its arguments; texts that begin with $ are JSONPaths into the AgentTask'),
  result: resultPathsSchema.prefault({}),
}).describe('A workflow of your own, run as a child');

export const agentDeclarationSchema = z.discriminatedUnion('kind', [
  commandAgentSchema,
  httpAgentSchema,
  llmAgentSchema,
  recordedAgentSchema,
  activityAgentSchema,
  workflowAgentSchema,
]);

export type AgentDeclaration = z.infer<typeof agentDeclarationSchema>;
export type CommandAgent = z.infer<typeof commandAgentSchema>;
export type HttpAgent = z.infer<typeof httpAgentSchema>;
export type LlmAgent = z.infer<typeof llmAgentSchema>;
export type RecordedAgent = z.infer<typeof recordedAgentSchema>;
export type WorkflowAgent = z.infer<typeof workflowAgentSchema>;
export type ResultPaths = z.infer<typeof resultPathsSchema>;
export type Price = z.infer<typeof priceSchema>;
export type PromptSettings = z.infer<typeof promptSchema>;
/** The agents that Journeyman's own worker can run. */
export type HostedAgent = CommandAgent | HttpAgent | LlmAgent | RecordedAgent;

/** Whether Journeyman's own worker runs this agent, rather than a worker of somebody else's. */
export const isHosted = (declaration: AgentDeclaration): declaration is HostedAgent =>
  declaration.kind !== 'activity' && declaration.kind !== 'workflow';
