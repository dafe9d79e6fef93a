/** Which learnings are not worth keeping as they are, why, and what to do about each. Pure. */
import { type Lift, liftOf, type UsageSums } from '../evidence/lift.js';
import { analyse } from '../retrieval/analyse.js';
import { duplicatesAmong } from './duplicates.js';
import type { Learning } from './learning.js';

/** What can be wrong with a learning. */
export const findingKinds = ['duplicate', 'contradicted', 'too vague', 'stale', 'never used'] as const;
export type FindingKind = (typeof findingKinds)[number];

/** One thing found about one learning. */
export interface Finding {
  kind: FindingKind;
  learningId: string;
  title: string;
  /** Why it is named. */
  reason: string;
  /** What a person can do about it. */
  advice: string;
  /** Ids of the learnings that it says the same as, or the opposite of. */
  others: string[];
}

export interface AuditReport {
  /** In use: neither retired, nor superseded, nor switched off. */
  inUse: number;
  /** Share of those that say what another one says already; the first of each kind is none. */
  duplicateShare: number;
  /** Learnings by what was found of them; one may be named more than once. */
  counts: Record<FindingKind, number>;
  findings: Finding[];
}

/** What an audit looks at besides the learnings. */
export interface AuditFacts {
  /** By learning id: `shown`, `withheld`, `applied` and their outcomes. */
  usage: ReadonlyMap<string, UsageSums>;
  /** End of the tenant's newest execution; null without any. */
  newest: Date | null;
  /** End of the execution that {@link AuditSettings.unusedAfter} others followed; null when there were fewer. */
  longAgo: Date | null;
}

export interface AuditSettings {
  /** Days of the tenant's own work without a sight of it that make a learning stale. */
  staleDays: number;
  /** Tasks that have to pass before it counts that nobody was offered it. */
  unusedAfter: number;
}
export const AUDIT_SETTINGS: AuditSettings = { staleDays: 90, unusedAfter: 200 };

const DAY_MS = 86_400_000;
/** Times shown, without any use, that say that nobody needs it; as long as agents say what they used at all. */
const SHOWN_IN_VAIN = 30;
/** What nearly every run shows tells no two runs apart. */
const NEARLY_ALL = 0.95;
/** Runs below which a share says little. */
const ENOUGH = 10;
/** Words of its own below which a text says neither when nor what. */
const FEWEST_WORDS = 2;

/** Whether it may be shown, as far as the learning itself goes. */
const isInUse = ({ state, supersededBy, control }: Learning): boolean =>
  state !== 'retired' && supersededBy === null && !control.disabled;

/** Audits a tenant's learnings. */
export function audit(
  all: readonly Learning[],
  facts: AuditFacts,
  settings: AuditSettings = AUDIT_SETTINGS,
): AuditReport {
  const used = all.filter(isInUse);
  const duplicates = duplicatesAmong(used);
  const toldByAgents = [...facts.usage.values()].some(({ applied = 0 }) => applied > 0);
  const opposites = oppositesAmong(used);
  const findings = used.flatMap((learning) => {
    const sums = facts.usage.get(learning.id) ?? {};
    return [
      duplicate(learning, duplicates.get(learning.id)),
      contradicted(learning, liftOf(sums), opposites.get(learning.id) ?? []),
      tooVague(learning),
      stale(learning, facts.newest, settings.staleDays),
      neverUsed(learning, sums, facts.longAgo, settings.unusedAfter, toldByAgents),
    ].flatMap((found) =>
      found === null ? [] : [{ ...found, learningId: learning.id, title: titleOf(learning) }],
    );
  });
  const countOf = (kind: FindingKind): number => findings.filter((found) => found.kind === kind).length;
  return {
    inUse: used.length,
    duplicateShare: used.length === 0 ? 0 : duplicates.size / used.length,
    counts: Object.fromEntries(findingKinds.map((kind) => [kind, countOf(kind)])) as AuditReport['counts'],
    findings: findings.sort(
      (one, other) => findingKinds.indexOf(one.kind) - findingKinds.indexOf(other.kind),
    ),
  };
}

type Found = Omit<Finding, 'learningId' | 'title'> | null;

/** The title as it is shown. */
const titleOf = ({ title, control }: Learning): string => control.edits?.title ?? title;

function duplicate(learning: Learning, of: Learning | undefined): Found {
  if (of === undefined) return null;
  return {
    kind: 'duplicate',
    reason: `says the same as ${of.id}, "${titleOf(of)}"`,
    advice: learning.control.pinned
      ? 'unpin one of the two, and disable it'
      : 'disable this one; the other stands on more, or is pinned',
    others: [of.id],
  };
}

