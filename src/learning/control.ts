/** What people do to learnings: switch off, pin, reword. Each act is logged in the transaction that does it. */
import { isDeepStrictEqual } from 'node:util';
import type { ClientSession } from 'mongodb';
import { z } from 'zod';
import { checkInput } from '../shared/check-input.js';
import { ConflictError, NotFoundError } from '../shared/errors.js';
import type { Redactor } from '../shared/redact.js';
import type { Store } from '../store/store.js';
import { actsOn, editToUndo, type LearningActName, logActs } from './control-log.js';
import { type Learning, type LearningControl, learnings } from './learning.js';
import { keepVersions } from './learning-versions.js';

/** Longest title, as the agent's contract and tables bear it. */
export const MAX_TITLE = 300;
/** Longest condition or advice. */
export const MAX_PROSE = 2_000;

export const proseSchema = (max: number) => z.string().trim().min(1).max(max);
export const bySchema = z
  .string()
  .max(500)
  .refine((text) => text.trim() !== '', 'expected who does so, e.g. a name or an address');

export const actSchema = z.strictObject({
  by: bySchema,
  reason: proseSchema(MAX_PROSE).exactOptional(),
  expectedVersion: z.number().int().min(1).exactOptional(),
});
/** Who acts, why, and on which version: the act is refused when the learning is not, or no longer, at it. */
export type ActOptions = z.input<typeof actSchema>;

const editSchema = z
  .strictObject({
    title: proseSchema(MAX_TITLE).exactOptional(),
    condition: proseSchema(MAX_PROSE).exactOptional(),
    advice: proseSchema(MAX_PROSE).exactOptional(),
  })
  .refine((edit) => Object.keys(edit).length > 0, 'expected at least one of title, condition and advice');
/** Words of a person in place of the rule's. What is left out stays as it is. */
export type LearningEdit = z.input<typeof editSchema>;

/** What became of an act. */
export interface ActResult {
  learning: Learning;
  /** False when it was so already: nothing was written. */
  changed: boolean;
}

/** What every act needs. */
export interface ControlScope {
  store: Store;
  tenant: string;
  redactor: Redactor;
}

/** Acts that set one switch. */
const switches = {
  disable: { disabled: true },
  enable: { disabled: false },
  pin: { pinned: true },
  unpin: { pinned: false },
} as const satisfies Partial<Record<LearningActName, Partial<LearningControl>>>;
export type SwitchAct = keyof typeof switches;

/**
 * Switches a learning off or on, or pins it or no longer. Look-ups that begin afterwards follow it.
 *
 * @throws NotFoundError when the tenant has no such learning
 * @throws ConflictError when it is not, or no longer, at `expectedVersion`; when one is pinned that is retired
 * @throws InvalidInputError naming the field, the value and what is allowed
 */
export function switchLearning(
  scope: ControlScope,
  id: string,
  act: SwitchAct,
  options: ActOptions,
): Promise<ActResult> {
  return actOn(scope, id, act, options, ({ control, state, retiredBecause }) => {
    if (act === 'pin' && state === 'retired' && !control.pinned)
      throw new ConflictError(
        `Learning ${id} is retired (${retiredBecause ?? 'no reason is kept'}) and shown to nobody: add one of your own instead`,
      );
    return { ...control, ...switches[act] };
  });
}

/**
 * Puts a person's words in place of the rule's. They stay, whatever is observed later, until they are taken back;
 * numbers, state and confidence stay the pipeline's. A new version, as agents are shown another text.
 *
 * @throws NotFoundError | ConflictError | InvalidInputError as {@link switchLearning} does
 */
export async function editLearning(
  scope: ControlScope,
  id: string,
  edit: LearningEdit,
  options: ActOptions,
): Promise<ActResult> {
  const words = scope.redactor.value(checkInput(editSchema, edit, 'edit'));
  return actOn(scope, id, 'edit', options, ({ control }) => ({
    ...control,
    edits: { ...control.edits, ...words },
  }));
}

/**
 * Takes the latest edit back that was not taken back yet.
 *
 * @throws ConflictError also when there is no such edit
 * @throws NotFoundError | InvalidInputError as {@link switchLearning} does
 */
export function undoEdit(scope: ControlScope, id: string, options: ActOptions): Promise<ActResult> {
  return actOn(scope, id, 'undo-edit', options, async ({ control }, session) => {
    const edit = editToUndo(await actsOn(scope.store, scope.tenant, id, { session }));
    if (edit === null) throw new ConflictError(`Learning ${id} has no edit that could be undone`);
    return { ...control, edits: edit.before?.edits ?? null };
  });
}

async function actOn(
  { store, tenant, redactor }: ControlScope,
  id: string,
  act: LearningActName,
  options: ActOptions,
  change: (learning: Learning, session: ClientSession) => LearningControl | Promise<LearningControl>,
): Promise<ActResult> {
  const { by, reason, expectedVersion } = checkInput(actSchema, options);
  const _id = `${tenant}|${id}`;
  return store.transaction(async (session) => {
    const learning = await learnings(store).findOne({ _id, tenant }, { session });
    if (learning === null) throw new NotFoundError('learning', id);
    if (expectedVersion !== undefined && expectedVersion !== learning.version)
      throw new ConflictError(
        `Learning ${id} is at version ${learning.version}, not at the expected ${expectedVersion}`,
      );
    const before = learning.control;
    const after = await change(learning, session);
    if (isDeepStrictEqual(before, after)) return { learning, changed: false };
    // Agents are shown other words: what comes of them is counted apart.
    const reworded = !isDeepStrictEqual(before.edits, after.edits);
    const version = reworded ? learning.version + 1 : learning.version;
    // Two acts at once write the same document: the second is tried again and reads the first's.
    await learnings(store).updateOne({ _id, tenant }, { $set: { control: after, version } }, { session });
    const changed: Learning = { ...learning, control: after, version };
    if (reworded) await keepVersions(store, [changed], session);
    const earlier = await actsOn(store, tenant, id, { session });
    await logActs(
      store,
      tenant,
      [
        {
          learningId: id,
          act,
          at: new Date(),
          by: redactor.text(by.trim()),
          reason: reason === undefined ? null : redactor.text(reason),
          version,
          before,
          after,
        },
      ],
      () => earlier.length,
      session,
    );
    return { learning: changed, changed: true };
  });
}
