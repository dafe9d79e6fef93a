/** What holds of a tenant's knowledge whatever was done to it, read from its documents as they are. */
import { isDeepStrictEqual } from 'node:util';
import type { KnowledgeDocument, VersionDocument } from '../../src/knowledge/collections.js';
import { judge, rulingOn, standingArchivers } from '../../src/knowledge/lifecycle/lifecycle.js';
import { counted } from '../../src/knowledge/usage/counted-versions.js';
import { versionedFields } from '../../src/knowledge/versions/next-version.js';
import type { Interaction } from '../../src/learning/interactions.js';
import { contributionsOf } from '../../src/recording/contributions.js';
import { effectiveOutcome } from '../../src/recording/outcomes.js';
import type { ItemEvent, LogEvent, OutcomeEvent } from '../../src/store/event-log.js';
import {
  type Check,
  confirmationsAsLogged,
  counts,
  type Found,
  marksOfMerged,
  once,
  sourced,
  told,
  votesAsLogged,
  withdrawnAsRetracted,
} from './knowledge-invariants-marks.js';
import type { Picture } from './knowledge-invariants-pictures.js';
import { asMap } from './recording-data.js';

function* archived({ items }: Picture): Found {
  for (const item of items) {
    const by = standingArchivers(item);
    if ((item.state === 'ARCHIVED') !== by.length > 0)
      yield told`${item.id} is ${item.state}, archived by ${by}`;
    if ((item.prunedAt === null) !== (item.prunedIn === null))
      yield told`${item.id} was pruned in ${item.prunedIn}`;
    if (item.state !== 'ARCHIVED' && item.state !== 'DEPRECATED' && rulingOn(item) !== null)
      yield told`${item.id} is ${item.state}, though ${rulingOn(item)?.by} ruled it out`;
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
    if (births.length !== 1) yield told`${item.id} was born ${births.length} times`;
    let state = bornWithdrawn?.detail['from'] ?? births[0]?.detail['state'];
    while (moves.length > 0) {
      const at = moves[0]?.at.getTime();
      const next = moves.findIndex((move) => move.at.getTime() === at && move.detail['from'] === state);
      const [move] = moves.splice(Math.max(0, next), 1) as [ItemEvent];
      const { from, to, reason, changes } = move.detail;
      if (next < 0) yield told`${item.id} was ${move.act} from ${from}, the log had it ${state}`;
      if (typeof (reason ?? changes) !== 'string' || (reason ?? changes) === '')
        yield told`${item.id} was ${move.act} without a reason`;
      state = to;
    }
    if (state !== item.state) yield told`${item.id} is ${item.state}, in the log ${state}`;
  }
}

function* versionsFollow({ items, versions, acts }: Picture): Found {
  for (const item of items) {
    const own = versions.filter(({ id }) => id === item.id);
    if (own.some(({ version }, at) => version !== at + 1) || own.length !== item.version)
      yield told`${item.id} at ${item.version} has versions ${own.map(({ version }) => version)}`;
    const last = own.at(-1);
    for (const field of versionedFields)
      if (field !== 'priority' && !isDeepStrictEqual(last?.[field], item[field]))
        yield told`${item.id}.${field} is not its last version's`;
    yield* priorityAsLogged(item, own, acts);
    for (const { version, by, at, changes } of own) {
      if (by === '' || !(at instanceof Date) || changes === '')
        yield told`${item.id} v${version}: ${by}, ${at}, ${changes}`;
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
        yield told`${item.id} v${version} is ${written.length} times in the log`;
    }
    yield* saysAsVersions(item, own);
  }
}

/** Its priority is its last version's, unless what confirmed it since was more urgent; of that, files say nothing. */
function* priorityAsLogged(
  item: KnowledgeDocument,
  own: readonly VersionDocument[],
  acts: readonly ItemEvent[],
): Found {
  let priority: unknown = own[0]?.priority;
  for (const { itemId, act, detail } of acts) {
    if (itemId !== item.id) continue;
    if (act === 'edited' || act === 'version-restored')
      priority = own.find(({ version }) => version === detail['version'])?.priority;
    if (act === 'imported') priority = null;
    if (act === 'confirmed') priority = (detail['priority'] as { to: string } | undefined)?.to ?? priority;
  }
  if (priority !== null && item.priority !== priority)
    yield told`${item.id} is ${item.priority}, in the log ${priority}`;
}

function* saysAsVersions(item: KnowledgeDocument, own: readonly VersionDocument[]): Found {
  const says = ({ version, contentVersion }: VersionDocument): number => contentVersion ?? version;
  const last = own.at(-1);
  for (const each of own) {
    const first = own.find(({ version }) => version === says(each));
    if (first?.title !== each.title || !isDeepStrictEqual(first.content, each.content))
      yield told`${item.id} v${each.version} does not say what v${says(each)} said`;
    if (last !== undefined && counted(item, each.version) !== (says(each) === says(last)))
      yield told`${item.id} at ${item.version}: use of v${each.version} counts ${counted(item, each.version)}`;
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
      yield told`${key}: ${JSON.stringify(sums[key])}, the log says ${JSON.stringify(expected[key])}`;
}

function* channelsGapless({ items, channels }: Picture): Found {
  for (const { name, sequence } of channels) {
    const own = items
      .flatMap((item) => (item.channel === name ? [item.sequence ?? 0] : []))
      .sort((a, b) => a - b);
    if (own.some((each, at) => each !== at + 1) || own.length !== sequence)
      yield told`channel ${name} at ${sequence} has ${own}`;
  }
}

function* mergesLead({ items, acts }: Picture): Found {
  const byId = new Map(items.map((item) => [item.id, item]));
  for (const { id, mergedInto } of items) {
    const own = acts.filter(({ itemId, act }) => itemId === id && (act === 'merged' || act === 'unmerged'));
    const last = own.at(-1);
    if ((last?.act === 'merged' ? last.detail['into'] : null) !== mergedInto)
      yield told`${id} is merged into ${mergedInto}, the log ends with ${last?.act} ${last?.detail['into']}`;
    const passed = new Set([id]);
    for (let next = mergedInto; next !== null; next = byId.get(next)?.mergedInto ?? null) {
      if (!byId.has(next)) yield told`${id} is merged into ${next}, which is not there`;
      if (passed.has(next)) {
        yield told`${id} is merged in a ring by ${next}`;
        break;
      }
      passed.add(next);
    }
  }
}

function* contradictionsAgree({ items }: Picture): Found {
  for (const { id, contradicts } of items) {
    if (new Set(contradicts).size !== contradicts.length || contradicts.includes(id))
      yield told`${id} contradicts ${contradicts}`;
    for (const other of contradicts)
      if (!items.some((item) => item.id === other && item.contradicts.includes(id)))
        yield told`${id} contradicts ${other}, which does not contradict it`;
  }
}

/** Whatever is in the middle of nothing: all that is pending was taken in. */
function* settled({ items, usageOf }: Picture): Found {
  for (const item of items) {
    const next = item.state === 'ARCHIVED' ? null : judge(item, usageOf(item.id));
    if (next !== null) yield told`${item.id} is ${item.state}, ought to be ${next.to}: ${next.reason}`;
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
