/** What an edit makes of an item. Pure. */
import { isDeepStrictEqual } from 'node:util';
import type { Trust } from '../../shared/terms.js';
import type { KnowledgeDocument, KnowledgeVersion } from '../collections.js';

/** What of an item its versions keep. */
export const versionedFields = ['title', 'content', 'type', 'category', 'tags', 'priority'] as const;
type Versioned = Pick<KnowledgeDocument, (typeof versionedFields)[number]>;

/** What is to be otherwise; fields that are left out stay as they are. */
export type ItemChange = { [Field in keyof Versioned]?: Versioned[Field] | undefined };

/** An item's versioned fields after a change. */
export interface NextVersion extends Versioned {
  trust: Trust;
  /** Whether title or content differ: agents are told something else, which has to prove itself. */
  saysOther: boolean;
}

/** Least trusted first. */
const ranks: readonly Trust[] = ['untrusted', 'derived', 'trusted'];
const lessTrusted = (one: Trust, other: Trust): Trust =>
  ranks.indexOf(one) <= ranks.indexOf(other) ? one : other;

/**
 * An item as a change leaves it; null where it changes nothing.
 *
 * The trust of a version is that of its least trusted words. Title and content are what agents are shown, and each
 * is the words of who entered it whole: so a person's new content under a title of an agent's stays `untrusted`
 * until a person enters the title too, be it the same; and new tags or another priority make nothing trusted.
 *
 * @param trust how far who enters the change is trusted
 */
export function nextVersion(
  item: Versioned & { trust?: Trust },
  change: ItemChange,
  trust: Trust,
): NextVersion | null {
  const before = item.trust ?? 'untrusted';
  const given = Object.fromEntries(Object.entries(change).filter(([, value]) => value !== undefined));
  const next: Versioned = { ...pickVersioned(item), ...given };
  if (isDeepStrictEqual(next, pickVersioned(item))) return null;
  const saysOther = next.title !== item.title || !isDeepStrictEqual(next.content, item.content);
  const words = (['title', 'content'] as const).map((field) => (field in given ? trust : before));
  return { ...next, trust: saysOther ? words.reduce(lessTrusted) : before, saysOther };
}

export const pickVersioned = ({ title, content, type, category, tags, priority }: Versioned): Versioned => ({
  title,
  content,
  type,
  category,
  tags,
  priority,
});

/** What brings an earlier version back; what it did not keep stays as it is. */
export const restoring = (version: KnowledgeVersion): ItemChange =>
  Object.fromEntries(versionedFields.map((field) => [field, version[field]]));
