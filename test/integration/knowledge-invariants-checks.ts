/** What holds of a tenant's knowledge whatever was done to it, read from its documents as they are. */
import { isDeepStrictEqual } from 'node:util';
import {
  channelsOf,
  type KnowledgeDocument,
  knowledgeItems,
  knowledgeVersions,
  type VersionDocument,
} from '../../src/knowledge/collections.js';
import { judge, rulingOn, standingArchivers } from '../../src/knowledge/lifecycle/lifecycle.js';
import { retractions } from '../../src/knowledge/provenance/retractions.js';
import { type MarkKind, markKinds, marksOf, type StoredMark } from '../../src/knowledge/sharing/marks.js';
import { parseSource } from '../../src/knowledge/source.js';
import { counted } from '../../src/knowledge/usage/counted-versions.js';
import { readUsage } from '../../src/knowledge/usage/usage.js';
import { versionedFields } from '../../src/knowledge/versions/next-version.js';
import { type Interaction, interactions } from '../../src/learning/interactions.js';
import { contributionsOf } from '../../src/recording/contributions.js';
import { effectiveOutcome } from '../../src/recording/outcomes.js';
import { events, type ItemEvent, type LogEvent, type OutcomeEvent } from '../../src/store/event-log.js';
import { liveGeneration } from '../../src/store/ledger.js';
import type { Store } from '../../src/store/store.js';
import { allCounters, asMap } from './recording-data.js';

/** All that is known of one tenant's knowledge. */
export async function pictureOf(store: Store, tenant: string) {
  const generation = await liveGeneration(store, tenant);
  const [items, versions, log, recorded, channels, retracted, sums, ...marks] = await Promise.all([
    knowledgeItems(store).find({ tenant }).sort({ _id: 1 }).toArray(),
    knowledgeVersions(store).find({ tenant }).sort({ id: 1, version: 1 }).toArray(),
    events(store).find({ tenant }).sort({ at: 1, _id: 1 }).toArray(),
    interactions(store).find({ tenant }).toArray(),
    channelsOf(store).find({ tenant }).toArray(),
    retractions(store).find({ tenant }).toArray(),
    allCounters(store, tenant, generation),
    ...markKinds.map((kind) => marksOf(store, kind).find({ tenant }).toArray()),
  ]);
  return {
    ...{ items, versions, log, recorded, channels, sums },
    ...{
      retracted,
      standing: new Set(retracted.filter((each) => each.standing).map(({ source }) => source)),
    },
    acts: log.filter((event): event is ItemEvent => event.kind === 'item'),
    marks: Object.fromEntries(markKinds.map((kind, at) => [kind, marks[at]])) as Record<
      MarkKind,
      StoredMark[]
    >,
    usageOf: await readUsage(store, tenant, generation, items),
  };
}
export type Picture = Awaited<ReturnType<typeof pictureOf>>;

type Found = Generator<string>;
export type Check = (picture: Picture) => Found;
const stands = ({ retractedBy }: StoredMark): boolean => retractedBy === null;

function* counts({ items, marks }: Picture): Found {
  for (const item of items) {
    const of = (kind: MarkKind) => marks[kind].filter((mark) => mark.id === item.id && stands(mark));
    const votes = of('votes').filter(({ useful }) => useful === true).length;
    const expected = {
      ...{ votes, downvotes: of('votes').length - votes, views: of('views').length },
      confirmations: of('confirmations').length,
      approvals: votes + of('confirmations').length,
      absorbed: items.filter(({ mergedInto }) => mergedInto === item.id).length,
    };
    for (const [name, count] of Object.entries(expected)) {
      const is = item[name as keyof typeof expected] ?? 0;
      if (is !== count) yield `${item.id}.${name} is ${is}, ${count} are there`;
    }
  }
}

/** One mark a party and item, of items that are there. */
function* once({ items, marks }: Picture): Found {
  const ids = new Set(items.map(({ id }) => id));
  for (const kind of markKinds) {
    const seen = new Set<string>();
    for (const { id, key } of marks[kind]) {
      if (seen.has(`${id}|${key}`)) yield `${kind}: ${key} twice on ${id}`;
      if (!ids.has(id)) yield `${kind}: ${key} on ${id}, which is not there`;
      seen.add(`${id}|${key}`);
    }
  }
}

