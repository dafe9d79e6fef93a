/** What becomes of a group's learnings, given what is stored and what was found now. Pure. */
import { isDeepStrictEqual } from 'node:util';
import type { LearningDraft } from './drafts.js';
import { isSharper, type Trend } from './explain.js';
import { parseFeature } from './feature.js';
import { type Learning, type LearningContent, NO_CONTROL } from './learning.js';

/** What was found out of a group's learnings besides the drafts. */
export interface Findings {
  /** By id, what showing it was measured to do, where that is harm. */
  harmful: ReadonlyMap<string, string>;
  /** By id, the sharper learning that explains it. */
  explained: ReadonlyMap<string, string>;
  /** By id, what the newest runs say of it. */
  trends: ReadonlyMap<string, Trend>;
}

/** A learning to write. */
export interface Settled {
  learning: Learning;
  /** Whether it says something else than before. */
  isNewVersion: boolean;
  isRetired: boolean;
}

const CONTRADICTED = 'the newest runs say the opposite';
const UNSUPPORTED = 'what was observed since no longer supports it';
const EXPLAINED = 'a sharper lesson explains what it says';
const SAME = 'another lesson says the same';

type Ending = Pick<LearningContent, 'retiredBecause' | 'supersededBy'>;

/**
 * Settles the learnings of a group: what is written of them, and what is retired. What people pinned is not
 * retired, and what they want of a learning is carried over as it is. Settling the same again writes nothing.
 *
 * @param stored those of the group that were extracted, and any others with an id of a draft
 */
export function settle(
  tenant: string,
  drafts: readonly LearningDraft[],
  stored: readonly Learning[],
  findings: Findings,
): Settled[] {
  const byId = new Map(stored.map((learning) => [learning.id, learning]));
  const drafted = new Set(drafts.map(({ id }) => id));
  const settled: (Settled | null)[] = drafts.map((draft) => {
    const before = byId.get(draft.id);
    const ending =
      before !== undefined && isPinned(before) ? null : endingOf(draft, before, drafts, findings);
    return ending === null
      ? renewed(tenant, draft, before)
      : before === undefined
        ? null
        : retired(before, ending);
  });
  for (const learning of stored)
    if (!drafted.has(learning.id) && learning.origin === 'extracted' && !isPinned(learning))
      settled.push(retired(learning, endingOfUndrafted(learning, drafts, findings)));
  return settled.filter((one) => one !== null);
}

export const isPinned = ({ control }: Learning): boolean => control.pinned;

/** Why a draft is not to be used; null when it is. */
function endingOf(
  { id }: LearningDraft,
  before: Learning | undefined,
  drafts: readonly LearningDraft[],
  { harmful, explained, trends }: Findings,
): Ending | null {
  const harm = harmful.get(id);
  if (harm !== undefined) return { retiredBecause: harm, supersededBy: null };
  const sharper = explained.get(id) ?? stillSuperseding(before, drafts);
  if (sharper !== undefined) return { retiredBecause: EXPLAINED, supersededBy: sharper };
  const trend = trends.get(id);
  const wasContradicted = before?.state === 'retired' && before.retiredBecause === CONTRADICTED;
  if (trend === 'against' || (wasContradicted && trend === 'unclear'))
    return { retiredBecause: CONTRADICTED, supersededBy: null };
  return null;
}

/** What was superseded comes back only when what took its place is gone. */
function stillSuperseding(
  before: Learning | undefined,
  drafts: readonly LearningDraft[],
): string | undefined {
  if (before?.state !== 'retired' || before.supersededBy === null) return undefined;
  return drafts.find(({ id, state }) => id === before.supersededBy && state === 'asserted')?.id;
}

