/** Measures the advice that is applied, and says what came of it. */
import { randomUUID } from 'node:crypto';
import type { ClientSession } from 'mongodb';
import { dayOf } from '../../store/counters.js';
import { appendEvent } from '../../store/event-log.js';
import type { Store } from '../../store/store.js';
import type { PlanPreferences } from './decide.js';
import { measure } from './measure.js';
import { readPicture } from './read-picture.js';
import {
  publicRecommendation,
  type Recommendation,
  recommendationKey,
  recommendations,
  type Verdict,
} from './recommendation.js';
import { keepMeasured } from './track-record.js';
import { isDue, isOverdue, quantileAt, verdictOf } from './verify.js';

const DAY_MS = 86_400_000;
/** Days before it was applied that what comes after is held against. */
const DAYS_BEFORE = 90;

/** A recommendation before and after it was looked at. */
export interface Verified {
  before: Recommendation;
  after: Recommendation;
}

/**
 * Looks at what was applied in the given categories, where enough has come since the last look.
 *
 * @returns those of which more is known than before; nothing is written
 */
export async function verifyApplied(
  store: Store,
  tenant: string,
  categories: readonly string[],
  now: Date,
): Promise<Verified[]> {
  const found = await store.run((options) =>
    recommendations(store)
      .find({ tenant, category: { $in: [...categories] }, state: 'applied' }, options)
      .toArray(),
  );
  const looked: Verified[] = [];
  for (const document of found) {
    const before = publicRecommendation(document);
    const since = before.applied?.at;
    if (since === undefined) continue;
    const window = { from: dayOf(since.getTime() - DAYS_BEFORE * DAY_MS), to: dayOf(now.getTime()) };
    const picture = await readPicture(store, tenant, before.category, window);
    const after = lookedAt(before, (z) => measure(before, picture, dayOf(since.getTime()), z), now);
    if (after !== null) looked.push({ before, after });
  }
  return looked;
}

/** What a look makes of applied advice; null when it is not time for one. */
function lookedAt(
  before: Recommendation,
  measured: (z: number) => ReturnType<typeof measure>,
  now: Date,
): Recommendation | null {
  const look = (before.looks ?? 0) + 1;
  const seen = measured(quantileAt(look));
  const overdue = isOverdue(before, now);
  if (!isDue(before, seen.after) && !overdue) return null;
  const promised = before.promised ?? before.expectedImprovement;
  const verdict: Verdict | null = verdictOf(promised, seen) ?? (overdue ? 'unclear' : null);
  const looked: Recommendation = { ...before, measured: seen, looks: look, updatedAt: now };
  return verdict === null ? looked : { ...looked, state: 'verified', verdict };
}

/**
 * Writes what was found within the transaction of a batch. What people decided meanwhile stands: such a look is left out.
 * A preference that made things no better is withdrawn.
 */
export async function writeVerified(
  store: Store,
  tenant: string,
  looked: readonly Verified[],
  plans: PlanPreferences,
  session: ClientSession,
): Promise<Verified[]> {
  const written: Verified[] = [];
  for (const { before, after } of looked) {
    const _id = recommendationKey(tenant, before.id);
    const standing = { _id, tenant, state: 'applied', round: before.round } as const;
    if ((await recommendations(store).countDocuments(standing, { session })) === 0) continue;
    const dropped = after.verdict === 'broken' && (await plans.drop(store, tenant, before.id, session));
    const kept: Recommendation = dropped
      ? { ...after, changes: ['it did not help: what was preferred by it is preferred no longer'] }
      : after;
    await recommendations(store).replaceOne(standing, { tenant, ...kept }, { session });
    written.push({ before, after: kept });
    const { verdict, measured, promised = after.expectedImprovement } = kept;
    if (verdict === undefined || measured === undefined) continue;
    await appendEvent(
      store,
      {
        _id: `${tenant}/recommendation/${randomUUID()}`,
        tenant,
        kind: 'item',
        ...{ itemId: `recommendation:${before.id}`, act: 'recommendation.verified' },
        ...{ at: kept.updatedAt, by: 'system', generations: [] },
        detail: { round: kept.round, from: 'applied', to: 'verified', verdict, promised, measured },
      },
      session,
    );
    const { value, low, high } = measured;
    if (value === null || low === null || high === null) continue;
    const { type } = kept;
    await keepMeasured(
      store,
      tenant,
      kept,
      { type, promised, measured: { value, low, high }, verdict },
      session,
    );
  }
  return written;
}
