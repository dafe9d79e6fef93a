/** Lessons of people's own. */
import { createHash } from 'node:crypto';
import { z } from 'zod';
import { checkInput } from '../shared/check-input.js';
import { errorSignature } from '../shared/error-signature.js';
import { learningTypes } from '../shared/terms.js';
import {
  type ActOptions,
  type ActResult,
  actSchema,
  type ControlScope,
  MAX_PROSE,
  MAX_TITLE,
  proseSchema,
} from './control.js';
import { actsOn, logActs } from './control-log.js';
import { type Learning, learningId, learnings, NO_CONTROL, weightOf } from './learning.js';
import { keepVersions } from './learning-versions.js';

const addSchema = z.strictObject({
  type: z.enum(learningTypes).default('BEST_PRACTICE'),
  title: proseSchema(MAX_TITLE),
  /** When it applies, in words that tasks use: it is found by them. */
  condition: proseSchema(MAX_PROSE),
  advice: proseSchema(MAX_PROSE),
  verb: z.enum(['prefer', 'avoid']).default('prefer'),
  category: z.string().trim().min(1).max(100).exactOptional(),
  /** An error as it is reported; tasks that speak of it are offered the lesson. */
  error: proseSchema(MAX_PROSE).exactOptional(),
  agentTypes: z.array(z.string().min(1).max(200)).max(50).default([]),
  /** The action that it speaks of, for agents that read it as data. */
  action: z
    .strictObject({
      type: z.string().min(1).max(200),
      input: z.record(z.string().min(1).max(200), z.json()).exactOptional(),
    })
    .exactOptional(),
  pinned: z.boolean().default(false),
});
/** A lesson that a person knows. */
export type NewLesson = z.input<typeof addSchema>;

/** What a person's lesson is stored as. */
function addedLearning(tenant: string, lesson: z.output<typeof addSchema>, at: Date): Learning {
  const { type, title, condition, advice, verb, category, error, agentTypes, action, pinned } = lesson;
  const content = [title, condition, advice, category ?? null, error ?? null];
  const digest = createHash('sha256').update(JSON.stringify(content)).digest('hex').slice(0, 16);
  const pattern = { kind: 'action' as const, group: null, action: JSON.stringify(['added', digest]) };
  const id = learningId(type, verb, null, pattern.action);
  // Nothing was observed of it, and nothing is claimed.
  const counts = { n: 0, successes: 0, withoutN: 0, withoutSuccesses: 0 };
  const unproven = { verb, confidence: 'LOW' as const, pValue: 1, counts, stated: counts };
  return {
    ...{ _id: `${tenant}|${id}`, tenant, id, version: 1, origin: 'added' as const },
    ...{ type, title, condition, advice, pattern },
    ...unproven,
    ...{ tasks: 0, effect: null, interval: null, compared: null, pace: null, groups: [], aliases: [] },
    ...{ state: 'candidate' as const, retiredBecause: null, supersededBy: null },
    category: category ?? null,
    signature: error === undefined ? null : errorSignature(error),
    action:
      action === undefined
        ? null
        : { verb, type: action.type, ...(action.input === undefined ? {} : { input: action.input }) },
    text: `${title} ${condition} ${error ?? ''}`.trim(),
    weight: weightOf(unproven),
    control: { ...NO_CONTROL, pinned },
    agentTypes,
    firstSeen: at,
    lastSeen: at,
  };
}

/**
 * Adds a lesson of a person's own: a candidate without counts, which is withheld from a share of the tasks that
 * it fits like any other, so that its lift can be measured. The same again changes nothing.
 *
 * @throws InvalidInputError naming the field, the value and what is allowed
 */
export async function addLearning(
  { store, tenant, redactor }: ControlScope,
  lesson: NewLesson,
  options: Omit<ActOptions, 'expectedVersion'>,
): Promise<ActResult> {
  const { by, reason } = checkInput(actSchema, options);
  const given = redactor.value(checkInput(addSchema, lesson, 'lesson'));
  const at = new Date();
  const learning = addedLearning(tenant, given, at);
  const { _id, id } = learning;
  return store.transaction(async (session) => {
    const known = await learnings(store).findOne({ _id, tenant }, { session });
    if (known !== null) return { learning: known, changed: false };
    await learnings(store).insertOne(learning, { session });
    await keepVersions(store, [learning], session);
    const earlier = await actsOn(store, tenant, id, { session });
    await logActs(
      store,
      tenant,
      [
        {
          learningId: id,
          act: 'add',
          at,
          by: redactor.text(by.trim()),
          reason: reason === undefined ? null : redactor.text(reason),
          version: learning.version,
          before: null,
          after: learning.control,
          learning,
        },
      ],
      () => earlier.length,
      session,
    );
    return { learning, changed: true };
  });
}
