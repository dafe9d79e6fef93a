/** The names under which what runs did is compared: a feature, its key, and back. Pure. */
import { z } from 'zod';
import type { LessonAction } from '../shared/agent-contract.js';
import { canonicalJson } from '../shared/canonical-json.js';

const valueSchema = z.union([z.string(), z.boolean()]);

const stepSchema = z.object({
  type: z.string(),
  input: z.record(z.string(), valueSchema).exactOptional(),
  command: z.string().exactOptional(),
});

const featureSchema = z.discriminatedUnion('kind', [
  stepSchema.extend({ kind: z.literal('action') }),
  z.object({ kind: z.literal('argument'), type: z.string(), name: z.string() }),
  z.object({ kind: z.literal('text'), type: z.string(), shape: z.enum(['question', 'list', 'code']) }),
  z.object({ kind: z.literal('sequence'), steps: z.array(stepSchema).min(2).max(3), gapped: z.boolean() }),
  z.object({ kind: z.literal('edge'), at: z.enum(['first', 'last']), step: stepSchema }),
  z.object({ kind: z.literal('repeat'), step: stepSchema, failed: z.boolean() }),
  z.object({ kind: z.literal('retry'), step: stepSchema, changed: z.boolean() }),
  z.object({ kind: z.literal('error'), signature: z.string() }),
  z.object({ kind: z.literal('failure'), step: stepSchema }),
  z.object({ kind: z.literal('condition'), key: z.string(), value: valueSchema, step: stepSchema }),
  z.object({ kind: z.literal('plan'), plan: z.string() }),
]);

/**
 * An action without what differs from run to run: its type, and what tells agents' actions apart that share one
 * type, the head words of a shell command (`npm test`) or the argument that names the tool.
 */
export type Step = z.infer<typeof stepSchema>;

/**
 * One thing that a run shows, or does not:
 * - `action`: an action of this type was taken; with `input`, with this short value of one argument; with
 *   `command`, a shell command with these head words
 * - `argument`: an action of the type was given the argument of this name, whatever its value
 * - `text`: an action of the type said something that asks, that lists, that quotes code
 * - `sequence`: two or three steps, one directly after the other; with `gapped`, two with anything between
 * - `edge`: the step was the first or the last of an agent's
 * - `repeat`: the step was taken again with the very same input; with `failed`, although it had failed with it
 * - `retry` (of recoveries alone): what had failed was tried again, with another input (`changed`) or the same
 * - `error`: an action failed with an error of this signature, or of this class
 * - `failure`: an action of this step failed
 * - `condition`: the step was taken in a task whose context gives this value
 * - `plan`: the key of the plan that was run
 */
export type Feature = z.infer<typeof featureSchema>;

/** Canonical text of a feature: equal features have equal keys. */
export const featureKey = (feature: Feature): string => canonicalJson(feature);

/** Canonical text of a step: equal steps have equal texts. */
export const stepText = (step: Step): string => canonicalJson(step);

/** The key of a sequence, from the texts of its steps; the same as {@link featureKey} gives, sooner. */
export const sequenceKey = (steps: readonly string[], gapped: boolean): string =>
  `{"gapped":${gapped},"kind":"sequence","steps":[${steps.join(',')}]}`;

/**
 * Takes a key apart.
 *
 * @throws Error (a syntax error, or one that names the field) when the text is no key of a feature
 */
export const parseFeature = (key: string): Feature => featureSchema.parse(JSON.parse(key));

/** The machine-readable form of a lesson on one action; null for what no single action expresses. */
export function lessonActionOf(verb: LessonAction['verb'], feature: Feature): LessonAction | null {
  if (feature.kind !== 'action') return null;
  const { type, input, command } = feature;
  const args = { ...input, ...(command === undefined ? {} : { command }) };
  return { verb, type, ...(Object.keys(args).length === 0 ? {} : { input: args }) };
}
