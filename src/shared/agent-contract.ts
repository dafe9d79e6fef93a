/**
 * The contract between Journeyman and an agent, in any language: plain JSON both ways.
 *
 * The schemas here are the single source: types are inferred from them and the published JSON Schemas
 * (`schemas/*.schema.json`) are generated from them. Workflow code imports the types only.
 */
import { z } from 'zod';
import { MAX_ITERATIONS, MAX_SECONDS, MAX_TOKENS, MAX_USD } from './figure-limits.js';
import { trustLevels } from './terms.js';

/** Most characters an agent's free-text output may keep once it is bounded. */
export const MAX_OUTPUT_CHARS = 64_000;
/** Most actions (and results) of one report that are kept once it is bounded. */
export const MAX_ACTIONS = 1_000;

const json = z.json();

export const actionSchema = z
  .object({
    type: z.string().min(1).max(200).describe('What was done, e.g. CREATE_FILE, run-tests, search'),
    input: json.optional().describe('The arguments of the action'),
  })
  .describe('One action of the agent');

export const resultSchema = z
  .object({
    success: z.boolean().describe('Whether the action did what it should'),
    output: json.optional(),
    error: z.string().max(20_000).optional(),
    seconds: z
      .number()
      .min(0)
      .max(MAX_SECONDS)
      .exactOptional()
      .describe('How long the action took, where the agent measured it'),
  })
  .describe('The result of the action at the same position in `actions`');

export const discoverySchema = z.object({
  title: z.string().min(1).max(300),
  content: z.string().min(1).max(20_000),
  type: z
    .enum(['SOLUTION', 'WARNING', 'DISCOVERY', 'OPTIMIZATION', 'BEST_PRACTICE', 'TECHNIQUE'])
    .default('DISCOVERY'),
  priority: z.enum(['LOW', 'MEDIUM', 'HIGH', 'CRITICAL']).default('MEDIUM'),
  tags: z.array(z.string().min(1).max(100)).max(50).default([]),
});

const tokensSchema = z.object({
  input: z.number().int().min(0).max(MAX_TOKENS),
  output: z.number().int().min(0).max(MAX_TOKENS),
});

/** What a task may cost; or, while it runs, what is left of that. */
export const capsSchema = z
  .object({
    seconds: z.number().positive().exactOptional(),
    tokens: z.number().int().positive().exactOptional().describe('Input and output together'),
    usd: z.number().positive().exactOptional(),
  })
  .describe('Caps on what is spent; an agent that goes over one is stopped');

/** What an agent has used up so far. */
export const spendingSchema = z.object({
  cost: z.number().min(0).max(MAX_USD).describe('USD'),
  tokens: tokensSchema,
  iterations: z.number().int().min(0).max(MAX_ITERATIONS),
});

/**
 * Details of an agent's heartbeats. What they say last is all that is known of an agent whose worker dies;
 * agents of other workers may send it too.
 */
export const agentHeartbeatSchema = z
  .object({
    elapsedSeconds: z.number().min(0),
    spent: spendingSchema.describe('Since the call was first tried'),
    bytes: z.number().int().min(0).exactOptional().describe('Of output'),
    doing: z.string().exactOptional().describe('What the agent is at, in one line'),
    session: z.string().exactOptional().describe('By which a later attempt can take up the work'),
    workspace: z.string().exactOptional().describe("Names the attempt's own workspace"),
  })
  .describe('What an agent tells of itself while it works');

export const agentReportSchema = z
  .object({
    success: z
      .boolean()
      .nullable()
      .describe('Whether the agent says that it succeeded; null when it does not know'),
    output: json.optional().describe('What the agent hands back'),
    actions: z.array(actionSchema).default([]),
    results: z.array(resultSchema).default([]),
    iterations: z.number().int().min(0).max(MAX_ITERATIONS).default(1),
    errors: z.array(z.string().max(20_000)).default([]),
    cost: z.number().min(0).max(MAX_USD).optional().describe('USD'),
    tokens: tokensSchema.optional(),
    discoveries: z.array(discoverySchema).default([]),
    applied: z.array(z.string()).default([]).describe('Ids of the learnings and knowledge items used'),
  })
  .describe('What an agent returns');

