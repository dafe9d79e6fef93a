/**
 * Which versions of an item say what it says now. Use is counted by version; a version that differs in tags or
 * priority only, or that brings earlier words back, goes on with what these words have shown. Pure.
 */
import type { KnowledgeDocument, VersionRun } from '../collections.js';

/** What of an item its use is counted by. */
export type Measurable = Pick<
  KnowledgeDocument,
  'id' | 'version' | 'contentVersion' | 'earlierRuns' | 'absorbed' | 'mergedAtVersion'
>;

/** Since which version an item says what it says. */
export const saysSince = ({
  version,
  contentVersion,
}: Pick<Measurable, 'version' | 'contentVersion'>): number => contentVersion ?? version;

/** Whether the use of a version tells of what the item says now. */
export const counted = (
  item: Pick<Measurable, 'version' | 'contentVersion' | 'earlierRuns'>,
  version: number,
): boolean => version >= saysSince(item) || within(item.earlierRuns ?? [], version);

const within = (runs: readonly VersionRun[], version: number): boolean =>
  runs.some(([first, last]) => version >= first && version <= last);

/** Versions as runs of those that follow each other. */
export function runsOf(versions: readonly number[]): VersionRun[] {
  const runs: VersionRun[] = [];
  for (const version of [...versions].sort((a, b) => a - b)) {
    const last = runs.at(-1);
    if (last !== undefined && version <= last[1] + 1) last[1] = version;
    else runs.push([version, version]);
  }
  return runs;
}
