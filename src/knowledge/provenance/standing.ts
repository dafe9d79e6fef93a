/** Which sources are retracted at the moment. */
import type { ClientSession } from 'mongodb';
import { ConflictError } from '../../shared/errors.js';
import type { Store } from '../../store/store.js';
import type { KnowledgeVersion } from '../collections.js';
import { type Source, sourceKey } from '../source.js';
import { type RetractionDocument, retractions } from './retractions.js';

/**
 * The retractions that stand for some of the given sources, by source. One indexed read.
 *
 * @param keys as `sourceKey` writes them
 */
export async function standingFor(
  store: Store,
  tenant: string,
  keys: readonly string[],
  options: { session: ClientSession } | { timeoutMS: number },
): Promise<Map<string, RetractionDocument>> {
  if (keys.length === 0) return new Map();
  const found = await retractions(store)
    .find({ tenant, source: { $in: [...new Set(keys)] }, standing: true }, options)
    .toArray();
  return new Map(found.map((retraction) => [retraction.source, retraction]));
}

/** The retraction that stands for one of the sources; null where there is none. */
export async function isRetracted(
  store: Store,
  tenant: string,
  sources: readonly Source[],
  options: { session: ClientSession } | { timeoutMS: number },
): Promise<RetractionDocument | null> {
  const standing = await standingFor(store, tenant, sources.map(sourceKey), options);
  return standing.values().next().value ?? null;
}

/** Who and what a report by hand comes from: names of agents and people are not told apart there. */
export const reportedBy = (by: string, taskId?: string): Source[] => [
  { kind: 'agent', ref: by },
  { kind: 'person', ref: by },
  ...(taskId === undefined ? [] : [{ kind: 'task' as const, ref: taskId }]),
];

/**
 * Refuses what comes from a retracted source: for shares, votes and edits.
 *
 * @throws ConflictError naming the source, the retraction, who made it and how it is undone
 */
export async function refuseRetracted(
  store: Store,
  tenant: string,
  sources: readonly Source[],
  options: { session: ClientSession } | { timeoutMS: number },
): Promise<void> {
  const retraction = await isRetracted(store, tenant, sources, options);
  if (retraction !== null) throw retractedError(retraction);
}

/** Says of what comes from a retracted source why it is refused. */
export const retractedError = ({ source, id, by, at, reason }: RetractionDocument): ConflictError =>
  new ConflictError(
    `${source} was retracted by ${by} on ${at.toISOString()} (${reason}): nothing of it is taken in until retraction ${id} is undone`,
  );

/** Whose the words of the version are that said them first: names of agents and people are not told apart there. */
export const sayersOfFirst = ({ source, by }: Pick<KnowledgeVersion, 'source' | 'by'>): string[] =>
  source === undefined ? reportedBy(by).map(sourceKey) : [source];
