/**
 * What is pruned, by stated rules. Pure.
 *
 * - `useless`: deprecated, and nothing spoke for it in `unusedDays`; or agents voted it down, and even the upper
 *   95% bound (Wilson) of its approval is below 40%.
 * - `unused`: EXPERIMENTAL, and nobody was shown it or applied it in `unusedDays`.
 * - `stale`: EXPERIMENTAL, and nobody was shown it or applied it in `staleDays`.
 * - `budget`: the tenant has more than `maxItems` in use, and it is among the least valuable (`value.ts`).
 *
 * Days count from the last change of its content or state, so what was edited or restored has them anew. VALIDATED
 * items go by no rule but the budget, and there after all others. Items that a person wrote and CRITICAL ones never
 * go for their age, and a person's never by votes. Anyone may call an item CRITICAL: it has its value like others,
 * so that the budget cannot be filled with it.
 */
import type { Filter } from 'mongodb';
import { wilson } from '../../evidence/intervals.js';
import type { KnowledgeSettings } from '../../shared/knowledge-settings.js';
import type { KnowledgeDocument } from '../collections.js';
import { daysBetween } from './value.js';

export const pruneRules = ['useless', 'unused', 'stale', 'budget'] as const;
export type PruneRule = (typeof pruneRules)[number];

export interface PruneReason {
  rule: PruneRule;
  /** In words, for people. */
  reason: string;
}

export type PruneSettings = Pick<KnowledgeSettings, 'unusedDays' | 'staleDays'>;

export type PruneRow = Pick<
  KnowledgeDocument,
  'state' | 'trust' | 'priority' | 'updatedAt' | 'lastUsedAt' | 'votes' | 'downvotes' | 'confirmations'
>;

/** Approval below which agents have found an item useless. */
const LEAST_APPROVAL = 0.4;
/** Fewer against, and none for, leave an approval of 40% possible. */
const LEAST_DOWNVOTES = 6;
const DAY_MS = 86_400_000;

/** Why an item goes for what is known of it by itself; null when it stays. */
export function pruneReason(item: PruneRow, now: Date, settings: PruneSettings): PruneReason | null {
  const { state, lastUsedAt } = item;
  const { unusedDays, staleDays } = settings;
  const changed = daysBetween(item.updatedAt, now);
  const idle = Math.min(changed, lastUsedAt == null ? changed : daysBetween(lastUsedAt, now));
  if (state === 'DEPRECATED')
    return idle > unusedDays
      ? { rule: 'useless', reason: `deprecated, and nothing spoke for it in ${unusedDays} days` }
      : null;
  if (state !== 'EXPERIMENTAL' || item.trust === 'trusted') return null;
  const down = votedDown(item);
  if (down !== null) return { rule: 'useless', reason: down };
  if (item.priority === 'CRITICAL') return null;
  if (lastUsedAt == null)
    return idle > unusedDays
      ? { rule: 'unused', reason: `nobody was shown it or applied it in ${unusedDays} days` }
      : null;
  return idle > staleDays
    ? { rule: 'stale', reason: `not proven, and nobody was shown it or applied it in ${staleDays} days` }
    : null;
}

function votedDown(item: PruneRow): string | null {
  // Documents of earlier versions lack the newer counts.
  const downvotes = item.downvotes ?? 0;
  const approving = item.votes + (item.confirmations ?? 0);
  const voices = approving + downvotes;
  return downvotes >= LEAST_DOWNVOTES && wilson(approving, voices).high < LEAST_APPROVAL
    ? `${approving} of ${voices} agents approve of it: less than ${LEAST_APPROVAL * 100}% even if many more were asked`
    : null;
}

/**
 * Where to look for the items that go by each rule, by an index. Some others are among them, and an item that goes
 * by two rules is found twice: it goes by the one that {@link pruneReason} gives.
 */
export function pruneFilters(
  tenant: string,
  now: Date,
  { unusedDays, staleDays }: PruneSettings,
): { rule: PruneRule; filter: Filter<KnowledgeDocument> }[] {
  const before = (days: number): Date => new Date(now.getTime() - days * DAY_MS);
  const unproven = { tenant, state: 'EXPERIMENTAL' as const, trust: { $ne: 'trusted' as const } };
  const ordinary = { ...unproven, priority: { $ne: 'CRITICAL' as const } };
  const unchangedFor = (days: number) => ({ updatedAt: { $lt: before(days) } });
  return [
    {
      rule: 'useless',
      filter: {
        ...{ tenant, state: 'DEPRECATED', ...unchangedFor(unusedDays) },
        $or: [{ lastUsedAt: null }, { lastUsedAt: { $lt: before(unusedDays) } }],
      },
    },
    { rule: 'useless', filter: { ...unproven, downvotes: { $gte: LEAST_DOWNVOTES } } },
    {
      rule: 'unused',
      filter: {
        ...ordinary,
        lastUsedAt: null,
        createdAt: { $lt: before(unusedDays) },
        ...unchangedFor(unusedDays),
      },
    },
    {
      rule: 'stale',
      filter: { ...ordinary, lastUsedAt: { $lt: before(staleDays) }, ...unchangedFor(staleDays) },
    },
  ];
}