/** The last word of an agent on an item is its vote there; what nobody said there came by a merge. */
function* votesAsLogged({ acts, marks }: Picture): Found {
  const last = new Map<string, ItemEvent>();
  for (const event of acts)
    if (event.act === 'voted' || event.act === 'vote-withdrawn')
      last.set(`${event.itemId}|${event.by}`, event);
  const own = new Map(
    marks.votes.filter(({ via }) => via === null).map((mark) => [`${mark.id}|${mark.key}`, mark]),
  );
  for (const [key, { act, detail }] of last)
    if (act === 'voted' ? own.get(key)?.useful !== detail['useful'] : own.has(key))
      yield `vote ${key}: the log ends with ${act} ${detail['useful']}, the mark is ${own.get(key)?.useful}`;
  for (const key of own.keys()) if (!last.has(key)) yield `vote ${key} is not in the log`;
}

function* confirmationsAsLogged({ items, acts, marks }: Picture): Found {
  const confirmed = acts.filter(({ act }) => act === 'confirmed');
  for (const item of items) {
    const said = confirmed.filter(({ itemId }) => itemId === item.id);
    const first = said.filter(({ detail }) => detail['repeat'] === false).map(({ by }) => by);
    const own = marks.confirmations
      .filter(({ id, via }) => id === item.id && via === null)
      .map(({ key }) => key);
    if (!isDeepStrictEqual(first.sort(), own.sort()))
      yield `${item.id} is confirmed by ${own}, in the log by ${first}`;
    const parts = items.filter(({ mergedInto }) => mergedInto === item.id);
    const repeats = parts.reduce((sum, part) => sum + part.repeats, said.length - first.length);
    if (item.repeats !== repeats) yield `${item.id}.repeats is ${item.repeats}, ${repeats} are in the log`;
  }
}

/** What an item has of others is what those that were merged into it have, and all of it. */
function* marksOfMerged({ items, acts, marks }: Picture): Found {
  const byId = new Map(items.map((item) => [item.id, item]));
  for (const kind of markKinds) {
    const held = new Map(marks[kind].map((mark) => [`${mark.id}|${mark.key}`, mark]));
    for (const { id, key, via, retractedBy } of marks[kind]) {
      const into = byId.get(id)?.mergedInto;
      if (into != null && !held.has(`${into}|${key}`)) {
        const isWithdrawn =
          kind === 'votes' &&
          acts.some((event) => event.act === 'vote-withdrawn' && event.itemId === into && event.by === key);
        if (!isWithdrawn) yield `${kind}: ${into} lacks ${key} of ${id}, merged into it`;
      }
      if (via === null) continue;
      const theirs = held.get(`${via}|${key}`);
      if (byId.get(via)?.mergedInto !== id)
        yield `${kind}: ${key} on ${id} by way of ${via}, not merged into it`;
      else if (theirs === undefined && !(kind === 'confirmations' && byId.get(via)?.source === key))
        yield `${kind}: ${key} on ${id} by way of ${via}, which lacks it`;
      else if (theirs !== undefined && (theirs.retractedBy === null) !== (retractedBy === null))
        yield `${kind}: ${key} on ${id} retracted by ${retractedBy}, on ${via} by ${theirs.retractedBy}`;
    }
  }
}

function* archived({ items }: Picture): Found {
  for (const item of items) {
    const by = standingArchivers(item);
    if ((item.state === 'ARCHIVED') !== by.length > 0) yield `${item.id} is ${item.state}, archived by ${by}`;
    if ((item.prunedAt === null) !== (item.prunedIn === null))
      yield `${item.id} was pruned in ${item.prunedIn}`;
    if (item.state !== 'ARCHIVED' && item.state !== 'DEPRECATED' && rulingOn(item) !== null)
      yield `${item.id} is ${item.state}, though ${rulingOn(item)?.by} ruled it out`;
  }
}

