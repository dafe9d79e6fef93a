/** Takes pending records into the pattern counters and the learnings, a batch a transaction. */
import type { AnyBulkWriteOperation } from 'mongodb';
import type { BatchResult } from '../shared/maintenance.js';
import type { Outcome } from '../shared/task.js';
import { applyIncrements, difference, type Increment } from '../store/counters.js';
import { events, type OutcomeEvent } from '../store/event-log.js';
import { ensureLedger, enterLedger } from '../store/ledger.js';
import { clearPending, nextPending, type PendingEntry } from '../store/pending.js';
import type { Store } from '../store/store.js';
import { BASE } from './action-key.js';
import { groupBy } from './group-by.js';
import { findInteractions, type Interaction } from './interactions.js';
import { type LearningEvidence, learningEvidence } from './learning.js';
import { type PatternFact, patternId, patternIncrements, patternsOf } from './patterns.js';
import { LEARNING_DEADLINE_MS, type PatternGroup, refreshLearnings } from './refresh.js';
import { retiredGroups, retireHarmful, type Sighting } from './write-learnings.js';

/** Writes that one transaction may make; a batch that would make more takes fewer records. */
const MAX_WRITES = 20_000;

/** What one pending entry adds. */
interface Contribution {
  entry: PendingEntry;
  increments: Increment[];
  /** By evidence id; null takes the evidence back. */
  evidence: Map<string, LearningEvidence | null>;
  facts: PatternFact[];
  endedAt: Date;
  offered: string[];
}

/**
 * Consumes up to `limit` pending records: counts their patterns, keeps their evidence, judges the groups they
 * touch, all in one transaction. A batch that is cut off leaves nothing and can be repeated.
 *
 * @returns how many records were consumed (0: none are left), and the counts of what was written
 * @throws Error when another run consumed some of the same records meanwhile
 * @throws StoreUnavailableError when MongoDB is away or too slow
 */
export async function extractPatternsBatch(
  store: Store,
  tenant: string,
  limit: number,
): Promise<BatchResult> {
  await ensureLedger(store, tenant);
  const contributions = await pendingContributions(store, tenant, limit);
  if (contributions.length === 0) return { consumed: 0, written: {} };
  const entries = contributions.map(({ entry }) => entry);
  const seen = sightingsOf(contributions);
  const offered = [...new Set(contributions.flatMap((contribution) => contribution.offered))];
  const written = await store.transaction(async (session) => {
    const [generation = ''] = await enterLedger(store, tenant, session);
    const byGenerations = groupBy(contributions, ({ entry }) => entry.generations.toSorted().join('|'));
    for (const group of byGenerations.values()) {
      const increments = group.flatMap((contribution) => contribution.increments);
      await applyIncrements(store, tenant, group[0]?.entry.generations ?? [], increments, session);
    }
    const operations = evidenceWrites(contributions);
    if (operations.length > 0)
      await learningEvidence(store).bulkWrite(operations, { session, ordered: false });
    const scope = { store, tenant, generation, session };
    const groups = [...touchedGroups(contributions), ...(await retiredGroups(scope, offered))];
    const refreshed = await refreshLearnings(scope, groups, seen);
    const harmful = await retireHarmful(scope, offered);
    await clearPending(store, entries, session);
    return {
      ...refreshed,
      'learnings retired': refreshed['learnings retired'] + harmful,
    };
  }, LEARNING_DEADLINE_MS);
  return { consumed: entries.length, written };
}

