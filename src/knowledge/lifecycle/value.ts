/** What an item is worth keeping for: the order in which a tenant's budget lets go of items. Pure. */
import { wilson } from '../../evidence/intervals.js';
import type { KnowledgeSettings } from '../../shared/knowledge-settings.js';
import { priorities, trustLevels } from '../../shared/terms.js';
import type { KnowledgeItem } from '../collections.js';
import type { KnownUsage } from './lifecycle.js';

export type Valued = Pick<
  KnowledgeItem,
  'state' | 'priority' | 'trust' | 'votes' | 'downvotes' | 'confirmations' | 'updatedAt' | 'lastUsedAt'
>;

export interface ValuedUsage extends KnownUsage {
  /** Tasks that it was shown in. */
  shown: number;
}

/** Shares of an item's worth, which add up to 1. */
const SHARES = {
  /** That it helps is what it is for. */
  helping: 0.5,
  /** What was used lately is likely to be used again. */
  recency: 0.25,
  /** A person's word is dearer than an agent's: people do not say it twice. */
  trust: 0.15,
  /** Its author's own word, so the least. */
  priority: 0.1,
} as const;
/** What agents say of an item against what tasks show: saying so costs nothing. */
const VOICES = 0.5;
/** Tasks after which a new item had its chance. */
const CHANCES = 20;
/** Half of the doubt is a new item's benefit. */
const BENEFIT = 0.5;
const DAY_MS = 86_400_000;

/**
 * The value of an item: 0 to 1 while it is not proven, 1 to 2 when VALIDATED, so that what proved itself outlasts
 * all that did not.
 *
 * Its worth adds up, by the shares above: the lower 95% bound (Wilson) of the success of its applications, or of
 * the agents' approval (votes and confirmations among all voices) at half its weight where that is more; how
 * lately it was used, halved each quarter of `staleDays`; whose words it holds; its priority, of which an
 * agent's claim counts half. Lower bounds, so that neither one success nor one friend makes a treasure.
 *
 * A new item cannot have shown anything yet. It is given half of what its worth lacks; this fades with the time since
 * its content or state changed, to nothing at `unusedDays`, and with each of the first 20 tasks that it is shown in:
 * by then it had its chance. What is edited or restored has it anew.
 *
 * @param usage of its current version
 */
export function valueOf(
  item: Valued,
  usage: ValuedUsage,
  now: Date,
  settings: Pick<KnowledgeSettings, 'unusedDays' | 'staleDays'>,
): number {
  const worth = worthOf(item, usage, now, settings.staleDays);
  if (item.state === 'VALIDATED') return 1 + worth;
  const age = daysBetween(item.updatedAt, now) / settings.unusedDays;
  const chance = Math.max(0, 1 - age) * Math.max(0, 1 - usage.shown / CHANCES);
  return worth + chance * BENEFIT * (1 - worth);
}

function worthOf(item: Valued, usage: KnownUsage, now: Date, staleDays: number): number {
  const { successes, failures } = usage;
  const shown = wilson(successes, successes + failures).low;
  // Documents of earlier versions lack the newer counts, and trust.
  const voices = item.votes + (item.confirmations ?? 0);
  const approval = wilson(voices, voices + (item.downvotes ?? 0)).low;
  const idle = item.lastUsedAt == null ? Number.POSITIVE_INFINITY : daysBetween(item.lastUsedAt, now);
  const trust = Math.max(0, trustLevels.indexOf(item.trust)) / (trustLevels.length - 1);
  const priority = priorities.indexOf(item.priority) / (priorities.length - 1);
  return (
    SHARES.helping * Math.max(shown, VOICES * approval) +
    SHARES.recency * 2 ** ((-4 * idle) / staleDays) +
    SHARES.trust * trust +
    SHARES.priority * priority * (trust === 0 ? 0.5 : 1)
  );
}

/** Whole and part days; 0 where the first is the later. */
export const daysBetween = (earlier: Date, later: Date): number =>
  Math.max(0, later.getTime() - earlier.getTime()) / DAY_MS;
