/** Learnings as a file: for a copy, or for another tenant. */
import { z } from 'zod';
import { checkInput } from '../shared/check-input.js';
import { InvalidInputError } from '../shared/errors.js';
import { jsonSyntaxError } from '../shared/json-syntax.js';
import { confidences, learningTypes } from '../shared/terms.js';
import { type Learning, type LearningContent, learningId, learningStates } from './learning.js';

export const EXPORT_FORMAT = 'journeyman-learnings';
export const EXPORT_VERSION = 1;
/** Most learnings of one file. */
const MAX_LEARNINGS = 20_000;

const count = z.number().int().min(0);
const line = z.string().min(1).max(2_000);

const countsSchema = z
  .strictObject({ n: count, successes: count, withoutN: count, withoutSuccesses: count })
  .refine(({ n, successes }) => successes <= n, 'expected no more successes than n')
  .refine(
    ({ withoutN, withoutSuccesses }) => withoutSuccesses <= withoutN,
    'expected no more withoutSuccesses than withoutN',
  );

const learningSchema = z.strictObject({
  id: z.string().regex(/^[0-9a-f]{16}$/),
  version: z.number().int().min(1),
  type: z.enum(learningTypes),
  title: line,
  condition: line,
  advice: line,
  category: z.string().max(300).nullable(),
  signature: z.string().max(300).nullable(),
  action: z
    .strictObject({
      verb: z.enum(['prefer', 'avoid']),
      type: z.string().min(1).max(200),
      input: z.record(z.string(), z.json()).optional(),
    })
    .nullable(),
  verb: z.enum(['prefer', 'avoid']),
  state: z.enum(learningStates),
  retiredBecause: z.string().max(2_000).nullable(),
  confidence: z.enum(confidences),
  counts: countsSchema,
  pValue: z.number().min(0).max(1),
  text: z.string().max(4_000),
  pattern: z.strictObject({
    kind: z.enum(['recovery', 'action', 'plan']),
    group: z.string().max(1_000).nullable(),
    action: z.string().min(1).max(2_000),
  }),
  patterns: z.array(z.string().regex(/^[0-9a-f]{16}$/)).max(10_000),
  weight: z.number().min(0).max(1),
  agentTypes: z.array(z.string().max(200)).max(1_000),
  firstSeen: z.iso.datetime(),
  lastSeen: z.iso.datetime(),
});

const exportSchema = z.strictObject({
  format: z.literal(EXPORT_FORMAT),
  formatVersion: z.literal(EXPORT_VERSION),
  learnings: z.array(learningSchema).max(MAX_LEARNINGS),
});

export type ExportedLearning = z.infer<typeof learningSchema>;
export type LearningExport = z.infer<typeof exportSchema>;

/** The fields of a file's learning that a stored one takes over. */
export type ImportedContent = LearningContent & Pick<Learning, 'agentTypes' | 'firstSeen' | 'lastSeen'>;

/** Learnings as a file holds them, without what is the tenant's own. */
export function toExport(found: readonly Learning[]): LearningExport {
  return {
    format: EXPORT_FORMAT,
    formatVersion: EXPORT_VERSION,
    learnings: found.map(({ _id, tenant: _tenant, origin: _origin, firstSeen, lastSeen, ...content }) => ({
      ...(content as Omit<ExportedLearning, 'firstSeen' | 'lastSeen'>),
      firstSeen: firstSeen.toISOString(),
      lastSeen: lastSeen.toISOString(),
    })),
  };
}

/** The content of a file's learning, as it is stored. */
export function toContent({ id: _id, version: _version, ...exported }: ExportedLearning): ImportedContent {
  const { action } = exported;
  return {
    ...exported,
    action:
      action === null
        ? null
        : {
            verb: action.verb,
            type: action.type,
            ...(action.input === undefined ? {} : { input: action.input }),
          },
    firstSeen: new Date(exported.firstSeen),
    lastSeen: new Date(exported.lastSeen),
  };
}

/**
 * Reads an export.
 *
 * @param source name of the file, for errors
 * @throws InvalidInputError naming line or field, the value and what is allowed
 */
export function parseExport(text: string, source: string): LearningExport {
  const syntax = jsonSyntaxError(text);
  if (syntax !== null)
    throw new InvalidInputError(`${source}:${syntax.line}:${syntax.column}`, syntax.found, syntax.allowed);
  const parsed = checkInput(exportSchema, JSON.parse(text), source);
  const ids = new Set<string>();
  for (const [index, { id, type, verb, pattern }] of parsed.learnings.entries()) {
    const expected = learningId(type, verb, pattern.group, pattern.action);
    if (id !== expected)
      throw new InvalidInputError(
        `${source}: learnings[${index}].id`,
        id,
        `${expected}, the id of its pattern`,
      );
    if (ids.has(id)) throw new InvalidInputError(`${source}: learnings[${index}].id`, id, 'each id once');
    ids.add(id);
  }
  return parsed;
}