/** Moves that happened at the same moment are in the order in which they lead on from each other. */
function* statesAsLogged({ items, acts }: Picture): Found {
  for (const item of items) {
    const own = acts.filter(({ itemId }) => itemId === item.id);
    const births = own.filter(({ act }) => act === 'created' || act === 'imported');
    const moves = own.filter(({ detail }) => detail['to'] !== undefined);
    const bornWithdrawn = moves.find(
      ({ act, at }) => act === 'retracted' && at.getTime() === births[0]?.at.getTime(),
    );
    if (births.length !== 1) yield `${item.id} was born ${births.length} times`;
    let state = bornWithdrawn?.detail['from'] ?? births[0]?.detail['state'];
    while (moves.length > 0) {
      const at = moves[0]?.at.getTime();
      const next = moves.findIndex((move) => move.at.getTime() === at && move.detail['from'] === state);
      const [move] = moves.splice(Math.max(0, next), 1) as [ItemEvent];
      const { from, to, reason, changes } = move.detail;
      if (next < 0) yield `${item.id} was ${move.act} from ${from}, the log had it ${state}`;
      if (typeof (reason ?? changes) !== 'string' || (reason ?? changes) === '')
        yield `${item.id} was ${move.act} without a reason`;
      state = to;
    }
    if (state !== item.state) yield `${item.id} is ${item.state}, in the log ${state}`;
  }
}

function* versionsFollow({ items, versions, acts }: Picture): Found {
  for (const item of items) {
    const own = versions.filter(({ id }) => id === item.id);
    if (own.some(({ version }, at) => version !== at + 1) || own.length !== item.version)
      yield `${item.id} at ${item.version} has versions ${own.map(({ version }) => version)}`;
    const last = own.at(-1);
    for (const field of versionedFields)
      if (!isDeepStrictEqual(last?.[field], item[field]))
        yield `${item.id}.${field} is not its last version's`;
    for (const { version, by, at, changes } of own) {
      if (by === '' || !(at instanceof Date) || changes === '')
        yield `${item.id} v${version}: ${by}, ${at}, ${changes}`;
      const written = acts.filter(
        ({ itemId, act, detail }) =>
          itemId === item.id &&
          (act === 'edited' || act === 'version-restored') &&
          detail['version'] === version,
      );
      const isBirth = acts.some(
        ({ itemId, act, detail }) =>
          itemId === item.id && act === 'imported' && Number(detail['version']) >= version,
      );
      if (written.length !== (version === 1 || isBirth ? 0 : 1))
        yield `${item.id} v${version} is ${written.length} times in the log`;
    }
    yield* saysAsVersions(item, own);
  }
}

function* saysAsVersions(item: KnowledgeDocument, own: readonly VersionDocument[]): Found {
  const says = ({ version, contentVersion }: VersionDocument): number => contentVersion ?? version;
  const last = own.at(-1);
  for (const each of own) {
    const first = own.find(({ version }) => version === says(each));
    if (first?.title !== each.title || !isDeepStrictEqual(first.content, each.content))
      yield `${item.id} v${each.version} does not say what v${says(each)} said`;
    if (last !== undefined && counted(item, each.version) !== (says(each) === says(last)))
      yield `${item.id} at ${item.version}: use of v${each.version} counts ${counted(item, each.version)}`;
  }
}

/** Counters are the sums of what the events and the records say: what a rebuild makes of them. */
function* usageAsLogged({ recorded, log, sums }: Picture): Found {
  const outcomes = log.filter((event): event is OutcomeEvent => event.kind === 'outcome');
  const of = ({ _id }: Interaction) =>
    outcomes.filter(({ executionId }) => executionId === _id).sort((a, b) => (a._id < b._id ? -1 : 1));
  const direct = (event: LogEvent) => (event.kind === 'usage' ? event.increments : []);
  const expected = asMap([
    ...recorded.flatMap((interaction) =>
      contributionsOf(interaction, effectiveOutcome(interaction, of(interaction))),
    ),
    ...log.flatMap(direct),
  ]);
  for (const key of new Set([...Object.keys(expected), ...Object.keys(sums)]))
    if (!isDeepStrictEqual(expected[key], sums[key]))
      yield `${key}: ${JSON.stringify(sums[key])}, the log says ${JSON.stringify(expected[key])}`;
}

function* channelsGapless({ items, channels }: Picture): Found {
  for (const { name, sequence } of channels) {
    const own = items
      .flatMap((item) => (item.channel === name ? [item.sequence ?? 0] : []))
      .sort((a, b) => a - b);
    if (own.some((each, at) => each !== at + 1) || own.length !== sequence)
      yield `channel ${name} at ${sequence} has ${own}`;
  }
}

