/** What stands in an exported file: a JSON object with a list of items, each on a line of its own when we write it. */
import { isDeepStrictEqual } from 'node:util';
import { z } from 'zod';
import { knowledgeStates, knowledgeTypes, priorities, sourceKinds, trustLevels } from '../../shared/terms.js';
import {
  agentSchema,
  bounded,
  categorySchema,
  idSchema,
  jsonObject,
  tagsSchema,
  textSchema,
  titleSchema,
} from '../inputs.js';
import { versionedFields } from '../versions/next-version.js';

export const FILE_FORMAT = 'journeyman-knowledge';
/** Version 2 added trust, sources and what versions keep beside title and content; 1 is read as well. */
export const FILE_VERSION = 2;

/** The fields beside the items. */
export const headerSchema = z.strictObject({
  format: z.literal(FILE_FORMAT),
  version: z.union([z.literal(1), z.literal(FILE_VERSION)]),
  exportedAt: z.iso.datetime(),
  items: z.array(z.unknown()),
});

const count = z.number().int().min(0).max(1e9);
const time = z.iso.datetime().transform((text) => new Date(text));
const content = bounded(z.union([textSchema, jsonObject]));

const versionSchema = z.strictObject({
  version: z.number().int().min(1),
  title: titleSchema,
  content,
  changes: z.string().max(2_000),
  by: agentSchema,
  at: time,
  type: z.enum(knowledgeTypes).exactOptional(),
  category: categorySchema.exactOptional(),
  tags: tagsSchema.exactOptional(),
  priority: z.enum(priorities).exactOptional(),
  trust: z.enum(trustLevels).exactOptional(),
});

/** An item as it leaves; of the tenant it leaves, nothing is named. */
export const fileItemSchema = z
  .strictObject({
    id: idSchema,
    type: z.enum(knowledgeTypes),
    category: categorySchema,
    title: titleSchema,
    content,
    context: jsonObject,
    priority: z.enum(priorities),
    tags: tagsSchema,
    source: agentSchema,
    state: z.enum(knowledgeStates),
    version: z.number().int().min(1),
    trust: z.enum(trustLevels).default('untrusted'),
    /** What it came from, as `<kind>:<ref>`. */
    sources: z
      .array(
        z
          .string()
          .regex(new RegExp(`^(?:${sourceKinds.join('|')}):.`, 's'))
          .max(700),
      )
      .max(1_000)
      .default([]),
    /** Applications of what it says now. */
    usage: z.strictObject({ successes: count, failures: count, unknown: count }),
    versions: z.array(versionSchema).min(1),
  })
  .refine((item) => item.versions.every((each, index) => each.version === index + 1), {
    path: ['versions'],
    error: 'Invalid input: expected versions 1, 2, 3 … in order',
  })
  .refine((item) => item.versions.length === item.version, {
    path: ['version'],
    error: 'Invalid input: expected the number of the last of its versions',
  })
  .superRefine((item, checked) => {
    const last = item.versions.at(-1);
    // Versions of before they were kept lack all but title and content. What confirms an item raises its priority, and
    // makes no version.
    for (const field of versionedFields)
      if (field !== 'priority' && last?.[field] !== undefined && !isDeepStrictEqual(last[field], item[field]))
        checked.addIssue({
          code: 'custom',
          path: [field],
          message: `Invalid input: expected the ${field} of the last of its versions`,
        });
  });
export type FileItem = z.output<typeof fileItemSchema>;
export type FileItemInput = z.input<typeof fileItemSchema>;
