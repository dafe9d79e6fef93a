/** One batch of GenerateRecommendationsWorkflow: what advice stands once the pending executions are taken in. */
import type { BatchResult } from '../../shared/maintenance.js';
import { dayOf } from '../../store/counters.js';
import { events } from '../../store/event-log.js';
import { clearPending, nextPending, type PendingEntry } from '../../store/pending.js';
import type { Store } from '../../store/store.js';
import type { Tested } from '../advice/candidate.js';
import { choose } from '../advice/choose.js';
import { testsOf } from '../advice/tests-of.js';
import { calibrated } from './calibration.js';
import type { PlanPreferences } from './decide.js';
import { readPicture } from './read-picture.js';
import {
  publicRecommendation,
  type Recommendation,
  recommendationKey,
  recommendations,
  testedCategories,
} from './recommendation.js';
import { renewed } from './renew.js';
import { readTrackRecord } from './track-record.js';
import { type Verified, verifyApplied, writeVerified } from './verify-applied.js';

const BATCH_DEADLINE_MS = 30_000;
/** Days of which advice looks at the statistics. */
export const WINDOW_DAYS = 90;
const DAY_MS = 86_400_000;

/** The categories of executions, for those that exist. */
export type FindCategories = (
  store: Store,
  tenant: string,
  executionIds: readonly string[],
) => Promise<string[]>;

/**
 * Consumes pending executions, tests their categories anew, and decides on all the tenant's recommendations: advice
 * is opened, renewed or closed, and what was applied is measured. All of a batch is one transaction.
 *
 * What is read before the transaction holds at least what is consumed in it: an execution is pending from the moment
 * that its statistics are there.
 *
 * @param limit pending records a batch, at most
 * @returns `consumed` 0 when nothing was pending
 * @throws Error when another run consumed the same records meanwhile; worth a retry
 * @throws StoreUnavailableError when MongoDB is away
 */
export async function generateRecommendationsBatch(
  store: Store,
  tenant: string,
  limit: number,
  findCategories: FindCategories,
  plans: PlanPreferences,
  now: Date = new Date(),
): Promise<BatchResult> {
  const entries = await nextPending(store, tenant, 'recommendations', limit);
  if (entries.length === 0) return { consumed: 0, written: {} };
  const moved = await movedCategories(store, tenant, entries, findCategories);
  const window = { from: dayOf(now.getTime() - (WINDOW_DAYS - 1) * DAY_MS), to: dayOf(now.getTime()) };
  const tested: Tested[] = [];
  for (const category of moved) tested.push(testsOf(await readPicture(store, tenant, category, window)));
  const verified = await verifyApplied(store, tenant, moved, now);
  const { changed, measured } = await store.transaction(async (session) => {
    await clearPending(store, entries, session);
    const ids = moved.map((category) => `${tenant}|${category}`);
    if (tested.length > 0)
      await testedCategories(store).bulkWrite(
        tested.map((one) => ({
          replaceOne: {
            filter: { _id: `${tenant}|${one.category}`, tenant },
            replacement: { tenant, ...one },
            upsert: true,
          },
        })),
        { session },
      );
    const others = await testedCategories(store)
      .find({ tenant, _id: { $nin: ids } }, { session })
      .toArray();
    const written = await writeVerified(store, tenant, verified, plans, session);
    const record = await readTrackRecord(store, tenant, { session });
    const standing = choose([...others, ...tested]).map((advice) => ({
      ...advice,
      expectedImprovement: calibrated(
        advice.expectedImprovement,
        record.filter(({ type }) => type === advice.type),
      ),
    }));
    const known = new Map(
      (await recommendations(store).find({ tenant }, { session }).toArray()).map((found) => [
        found.id,
        publicRecommendation(found),
      ]),
    );
    const changed = renewed(known, standing, now);
    if (changed.length > 0)
      await recommendations(store).bulkWrite(
        changed.map((one) => ({
          replaceOne: {
            filter: { _id: recommendationKey(tenant, one.id), tenant },
            replacement: { tenant, ...one },
            upsert: true,
          },
        })),
        { session },
      );
    return { changed, measured: written };
  }, BATCH_DEADLINE_MS);
  return { consumed: entries.length, written: countsOf(changed, measured) };
}

function countsOf(changed: readonly Recommendation[], measured: readonly Verified[]): Record<string, number> {
  const counts: Record<string, number> = {};
  const count = (what: string, n: number): void => {
    if (n > 0) counts[what] = n;
  };
  count('recommendations open', changed.filter(({ state }) => state === 'open').length);
  count('recommendations closed', changed.filter(({ state }) => state === 'closed').length);
  count('recommendations verified', measured.filter(({ after }) => after.state === 'verified').length);
  return counts;
}

/** Categories whose statistics the entries moved: of executions, and of direct calls by their event. */
async function movedCategories(
  store: Store,
  tenant: string,
  entries: readonly PendingEntry[],
  findCategories: FindCategories,
): Promise<string[]> {
  const executionIds = [...new Set(entries.map((entry) => entry.executionId))];
  const eventIds = entries.flatMap((entry) => entry.eventId ?? []);
  const [found, direct] = await Promise.all([
    findCategories(store, tenant, executionIds),
    store.run((options) =>
      events(store)
        .find({ _id: { $in: eventIds }, tenant, kind: 'execution' }, options)
        .toArray(),
    ),
  ]);
  const categories = new Set(found);
  for (const event of direct)
    if (event.kind === 'execution')
      for (const { dimensions } of event.increments) categories.add(dimensions['category'] ?? 'unknown');
  return [...categories].sort();
}
