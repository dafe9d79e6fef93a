/** What the public functions of knowledge accept. Strings are typed, so that no query operator gets through. */
import { isDeepStrictEqual } from 'node:util';
import { z } from 'zod';
import type { Json } from '../shared/agent-contract.js';
import { knowledgeStates, knowledgeTypes, priorities } from '../shared/terms.js';

const MAX_CONTENT_CHARS = 200_000;
const MAX_DEPTH = 50;

const shallow = (value: Json, depth = MAX_DEPTH): boolean =>
  value === null ||
  typeof value !== 'object' ||
  (depth > 0 && Object.values(value).every((inner) => shallow(inner, depth - 1)));

const bounded = <T extends z.ZodType<Json>>(schema: T) =>
  schema
    .refine((value) => shallow(value), `Invalid input: expected at most ${MAX_DEPTH} levels`)
    .refine(
      (value) => JSON.stringify(value).length <= MAX_CONTENT_CHARS,
      `Invalid input: expected at most ${MAX_CONTENT_CHARS} characters of JSON`,
    );

const jsonObject = bounded(z.record(z.string(), z.json()));

export const idSchema = z.string().regex(/^[A-Za-z0-9][A-Za-z0-9_.:-]{0,119}$/);
export const agentSchema = z.string().min(1).max(200);
export const channelNameSchema = z.string().regex(/^[a-z0-9][a-z0-9_.-]{0,63}$/);
export const limitSchema = z.number().int().min(1).max(10_000);
const textSchema = z.string().trim().min(1);
const titleSchema = textSchema.max(300);
const categorySchema = textSchema.max(100);
const tagsSchema = z
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

export const updateSchema = z.strictObject({
  newContent: bounded(z.union([textSchema, jsonObject])),
  changes: textSchema.max(2_000),
  by: agentSchema.default('api'),
  /** Refuses the update when another came first. */
  expectedVersion: z.number().int().min(1).optional(),
});
export type UpdateInput = z.input<typeof updateSchema>;

export const listSchema = z.strictObject({
  state: z.enum(knowledgeStates).optional(),
  type: z.enum(knowledgeTypes).optional(),
  limit: limitSchema.default(50),
});
export type ListQuery = z.input<typeof listSchema>;

const count = z.number().int().min(0);
const time = z.iso.datetime().transform((text) => new Date(text));

const itemFileSchema = z
  .strictObject({
    id: idSchema,
    type: z.enum(knowledgeTypes),
    category: categorySchema,
    title: titleSchema,
    content: bounded(z.union([textSchema, jsonObject])),
    context: jsonObject,
    priority: z.enum(priorities),
    tags: tagsSchema,
    source: agentSchema,
    state: z.enum(knowledgeStates),
    version: z.number().int().min(1),
    /** Applications of the current version. */
    usage: z.strictObject({ successes: count, failures: count, unknown: count }),
    versions: z
      .array(
        z.strictObject({
          version: z.number().int().min(1),
          title: titleSchema,
          content: bounded(z.union([textSchema, jsonObject])),
          changes: z.string().max(2_000),
          by: agentSchema,
          at: time,
        }),
      )
      .min(1),
  })
  .refine((item) => item.versions.every((each, index) => each.version === index + 1), {
    path: ['versions'],
    error: 'Invalid input: expected versions 1, 2, 3 … in order',
  })
  .refine((item) => item.versions.length === item.version, {
    path: ['version'],
    error: 'Invalid input: expected the number of the last of its versions',
  })
  .refine((item) => isDeepStrictEqual(item.versions.at(-1)?.content, item.content), {
    path: ['content'],
    error: 'Invalid input: expected the content of the last of its versions',
  });

export const FILE_FORMAT = 'journeyman-knowledge';
export const FILE_VERSION = 1;

export const fileSchema = z.strictObject({
  format: z.literal(FILE_FORMAT),
  version: z.literal(FILE_VERSION),
  exportedAt: z.iso.datetime(),
  items: z.array(itemFileSchema),
});
export type KnowledgeFile = z.output<typeof fileSchema>;
export type KnowledgeFileInput = z.input<typeof fileSchema>;