const lessonActionSchema = z.object({
  verb: z.enum(['prefer', 'avoid']),
  type: z.string().describe('The action type it speaks of'),
  input: z.record(z.string(), json).optional().describe('The arguments it speaks of'),
});

export const lessonSchema = z
  .object({
    id: z.string(),
    version: z.number().int(),
    type: z.string(),
    title: z.string(),
    condition: z.string(),
    advice: z.string(),
    confidence: z.enum(['LOW', 'MEDIUM', 'HIGH', 'VERY_HIGH']),
    state: z.enum(['candidate', 'asserted']).describe('A candidate cannot yet be told from chance'),
    successRate: z.number().min(0).max(1).optional(),
    /** Normalised error signature that the lesson answers, when it answers one. */
    signature: z.string().optional(),
    action: lessonActionSchema.optional(),
  })
  .describe('One learning shown to the agent');

export const knowledgeItemSchema = z
  .object({
    id: z.string(),
    version: z.number().int(),
    type: z.string(),
    title: z.string(),
    content: json,
    state: z.string(),
    source: z.string(),
    trust: z
      .enum(trustLevels)
      .exactOptional()
      .describe("Whose words it holds; `untrusted`, another agent's, where it is missing"),
    disputed: z
      .literal(true)
      .exactOptional()
      .describe('Another item says the opposite, and evidence has not decided'),
    learningId: z.string().exactOptional().describe('The learning that it was made from'),
  })
  .describe('One knowledge item shown to the agent');

export const agentTaskSchema = z
  .object({
    tenant: z.string(),
    taskId: z.string(),
    executionId: z.string(),
    idempotencyKey: z.string().describe('The same for every attempt of this call'),
    agentType: z.string(),
    role: z.enum(['worker', 'lead-split', 'part', 'lead-integrate', 'verifier']).default('worker'),
    description: z.string(),
    context: z.record(z.string(), json).default({}),
    /** Only for role `part`: the part of the task to do. */
    part: json.optional(),
    lessons: z.array(lessonSchema).default([]),
    experience: z
      .object({ whatWorked: z.array(z.string()), improvements: z.array(z.string()) })
      .exactOptional()
      .describe('What those who ran similar tasks said of them, the most useful first'),
    knowledge: z.array(knowledgeItemSchema).default([]),
    news: z.array(knowledgeItemSchema).default([]).describe('CRITICAL items shared since the task began'),
    earlier: z
      .array(z.object({ agentType: z.string(), role: z.string(), report: agentReportSchema }))
      .default([])
      .describe('Reports of the agents that ran before in this plan'),
    /** Working directory for agents that act on files. */
    workspace: z.string().optional(),
    /** Program and arguments that decide success, run in the workspace. */
    verify: z.array(z.string()).min(1).optional(),
    caps: capsSchema.exactOptional(),
    inbox: z
      .url()
      .exactOptional()
      .describe(
        'Where an agent that is called by HTTP reads its news by GET while it works: an array like `news`',
      ),
    notes: z
      .array(z.string())
      .exactOptional()
      .describe('What is particular about the workspace, e.g. earlier changes that did not fit together'),
  })
  .describe('What an agent is given');

export type Action = z.infer<typeof actionSchema>;
export type ActionResult = z.infer<typeof resultSchema>;
export type Discovery = z.infer<typeof discoverySchema>;
export type AgentReport = z.infer<typeof agentReportSchema>;
export type AgentTask = z.infer<typeof agentTaskSchema>;
export type Lesson = z.infer<typeof lessonSchema>;
export type LessonAction = z.infer<typeof lessonActionSchema>;
export type KnowledgeExcerpt = z.infer<typeof knowledgeItemSchema>;
export type Json = z.infer<typeof json>;

export type Caps = z.infer<typeof capsSchema>;
export type Spending = z.infer<typeof spendingSchema>;
export type AgentHeartbeat = z.infer<typeof agentHeartbeatSchema>;
