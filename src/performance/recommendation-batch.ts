/** One batch of GenerateRecommendationsWorkflow: recommendations of the categories that executions moved. */
import type { BatchResult } from '../shared/maintenance.js';
import { readCounters } from '../store/counters.js';
import { events } from '../store/event-log.js';
import { ensureLedger, enterLedger } from '../store/ledger.js';
import { clearPending, type FindExecutions, nextPending, type PendingEntry } from '../store/pending.js';
import type { Store } from '../store/store.js';
import { recommendationId, recommendations } from './recommendations.js';
import { type Finding, findingsOf, type Peer } from './rules.js';
import { STATISTICS } from './statistics.js';

const BATCH_DEADLINE_MS = 30_000;

/**
 * Consumes pending executions and decides anew on every recommendation of their categories: an agent's
 * figures are also its peers' measure. What holds is opened or updated, what no longer holds is closed.
 * Output and consumption are one transaction.
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
  findExecutions: FindExecutions,
): Promise<BatchResult> {
  const entries = await nextPending(store, tenant, 'recommendations', limit);
  if (entries.length === 0) return { consumed: 0, written: {} };
  await ensureLedger(store, tenant);
  const categories = await movedCategories(store, tenant, entries, findExecutions);
  const { open, closed } = await store.transaction(async (session) => {
    const [live = ''] = await enterLedger(store, tenant, session);
    await clearPending(store, entries, session);
    const rows = await readCounters(
      store,
      STATISTICS,
      tenant,
      live,
      ['agentType', 'category'],
      { category: { $in: categories } },
      { session },
    );
    const findings = categories.flatMap((category) => findingsOf(category, peersOf(rows, category)));
    const updatedAt = new Date();
    const log = recommendations(store);
    if (findings.length > 0) await log.bulkWrite(upserts(tenant, findings, updatedAt), { session });
    const holding = findings.map((finding) => `${tenant}|${recommendationId(finding)}`);
    const { modifiedCount } = await log.updateMany(
      { tenant, category: { $in: categories }, state: 'open', _id: { $nin: holding } },
      { $set: { state: 'closed', updatedAt } },
      { session },
    );
    return { open: findings.length, closed: modifiedCount };
  }, BATCH_DEADLINE_MS);
  const written: Record<string, number> = {};
  if (open > 0) written['recommendations open'] = open;
  if (closed > 0) written['recommendations closed'] = closed;
  return { consumed: entries.length, written };
}

const upserts = (tenant: string, findings: readonly Finding[], updatedAt: Date) =>
  findings.map((finding) => {
    const id = recommendationId(finding);
    return {
      replaceOne: {
        filter: { _id: `${tenant}|${id}`, tenant },
        replacement: { tenant, id, ...finding, state: 'open' as const, updatedAt },
        upsert: true,
      },
    };
  });

const peersOf = (rows: Awaited<ReturnType<typeof readCounters>>, category: string): Peer[] =>
  rows
    .filter(({ dimensions }) => dimensions['category'] === category)
    .map(({ dimensions, sums }) => ({ agentType: dimensions['agentType'] ?? '', sums }));

/** Categories whose statistics the entries moved: of executions, and of direct calls by their event. */
async function movedCategories(
  store: Store,
  tenant: string,
  entries: readonly PendingEntry[],
  findExecutions: FindExecutions,
): Promise<string[]> {
  const executions = await findExecutions(store, tenant, [
    ...new Set(entries.map((entry) => entry.executionId)),
  ]);
  const eventIds = entries.flatMap((entry) => entry.eventId ?? []);
  const direct = await store.run((options) =>
    events(store)
      .find({ _id: { $in: eventIds }, tenant, kind: 'execution' }, options)
      .toArray(),
  );
  const categories = new Set(executions.map((execution) => execution.analysis?.category ?? 'unknown'));
  for (const event of direct)
    if (event.kind === 'execution')
      for (const { dimensions } of event.increments) categories.add(dimensions['category'] ?? 'unknown');
  return [...categories].sort();
}