function contradicted(
  { verb, interval, counts }: Learning,
  lift: Lift | null,
  opposite: readonly Learning[],
): Found {
  const percent = (rate: number): string => `${Math.round(rate * 100)}%`;
  if (lift !== null && lift.high < 0)
    return {
      kind: 'contradicted',
      reason:
        `tasks shown it succeeded in ${percent(lift.shownRate)} of ${lift.shownN}, those it was withheld from ` +
        `in ${percent(lift.withheldRate)} of ${lift.withheldN}`,
      advice: 'disable it: showing it does harm',
      others: [],
    };
  const isAgainst = interval !== null && (verb === 'prefer' ? interval[1] < 0 : interval[0] > 0);
  if (isAgainst)
    return {
      kind: 'contradicted',
      reason: `it says to ${verb} what ${verb === 'prefer' ? 'fails' : 'succeeds'} more often in ${counts.n} runs`,
      advice: 'unpin or disable it: what was observed since says the opposite',
      others: [],
    };
  if (opposite.length === 0) return null;
  return {
    kind: 'contradicted',
    reason: `${opposite.map(({ id }) => id).join(', ')} says the opposite of the same pattern`,
    advice: 'compare the two with "show", and disable the one that stands on less',
    others: opposite.map(({ id }) => id),
  };
}

function tooVague({ origin, counts, control, title, condition, advice, text, category }: Learning): Found {
  const runs = counts.n + counts.withoutN;
  if (origin !== 'added' && runs >= ENOUGH && counts.n >= NEARLY_ALL * runs)
    return {
      kind: 'too vague',
      reason: `${counts.n} of ${runs} runs show it anyway, so it tells no two of them apart`,
      advice: 'disable it, or edit it to say which runs it means',
      others: [],
    };
  const shown = { title, condition, advice, ...control.edits };
  const ofCategory = new Set(analyse(category ?? ''));
  const words = new Set(
    analyse(origin === 'added' ? `${shown.title} ${shown.condition}` : text).filter(
      (word) => !ofCategory.has(word),
    ),
  );
  const lacking =
    analyse(shown.advice).length < FEWEST_WORDS
      ? 'what to do'
      : words.size < FEWEST_WORDS - 1
        ? 'when'
        : null;
  if (lacking === null) return null;
  return {
    kind: 'too vague',
    reason: `it does not say ${lacking}`,
    advice: 'edit it: name the error, the action or the kind of task',
    others: [],
  };
}

function stale({ lastSeen, origin }: Learning, newest: Date | null, staleDays: number): Found {
  if (newest === null || origin === 'added') return null;
  const days = Math.floor((newest.getTime() - lastSeen.getTime()) / DAY_MS);
  if (days < staleDays) return null;
  return {
    kind: 'stale',
    reason: `last seen ${days} days before the newest task`,
    advice: 'disable it if the work has changed, or pin it to keep it',
    others: [],
  };
}

function neverUsed(
  { firstSeen }: Learning,
  { shown = 0, withheld = 0, applied = 0 }: UsageSums,
  longAgo: Date | null,
  unusedAfter: number,
  toldByAgents: boolean,
): Found {
  if (shown + withheld === 0) {
    if (longAgo === null || firstSeen > longAgo) return null;
    return {
      kind: 'never used',
      reason: `no task was offered it, of more than ${unusedAfter} since it was first seen`,
      advice: 'edit its condition to the words that tasks use, or disable it',
      others: [],
    };
  }
  if (!toldByAgents || applied > 0 || shown < SHOWN_IN_VAIN) return null;
  return {
    kind: 'never used',
    reason: `shown to ${shown} tasks, and no agent says that it used it`,
    advice: 'edit its advice so that an agent can follow it, or disable it',
    others: [],
  };
}

/** By id, those that say the opposite of the same pattern in the same group. */
function oppositesAmong(all: readonly Learning[]): Map<string, Learning[]> {
  const byPattern = new Map<string, Learning[]>();
  const patternOf = ({ pattern, signature, category }: Learning): string =>
    JSON.stringify([pattern.kind, pattern.group, pattern.action, signature, category]);
  for (const learning of all) {
    const key = patternOf(learning);
    byPattern.set(key, [...(byPattern.get(key) ?? []), learning]);
  }
  return new Map(
    all.map((learning) => [
      learning.id,
      (byPattern.get(patternOf(learning)) ?? []).filter(({ verb }) => verb !== learning.verb),
    ]),
  );
}