function* mergesLead({ items, acts }: Picture): Found {
  const byId = new Map(items.map((item) => [item.id, item]));
  for (const { id, mergedInto } of items) {
    const own = acts.filter(({ itemId, act }) => itemId === id && (act === 'merged' || act === 'unmerged'));
    const last = own.at(-1);
    if ((last?.act === 'merged' ? last.detail['into'] : null) !== mergedInto)
      yield `${id} is merged into ${mergedInto}, the log ends with ${last?.act} ${last?.detail['into']}`;
    const passed = new Set([id]);
    for (let next = mergedInto; next !== null; next = byId.get(next)?.mergedInto ?? null) {
      if (!byId.has(next)) yield `${id} is merged into ${next}, which is not there`;
      if (passed.has(next)) {
        yield `${id} is merged in a ring by ${next}`;
        break;
      }
      passed.add(next);
    }
  }
}

function* contradictionsAgree({ items }: Picture): Found {
  for (const { id, contradicts } of items) {
    if (new Set(contradicts).size !== contradicts.length || contradicts.includes(id))
      yield `${id} contradicts ${contradicts}`;
    for (const other of contradicts)
      if (!items.some((item) => item.id === other && item.contradicts.includes(id)))
        yield `${id} contradicts ${other}, which does not contradict it`;
  }
}

function* sourced({ items, marks }: Picture): Found {
  for (const { id } of items) {
    const own = marks.sources.filter((mark) => mark.id === id);
    const keys = new Set(own.map(({ key }) => key));
    if (!own.some(({ via }) => via === null)) yield `${id} came from nothing`;
    for (const { key, with: beside = [] } of own)
      for (const each of [key, ...beside]) {
        if (!keys.has(each)) yield `${id}: ${key} with ${each}, which is no source of it`;
        try {
          parseSource(each);
        } catch (error) {
          yield `${id}: ${String(error)}`;
        }
      }
  }
}

/** Whatever is in the middle of nothing: all that is pending was taken in. */
function* settled({ items, usageOf }: Picture): Found {
  for (const item of items) {
    const next = item.state === 'ARCHIVED' ? null : judge(item, usageOf(item.id));
    if (next !== null) yield `${item.id} is ${item.state}, ought to be ${next.to}: ${next.reason}`;
  }
}

function* withdrawnAsRetracted({ items, marks, standing, retracted }: Picture): Found {
  const isGone = (keys: readonly string[]): boolean => keys.some((key) => standing.has(key));
  const named = new Set(retracted.filter((each) => each.standing).map(({ id }) => id));
  for (const kind of markKinds)
    for (const mark of marks[kind]) {
      const { id, key, with: beside = [], retractedBy } = mark;
      if (retractedBy !== null && !named.has(retractedBy))
        yield `${kind}: ${key} on ${id} by ${retractedBy}, which does not stand`;
      // An agent's confirmation goes also with the tasks in which it gave it.
      if (kind === 'confirmations' && !isGone([`agent:${key}`])) continue;
      if (isGone(kind === 'sources' ? [key, ...beside] : [`agent:${key}`]) === stands(mark))
        yield `${kind}: ${key} on ${id} is retracted by ${retractedBy}`;
    }
  for (const { id, retractedBy } of items) {
    const isLeft = marks.sources.some((mark) => mark.id === id && mark.via === null && stands(mark));
    if (isLeft !== (retractedBy === null)) yield `${id} is retracted by ${retractedBy}`;
    if (retractedBy !== null && !named.has(retractedBy))
      yield `${id} is retracted by ${retractedBy}, which does not stand`;
  }
}

/** What holds after every act. */
export const always: Record<string, Check> = {
  ...{ counts, once, votesAsLogged, confirmationsAsLogged, marksOfMerged, archived, statesAsLogged },
  ...{ versionsFollow, usageAsLogged, channelsGapless, mergesLead, contradictionsAgree, sourced },
};
/** What holds when nothing is left to be taken in. */
export const inTheEnd: Record<string, Check> = { ...always, settled, withdrawnAsRetracted };

export const problemsIn = (checks: Record<string, Check>, picture: Picture): string[] =>
  Object.entries(checks).flatMap(([name, check]) =>
    [...check(picture)].map((problem) => `${name}: ${problem}`),
  );
