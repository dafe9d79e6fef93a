/** Learnings as a file: for a copy, or for another tenant. */
import { z } from 'zod';
import { checkInput } from '../shared/check-input.js';
import { InvalidInputError } from '../shared/errors.js';
import { jsonSyntaxError } from '../shared/json-syntax.js';
import { confidences, learningTypes } from '../shared/terms.js';
import { MAX_PROSE, MAX_TITLE, proseSchema } from './control.js';
import {
  type Learning,
  type LearningContent,
  type LearningControl,
  learningId,
  learningStates,
  NO_CONTROL,
} from './learning.js';
import { observedKinds } from './observations-of.js';

const EXPORT_FORMAT = 'journeyman-learnings';
/** Version 1 had no effects, no aliases and nothing of what people decide. */
const EXPORT_VERSION = 2;
/** Most learnings of one file. */
const MAX_LEARNINGS = 20_000;

const count = z.number().int().min(0);
const line = z.string().min(1).max(2_000);
const idText = z.string().regex(/^[0-9a-f]{16}$/);

const countsSchema = z
  .strictObject({ n: count, successes: count, withoutN: count, withoutSuccesses: count })
  .refine(({ n, successes }) => successes <= n, 'expected no more successes than n')
  .refine(
    ({ withoutN, withoutSuccesses }) => withoutSuccesses <= withoutN,
    'expected no more withoutSuccesses than withoutN',
  );

const intervalSchema = (least: number) =>
  z
    .tuple([z.number().min(least), z.number().min(least)])
    .refine(([low, high]) => low <= high, 'expected low, high');

const commonFields = {
  id: idText,
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
  text: z.string().max(5_000),
  pattern: z.strictObject({
    kind: z.enum(observedKinds),
    group: z.string().max(1_000).nullable(),
    action: line,
  }),
  weight: z.number().min(0).max(1),
  agentTypes: z.array(z.string().max(200)).max(1_000),
  firstSeen: z.iso.datetime(),
  lastSeen: z.iso.datetime(),
};

const learningSchema = z.strictObject({
  ...commonFields,
  origin: z.enum(['extracted', 'imported', 'added']),
  stated: countsSchema,
  tasks: count,
  effect: z.number().min(-1).max(1).nullable(),
  interval: intervalSchema(-1).nullable(),
  compared: z.enum(['trials', 'tasks']).nullable(),
  pace: z
    .strictObject({
      measure: z.enum(['iterations', 'durationMs', 'cost']),
      ratio: z.number().min(0),
      interval: intervalSchema(0),
    })
    .nullable(),
  groups: z.array(z.string().max(1_000)).max(10_000),
  aliases: z.array(line).max(1_000),
  supersededBy: idText.nullable(),
  control: z.strictObject({
    disabled: z.boolean(),
    pinned: z.boolean(),
    edits: z
      .strictObject({
        title: proseSchema(MAX_TITLE).exactOptional(),
        condition: proseSchema(MAX_PROSE).exactOptional(),
        advice: proseSchema(MAX_PROSE).exactOptional(),
      })
      .nullable(),
  }),
});

const learningSchemaV1 = z.strictObject({
  ...commonFields,
  patterns: z.array(idText).max(10_000),
});

const versionSchema = z.looseObject({
  format: z.literal(EXPORT_FORMAT),
  formatVersion: z.literal([1, EXPORT_VERSION]),
});
const fileSchema = <T extends z.ZodType>(version: number, learning: T) =>
  z.strictObject({
    format: z.literal(EXPORT_FORMAT),
    formatVersion: z.literal(version),
    learnings: z.array(learning).max(MAX_LEARNINGS),
  });
const exportSchema = fileSchema(EXPORT_VERSION, learningSchema);
const exportSchemaV1 = fileSchema(1, learningSchemaV1);

export type ExportedLearning = z.output<typeof learningSchema>;
export type LearningExport = z.output<typeof exportSchema>;

/** The fields of a file's learning that a stored one takes over, whatever its people decided. */
export type ImportedContent = LearningContent & Pick<Learning, 'agentTypes' | 'firstSeen' | 'lastSeen'>;

/** Learnings as a file holds them, without what is the tenant's own. */
export function toExport(found: readonly Learning[]): LearningExport {
  return {
    format: EXPORT_FORMAT,
    formatVersion: EXPORT_VERSION,
    learnings: found.map((learning) => {
      const { firstSeen, lastSeen, interval, pace, control, action } = learning;
      return {
        ...pickShared(learning),
        ...{ action, control, id: learning.id, version: learning.version, origin: learning.origin },
        interval: interval === null ? null : [interval[0], interval[1]],
        pace: pace === null ? null : { ...pace, interval: [pace.interval[0], pace.interval[1]] },
        firstSeen: firstSeen.toISOString(),
        lastSeen: lastSeen.toISOString(),
      };
    }),
  };
}

/** What stands in a file as it stands in the store. */
function pickShared(learning: Learning) {
  const { type, title, condition, advice, category, signature, verb, state, retiredBecause } = learning;
  const { confidence, counts, stated, tasks, effect, compared, pValue, text, pattern, groups } = learning;
  const { aliases, supersededBy, weight, agentTypes } = learning;
  return {
    ...{ type, title, condition, advice, category, signature, verb, state, retiredBecause },
    ...{ confidence, counts, stated, tasks, effect, compared, pValue, text, pattern, groups },
    ...{ aliases, supersededBy, weight, agentTypes },
  };
}

/** The content of a file's learning, as it is stored. */
export function toContent(exported: ExportedLearning): ImportedContent {
  const { id: _id, version: _version, origin: _origin, control: _control, ...content } = exported;
  return {
    ...content,
    firstSeen: new Date(content.firstSeen),
    lastSeen: new Date(content.lastSeen),
  };
}

/** What people decided of a file's learning. */
export const controlOf = ({ control }: ExportedLearning): LearningControl => control;

/** A learning of format version 1: what it does not say is not known. */
function fromVersion1({
  patterns: _patterns,
  ...known
}: z.output<typeof learningSchemaV1>): ExportedLearning {
  return {
    ...known,
    origin: 'extracted',
    stated: known.counts,
    ...{ tasks: 0, effect: null, interval: null, compared: null, pace: null, aliases: [] },
    groups: known.pattern.group === null ? [] : [known.pattern.group],
    supersededBy: null,
    control: NO_CONTROL,
  };
}

/**
 * Reads an export, of this format version or of the one before.
 *
 * @param source name of the file, for errors
 * @throws InvalidInputError naming line or field, the value and what is allowed
 */
export function parseExport(text: string, source: string): LearningExport {
  const syntax = jsonSyntaxError(text);
  if (syntax !== null)
    throw new InvalidInputError(`${source}:${syntax.line}:${syntax.column}`, syntax.found, syntax.allowed);
  const whole: unknown = JSON.parse(text);
  const { formatVersion } = checkInput(versionSchema, whole, source);
  const parsed =
    formatVersion === 1
      ? checkInput(exportSchemaV1, whole, source).learnings.map(fromVersion1)
      : checkInput(exportSchema, whole, source).learnings;
  const ids = new Set<string>();
  for (const [index, { id, type, verb, pattern }] of parsed.entries()) {
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
  return { format: EXPORT_FORMAT, formatVersion: EXPORT_VERSION, learnings: parsed };
}
