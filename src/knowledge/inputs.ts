/** What the public functions of knowledge accept. Strings are typed, so that no query operator gets through. */
import { z } from 'zod';
import type { Json } from '../shared/agent-contract.js';
import { knowledgeStates, knowledgeTypes, priorities, trustLevels } from '../shared/terms.js';

const MAX_CONTENT_CHARS = 200_000;
const MAX_DEPTH = 50;

const shallow = (value: Json, depth = MAX_DEPTH): boolean =>
  value === null ||
  typeof value !== 'object' ||
  (depth > 0 && Object.values(value).every((inner) => shallow(inner, depth - 1)));

/** MongoDB stores no others. */
const isNamed = (value: Json): boolean =>
  value === null ||
  typeof value !== 'object' ||
  Object.entries(value).every(([name, inner]) => !name.includes('\0') && isNamed(inner));

export const bounded = <T extends z.ZodType<Json>>(schema: T) =>
  schema
    .refine((value) => shallow(value), {
      error: `Invalid input: expected at most ${MAX_DEPTH} levels`,
      abort: true,
    })
    .refine(isNamed, 'Invalid input: expected names of fields without null characters')
    .refine(
      (value) => JSON.stringify(value).length <= MAX_CONTENT_CHARS,
      `Invalid input: expected at most ${MAX_CONTENT_CHARS} characters of JSON`,
    );

export const jsonObject = bounded(z.record(z.string(), z.json()));

export const idSchema = z.string().regex(/^[A-Za-z0-9][A-Za-z0-9_.:-]{0,119}$/);
/** Half a character would be stored as another, so that the name would not be found again. */
export const agentSchema = z
  .string()
  .min(1)
  .max(200)
  .regex(/^\P{Surrogate}*$/u);
export const channelNameSchema = z.string().regex(/^[a-z0-9][a-z0-9_.-]{0,63}$/);
export const limitSchema = z.number().int().min(1).max(10_000);
export const textSchema = z.string().trim().min(1);
export const titleSchema = textSchema.max(300);
export const categorySchema = textSchema.max(100);
export const tagsSchema = z
  .array(textSchema.max(100))
  .max(50)
  .transform((tags) => [...new Set(tags)]);

export const shareSchema = z.strictObject({
  /** Makes a retried share harmless. */
  id: idSchema.optional(),
  sourceAgent: agentSchema,
  type: z.enum(knowledgeTypes),
  title: titleSchema,
  content: bounded(z.union([textSchema, jsonObject])),
  context: jsonObject.default({}),
  category: categorySchema.optional(),
  priority: z.enum(priorities).default('MEDIUM'),
  tags: tagsSchema.default([]),
  channel: channelNameSchema.optional(),
  /** With the title, makes a retried share harmless. */
  executionId: z.string().min(1).max(500).optional(),
});
export type ShareInput = z.input<typeof shareSchema>;
export type Share = z.output<typeof shareSchema>;

export const solutionSchema = shareSchema
  .pick({ id: true, sourceAgent: true, context: true, priority: true, tags: true, executionId: true })
  .extend({ problem: textSchema.max(20_000), solution: bounded(z.union([textSchema, jsonObject])) });
export type SolutionInput = z.input<typeof solutionSchema>;

export const broadcastSchema = shareSchema
  .omit({ type: true, channel: true })
  .extend({ priority: z.enum(priorities).default('HIGH') });
export type BroadcastInput = z.input<typeof broadcastSchema>;

export const querySchema = z.strictObject({
  query: z.string().max(20_000).optional(),
  minPriority: z.enum(priorities).default('LOW'),
  type: z.enum(knowledgeTypes).optional(),
  /** Items that have all of them. */
  tags: tagsSchema.optional(),
  channel: channelNameSchema.optional(),
  /** Only channels that this agent subscribes to. */
  agent: agentSchema.optional(),
  category: categorySchema.optional(),
  trust: z.enum(trustLevels).optional(),
  /** Default: EXPERIMENTAL and VALIDATED. */
  state: z.enum(knowledgeStates).optional(),
  /** The agent that is handed the answer: counted as a view of each item, once. */
  viewer: agentSchema.optional(),
  limit: limitSchema.default(20),
});
export type KnowledgeQuery = z.input<typeof querySchema>;

export const channelSchema = z.strictObject({
  name: channelNameSchema,
  description: z.string().max(1_000).default(''),
});
export type ChannelInput = z.input<typeof channelSchema>;

export const addSchema = z.strictObject({
  category: categorySchema,
  title: titleSchema,
  content: jsonObject,
  tags: tagsSchema.default([]),
  state: z.enum(knowledgeStates).default('EXPERIMENTAL'),
  type: z.enum(knowledgeTypes).default('TECHNIQUE'),
  by: agentSchema.default('api'),
});
export type AddInput = z.input<typeof addSchema>;

export const versionSchema = z.number().int().min(1);

export const updateSchema = z
  .strictObject({
    newContent: bounded(z.union([textSchema, jsonObject])).optional(),
    title: titleSchema.optional(),
    type: z.enum(knowledgeTypes).optional(),
    category: categorySchema.optional(),
    tags: tagsSchema.optional(),
    priority: z.enum(priorities).optional(),
    /** What changes and why. */
    changes: textSchema.max(2_000),
    by: agentSchema.default('api'),
    /** Who enters the words: an agent's are not trusted. */
    as: z.enum(['person', 'agent']).default('person'),
    /** Refuses the update when another came first. */
    expectedVersion: versionSchema.optional(),
  })
  .refine(
    ({ newContent, title, type, category, tags, priority }) =>
      [newContent, title, type, category, tags, priority].some((given) => given !== undefined),
    'Invalid input: expected at least one of newContent, title, type, category, tags and priority',
  );
export type UpdateInput = z.input<typeof updateSchema>;

export const restoreVersionSchema = z.strictObject({
  version: versionSchema,
  by: agentSchema.default('api'),
  reason: textSchema.max(2_000),
  expectedVersion: versionSchema.optional(),
});
export type RestoreVersionInput = Omit<z.input<typeof restoreVersionSchema>, 'version'>;

export const historySchema = z.strictObject({
  /** The first version that is wanted. */
  from: versionSchema.default(1),
  limit: limitSchema.default(1_000),
});
export type HistoryOptions = z.input<typeof historySchema>;
export type HistoryRequest = z.output<typeof historySchema>;

export const diffSchema = z.strictObject({ from: versionSchema, to: versionSchema });

/** What lists are ordered by. */
export const listOrders = ['newest', 'oldest', 'updated', 'votes', 'success'] as const;

export const listSchema = z.strictObject({
  state: z.enum(knowledgeStates).optional(),
  type: z.enum(knowledgeTypes).optional(),
  category: categorySchema.optional(),
  tag: textSchema.max(100).optional(),
  channel: channelNameSchema.optional(),
  trust: z.enum(trustLevels).optional(),
  /** What it came from, `<kind>:<id>`. */
  source: z.string().max(600).optional(),
  /** Items that were merged into this one. */
  mergedInto: idSchema.optional(),
  order: z.enum(listOrders).default('newest'),
  limit: limitSchema.default(50),
});
export type ListQuery = z.input<typeof listSchema>;
export type ListRequest = z.output<typeof listSchema>;

export const likenessSchema = z.strictObject({
  /** Only what concerns this item. */
  id: idSchema.optional(),
  limit: limitSchema.default(50),
});
export type LikenessQuery = z.input<typeof likenessSchema>;