async function pendingContributions(store: Store, tenant: string, limit: number): Promise<Contribution[]> {
  const entries = await nextPending(store, tenant, 'patterns', limit);
  const executionIds = [...new Set(entries.map(({ executionId }) => executionId))];
  const eventIds = entries.flatMap(({ eventId }) => eventId ?? []);
  const [found, outcomes] = await Promise.all([
    findInteractions(store, tenant, executionIds),
    store.run((options) =>
      events(store)
        .find({ tenant, kind: 'outcome', _id: { $in: eventIds } }, options)
        .toArray(),
    ),
  ]);
  const byExecution = new Map(found.map((interaction) => [interaction._id, interaction]));
  const byEvent = new Map((outcomes as OutcomeEvent[]).map((event) => [event._id, event]));
  const contributions: Contribution[] = [];
  let writes = 0;
  for (const entry of entries) {
    const interaction = byExecution.get(entry.executionId);
    const event = entry.eventId === undefined ? undefined : byEvent.get(entry.eventId);
    const contribution =
      interaction === undefined
        ? nothing(entry)
        : entry.eventId === undefined
          ? contributionOf(entry, interaction, null, interaction.outcome)
          : event === undefined
            ? nothing(entry)
            : contributionOf(entry, interaction, event.before, event.after);
    writes += contribution.increments.length + contribution.evidence.size;
    if (contributions.length > 0 && writes > MAX_WRITES) break;
    contributions.push(contribution);
  }
  return contributions;
}

/** An entry whose record has expired has nothing left to teach. */
const nothing = (entry: PendingEntry): Contribution => ({
  entry,
  increments: [],
  evidence: new Map(),
  facts: [],
  endedAt: new Date(0),
  offered: [],
});

function contributionOf(
  entry: PendingEntry,
  interaction: Interaction,
  before: Outcome | null,
  after: Outcome,
): Contribution {
  const facts = patternsOf(interaction, after);
  const earlier = before === null ? [] : patternsOf(interaction, before);
  const added = patternIncrements(interaction, after);
  const evidence = new Map<string, LearningEvidence | null>();
  const { tenant, executionId } = entry;
  const at = new Date(interaction.endedAt);
  const idOf = (fact: PatternFact) => `${tenant}|${patternId(fact)}|${executionId}`;
  for (const fact of earlier.filter(isEvidence)) evidence.set(idOf(fact), null);
  for (const fact of facts.filter(isEvidence))
    evidence.set(idOf(fact), {
      _id: idOf(fact),
      tenant,
      patternId: patternId(fact),
      executionId,
      for: (fact.sums['successes'] ?? 0) > 0,
      agentTypes: fact.agentTypes,
      at,
    });
  return {
    entry,
    increments: before === null ? added : difference(patternIncrements(interaction, before), added),
    evidence,
    facts: [...facts, ...earlier],
    endedAt: at,
    offered: interaction.learnings.map(({ id }) => id),
  };
}

const isEvidence = ({ kind, action }: PatternFact): boolean => kind !== 'place' && action !== BASE;

/** Entries come oldest first within an execution, so the last word on its evidence stands. */
function evidenceWrites(contributions: readonly Contribution[]): AnyBulkWriteOperation<LearningEvidence>[] {
  const last = new Map(contributions.flatMap(({ evidence }) => [...evidence]));
  return [...last].map(([_id, document]) => {
    if (document === null) return { deleteOne: { filter: { _id } } };
    const { _id: filtered, ...fields } = document;
    return { updateOne: { filter: { _id: filtered }, update: { $set: fields }, upsert: true } };
  });
}

function touchedGroups(contributions: readonly Contribution[]): PatternGroup[] {
  const groups = new Map<string, PatternGroup>();
  for (const { kind, group } of contributions.flatMap(({ facts }) => facts))
    if (kind !== 'place') groups.set(JSON.stringify([kind, group]), { kind, group });
  return [...groups.values()];
}

function sightingsOf(contributions: readonly Contribution[]): Map<string, Sighting> {
  const seen = new Map<string, Sighting>();
  for (const { facts, endedAt } of contributions)
    for (const fact of facts.filter(isEvidence)) {
      const id = patternId(fact);
      const known = seen.get(id) ?? { first: endedAt, last: endedAt, agentTypes: [] };
      seen.set(id, {
        first: known.first < endedAt ? known.first : endedAt,
        last: known.last > endedAt ? known.last : endedAt,
        agentTypes: [...new Set([...known.agentTypes, ...fact.agentTypes])],
      });
    }
  return seen;
}
