/** What knowledge came from, and how a source is written: `<kind>:<ref>`, e.g. `task:fix-42`. Pure. */
import { InvalidInputError } from '../shared/errors.js';
import { type SourceKind, sourceKinds } from '../shared/terms.js';

export interface Source {
  kind: SourceKind;
  /** Task id, agent type, learning id, import id or a person's name. */
  ref: string;
}

export const sourceKey = ({ kind, ref }: Source): string => `${kind}:${ref}`;

/** @throws InvalidInputError when the text is no source */
export function parseSource(text: string): Source {
  const [, kind, ref] = /^([a-z]+):(.+)$/s.exec(text) ?? [];
  const known = sourceKinds.find((each) => each === kind);
  if (known === undefined || ref === undefined)
    throw new InvalidInputError('source', text, `<kind>:<id> with a kind of ${sourceKinds.join(', ')}`);
  return { kind: known, ref };
}

/**
 * The marks of sources that say the same thing together, e.g. an agent in a task: what they said is withdrawn with any
 * of them.
 */
export function contributionOf(sources: readonly Source[]): { key: string; with?: string[] }[] {
  const keys = [...new Set(sources.map(sourceKey))];
  return keys.map((key) =>
    keys.length === 1 ? { key } : { key, with: keys.filter((other) => other !== key) },
  );
}
