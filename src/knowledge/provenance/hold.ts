/** Who works on a retraction: one run at a time, which another takes over when it was killed. */
import { createHash, randomUUID } from 'node:crypto';
import { MongoServerError } from 'mongodb';
import { ConflictError, NotFoundError } from '../../shared/errors.js';
import type { Store } from '../../store/store.js';
import { noFigures, type RetractionDocument, type RetractionStep, retractions } from './retractions.js';

/** Milliseconds after its last sign of life at which a run counts as dead; more than any of its transactions takes. */
const HELD_MS = 60_000;

const heldUntil = (): Date => new Date(Date.now() + HELD_MS);
const isHeld = ({ heldUntil: until }: RetractionDocument): boolean => until !== null && until > new Date();

/** A retraction that this run works on. */
export interface Held {
  retraction: RetractionDocument;
  holder: string;
}

const retractionId = (source: string, number: number): string =>
  `r_${createHash('sha256')
    .update(JSON.stringify([source, number]))
    .digest('hex')
    .slice(0, 20)}`;

/**
 * Begins the retraction of a source, or goes on with one whose process ended.
 *
 * @throws ConflictError when the source is retracted already, or another run is at it
 */
export async function begin(
  store: Store,
  tenant: string,
  source: string,
  { by, reason, first }: { by: string; reason: string; first: RetractionStep },
): Promise<Held> {
  const holder = randomUUID();
  try {
    const retraction = await store.transaction(async (session) => {
      const [last] = await retractions(store)
        .find({ tenant, source }, { session })
        .sort({ number: -1 })
        .limit(1)
        .toArray();
      if (last !== undefined && last.state !== 'undone') {
        if (last.state !== 'running' || isHeld(last)) throw alreadyRetracted(last);
        const taken = { holder, heldUntil: heldUntil() };
        await retractions(store).updateOne({ _id: last._id, tenant }, { $set: taken }, { session });
        return { ...last, ...taken };
      }
      const number = (last?.number ?? 0) + 1;
      const id = retractionId(source, number);
      const begun: RetractionDocument = {
        ...{
          _id: `${tenant}|${id}`,
          tenant,
          id,
          source,
          number,
          by,
          reason,
          state: 'running',
          standing: true,
        },
        ...{ at: new Date(), doneAt: null, undoneBy: null, undoneAt: null, figures: noFigures },
        ...{ cursor: { step: first, after: null }, holder, heldUntil: heldUntil() },
      };
      await retractions(store).insertOne(begun, { session });
      return begun;
    });
    return { retraction, holder };
  } catch (error) {
    // Of two that began at once, the second meets the first's number.
    if (error instanceof MongoServerError && error.code === 11_000)
      throw new ConflictError(`${source} is being retracted by another run`);
    throw error;
  }
}

function alreadyRetracted({ id, source, state, by, at }: RetractionDocument): ConflictError {
  const since = `by ${by} since ${at.toISOString()} (${id})`;
  if (state === 'running') return new ConflictError(`${source} is being retracted ${since}`);
  return new ConflictError(
    state === 'undoing'
      ? `The retraction of ${source} ${since} is being undone: wait for its end, or undo it again if it was interrupted`
      : `${source} is retracted ${since}: undo that first`,
  );
}

/**
 * Begins to undo a retraction, or goes on with an undoing whose process ended.
 *
 * @throws NotFoundError when the tenant has no such retraction
 * @throws ConflictError when it is undone, or another run is at it
 */
export async function beginUndoing(
  store: Store,
  tenant: string,
  id: string,
  { by, first }: { by: string; first: RetractionStep },
): Promise<Held> {
  const holder = randomUUID();
  const retraction = await store.transaction(async (session) => {
    const _id = `${tenant}|${id}`;
    const found = await retractions(store).findOne({ _id, tenant }, { session });
    if (found === null) throw new NotFoundError('retraction', id);
    const { state, source, undoneBy, undoneAt } = found;
    if (state === 'undone')
      throw new ConflictError(
        `Retraction ${id} of ${source} was undone by ${undoneBy} at ${undoneAt?.toISOString()}`,
      );
    if (isHeld(found)) throw new ConflictError(`Another run is working on retraction ${id} of ${source}`);
    const taken: Partial<RetractionDocument> = {
      ...{ state: 'undoing', standing: false, holder, heldUntil: heldUntil() },
      ...(state === 'undoing' ? {} : { undoneBy: by, cursor: { step: first, after: null } }),
    };
    await retractions(store).updateOne({ _id, tenant }, { $set: taken }, { session });
    return { ...found, ...taken };
  });
  return { retraction, holder };
}

/**
 * Notes how far a run got, and that it lives.
 *
 * @throws ConflictError when another has taken over
 */
export async function advance(
  store: Store,
  { retraction: { _id, tenant, id }, holder }: Held,
  set: Partial<RetractionDocument>,
): Promise<void> {
  const { matchedCount } = await store.run((options) =>
    retractions(store).updateOne(
      { _id, tenant, holder },
      { $set: { heldUntil: heldUntil(), ...set } },
      options,
    ),
  );
  if (matchedCount === 0) throw new ConflictError(`Another run has taken over retraction ${id}`);
}

/** Lets the next run go on at once, after an error. */
export async function letGo(store: Store, { retraction: { _id, tenant }, holder }: Held): Promise<void> {
  await store.run((options) =>
    retractions(store).updateOne({ _id, tenant, holder }, { $set: { heldUntil: null } }, options),
  );
}