function endingOfUndrafted(
  learning: Learning,
  drafts: readonly LearningDraft[],
  { harmful }: Findings,
): Ending {
  const harm = harmful.get(learning.id);
  if (harm !== undefined) return { retiredBecause: harm, supersededBy: null };
  const { type, verb, pattern } = learning;
  const alike = drafts.filter((draft) => draft.type === type && draft.verb === verb);
  const same = alike.find(({ aliases }) => aliases.includes(pattern.action));
  if (same !== undefined) return { retiredBecause: SAME, supersededBy: same.id };
  const sharper = alike.find(
    (draft) =>
      draft.state === 'asserted' &&
      isSharper(parseFeature(draft.pattern.action), parseFeature(pattern.action)),
  );
  if (learning.state === 'asserted' && sharper !== undefined)
    return { retiredBecause: EXPLAINED, supersededBy: sharper.id };
  return { retiredBecause: UNSUPPORTED, supersededBy: null };
}

/** The update that takes a learning out of use; it stays for the record. Null where it is out of use already. */
export function retired(before: Learning, ending: Ending): Settled | null {
  if (before.state === 'retired') return null;
  return {
    learning: { ...before, ...ending, state: 'retired', version: before.version + 1 },
    isNewVersion: true,
    isRetired: true,
  };
}

function renewed(tenant: string, draft: LearningDraft, before: Learning | undefined): Settled | null {
  const { id, seen, isAfresh = false, ...content } = draft;
  if (before === undefined)
    return {
      learning: {
        ...content,
        _id: `${tenant}|${id}`,
        tenant,
        id,
        version: 1,
        origin: 'extracted',
        control: NO_CONTROL,
        agentTypes: seen.agentTypes,
        firstSeen: seen.first,
        lastSeen: seen.last,
      },
      isNewVersion: true,
      isRetired: false,
    };
  const isNewVersion =
    before.origin !== 'extracted' ||
    isMaterial(before, content) ||
    (isAfresh && !isDeepStrictEqual(before.stated, content.stated));
  const { title, condition, advice, stated } = before;
  const learning: Learning = {
    ...before,
    ...content,
    ...(isNewVersion ? {} : { title, condition, advice, stated }),
    origin: 'extracted',
    version: before.version + Number(isNewVersion),
    agentTypes: [...new Set([...before.agentTypes, ...seen.agentTypes])].sort(),
    firstSeen: new Date(Math.min(before.firstSeen.getTime(), seen.first.getTime())),
    lastSeen: new Date(Math.max(before.lastSeen.getTime(), seen.last.getTime())),
  };
  return isDeepStrictEqual(learning, before) ? null : { learning, isNewVersion, isRetired: false };
}

/** A rate that moves by less, or numbers that grow by less, are no news to who reads them. */
const MOVED = 0.05;
const GROWN = 1.5;

const told = ['type', 'verb', 'state', 'confidence', 'category', 'signature', 'action'] as const;

/** Whether a learning says something else than before: other words, state or confidence, or markedly other numbers. */
function isMaterial(before: Learning, content: LearningContent): boolean {
  if (told.some((name) => !isDeepStrictEqual(before[name], content[name]))) return true;
  if (wordsOf(before) !== wordsOf(content)) return true;
  const { stated } = before;
  const { counts } = content;
  return (
    hasGrown(stated.n, counts.n) ||
    hasGrown(stated.withoutN, counts.withoutN) ||
    Math.abs(rate(stated.successes, stated.n) - rate(counts.successes, counts.n)) >= MOVED ||
    Math.abs(
      rate(stated.withoutSuccesses, stated.withoutN) - rate(counts.withoutSuccesses, counts.withoutN),
    ) >= MOVED
  );
}

const rate = (successes: number, n: number): number => (n === 0 ? 0 : successes / n);
const hasGrown = (before: number, now: number): boolean =>
  now >= GROWN * Math.max(1, before) || before >= GROWN * Math.max(1, now);

/** Its words without numbers, which move with every run. */
const wordsOf = ({
  title,
  condition,
  advice,
}: Pick<LearningContent, 'title' | 'condition' | 'advice'>): string =>
  [title, condition, advice].join('\n').replace(/[+-]?\d+(?:\.\d+)?%?/g, '#');
