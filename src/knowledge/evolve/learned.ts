/** Learnings that are very sure become knowledge, which follows them: their words, their end and their return. */
import type { ClientSession } from 'mongodb';
import { ConflictError } from '../../shared/errors.js';
import type { Learned } from '../../shared/learned.js';
import { ensureLedger, enterLedger } from '../../store/ledger.js';
import type { Store } from '../../store/store.js';
import { itemKey, type KnowledgeDocument, knowledgeItems, knowledgeVersions } from '../collections.js';
import type { KnowledgeContext } from '../context.js';
import { type Draft, derivedItemId, insertItems } from '../insert-items.js';
import { changeRuling, liftRuling } from '../lifecycle/by-hand.js';
import { rulingOn } from '../lifecycle/lifecycle.js';
import { unarchiveItems } from '../lifecycle/transitions.js';
import { standingFor } from '../provenance/standing.js';
import { editItem } from '../versions/edit-item.js';
import type { Step, StepOptions } from './step.js';

/** Reads of learnings, which their own component offers. */
export interface LearningReads {
  /** Those in use at very high confidence, by id, after one. */
  sure(store: Store, tenant: string, after: string, limit: number): Promise<Learned[]>;
  /** Some by their ids; those that are gone are left out. */
  byId(store: Store, tenant: string, ids: readonly string[]): Promise<Learned[]>;
}

const PAGE = 200;
const PAGE_DEADLINE_MS = 30_000;
const GONE = 'its learning is gone';

/** The one item of a learning. */
export const learnedItemId = (learningId: string): string => derivedItemId('learning', learningId);
/** Who writes an item's words for its learning; at the same time its source. */
const authorOf = (learningId: string): string => `learning:${learningId}`;

/** Makes items of very sure learnings, then lets all that were ever made follow their learnings. */
export const followLearnings = (reads: LearningReads): Step => ({
  name: 'learnings to knowledge',
  async run(context, options) {
    const written: Record<string, number> = {};
    const finished =
      (await makeItems(context, reads, options, written)) &&
      (await followAll(context, reads, options, written));
    return { written, finished };
  },
});

/** Adds one to a kind of writing. */
function note(written: Record<string, number>, kind: string, by = 1): void {
  if (by > 0) written[kind] = (written[kind] ?? 0) + by;
}

async function makeItems(
  context: KnowledgeContext,
  reads: LearningReads,
  { signal }: StepOptions,
  written: Record<string, number>,
): Promise<boolean> {
  const { store, tenant } = context;
  let after = '';
  for (;;) {
    const page = await reads.sure(store, tenant, after, PAGE);
    const made = await insertMissing(context, page);
    note(written, 'learnings made knowledge', made);
    const last = page.at(-1);
    if (last === undefined || page.length < PAGE) return true;
    after = last.id;
    if (made > 0 && signal.aborted) return false;
  }
}

async function insertMissing(context: KnowledgeContext, page: readonly Learned[]): Promise<number> {
  const { store, tenant, redactor } = context;
  const keys = page.map(({ id }) => itemKey(tenant, learnedItemId(id)));
  const found = await store.run((options) =>
    knowledgeItems(store)
      .find({ _id: { $in: keys }, tenant }, { ...options, projection: { id: 1 } })
      .toArray(),
  );
  const known = new Set(found.map(({ id }) => id));
  const drafts = page.filter(({ id }) => !known.has(learnedItemId(id))).map(draftOf);
  if (drafts.length === 0) return 0;
  const redacted = drafts.map((draft) => redactor.value(draft));
  return store.transaction(async (session) => {
    const sources = redacted.map(({ source }) => source);
    const retracted = await standingFor(store, tenant, sources, { session });
    const allowed = redacted.filter(({ source }) => !retracted.has(source));
    return (await insertItems(store, tenant, allowed, session)).length;
  }, PAGE_DEADLINE_MS);
}

const draftOf = (learned: Learned): Draft => ({
  id: learnedItemId(learned.id),
  type: 'BEST_PRACTICE',
  category: learned.category ?? 'general',
  ...saying(learned),
  context: {},
  priority: 'MEDIUM',
  tags: [],
  // Subscribers of channels get what agents share; lessons reach tasks by themselves.
  channel: null,
  source: authorOf(learned.id),
  executionId: null,
  state: 'EXPERIMENTAL',
  trust: learned.trust,
  learningId: learned.id,
  sources: [{ kind: 'learning', ref: learned.id }],
});

const saying = ({ title, condition, advice }: Learned) => ({ title, content: { condition, advice } });

async function followAll(
  context: KnowledgeContext,
  reads: LearningReads,
  options: StepOptions,
  written: Record<string, number>,
): Promise<boolean> {
  const { store, tenant } = context;
  let after = '';
  for (;;) {
    const page = await store.run((run) =>
      knowledgeItems(store)
        .find({ tenant, learningId: { $gt: after } }, run)
        .sort({ learningId: 1 })
        .limit(PAGE)
        .toArray(),
    );
    const ids = page.flatMap(({ learningId }) => learningId ?? []);
    const byId = new Map((await reads.byId(store, tenant, ids)).map((learned) => [learned.id, learned]));
    let changed = 0;
    for (const item of page) {
      const did = await follow(context, item, byId.get(item.learningId ?? ''), options.now);
      for (const kind of did) note(written, kind);
      changed += did.length;
    }
    const last = ids.at(-1);
    if (last === undefined || page.length < PAGE) return true;
    after = last;
    if (changed > 0 && options.signal.aborted) return false;
  }
}

/** Lets one item follow its learning. @returns what was done */
async function follow(
  context: KnowledgeContext,
  item: KnowledgeDocument,
  learned: Learned | undefined,
  now: Date,
): Promise<string[]> {
  const outOfUse = learned === undefined ? GONE : learned.outOfUse;
  const isHeld = item.deprecation?.because === 'learning' && rulingOn(item) !== null;
  const done: string[] = [];
  if (outOfUse !== null) {
    // A person's ruling says so already; what is archived is shown to nobody, and is seen to when it returns.
    if (item.state !== 'ARCHIVED' && rulingOn(item) === null && (await isLearnings(context, item)))
      if (
        await withItem(context, item, now, outOfUse, (scope, read) =>
          changeRuling(read, scope, { because: 'learning' }),
        )
      )
        done.push('items deprecated with their learning');
    return done;
  }
  if (isHeld && (await withItem(context, item, now, 'its learning is back in use', returnItem)))
    done.push('items restored with their learning');
  if (learned !== undefined && (await updateWords(context, item, learned)))
    done.push('items reworded with their learning');
  return done;
}

type Scope = Parameters<typeof liftRuling>[1];

/** What was pruned while its learning was out of use comes back with it. */
async function returnItem(scope: Scope, item: KnowledgeDocument): Promise<void> {
  if (item.state === 'DEPRECATED') return liftRuling(item, scope);
  const { store, tenant, now, by, reason, live, session } = scope;
  const free = { ...item, deprecation: null };
  await knowledgeItems(store).updateOne(
    { _id: item._id, tenant },
    { $set: { deprecation: null } },
    { session },
  );
  const act = { act: 'restored', by, at: now, reason };
  await unarchiveItems(store, tenant, [free], 'prunedAt', act, live, session);
}

/** Acts on an item in a transaction, unless it changed since it was read: the next run sees to it then. */
async function withItem(
  { store, tenant }: KnowledgeContext,
  { _id, updatedAt, learningId }: KnowledgeDocument,
  now: Date,
  reason: string,
  act: (scope: Scope, item: KnowledgeDocument) => Promise<void>,
): Promise<boolean> {
  await ensureLedger(store, tenant);
  return store.transaction(async (session: ClientSession) => {
    const [live = ''] = await enterLedger(store, tenant, session);
    const item = await knowledgeItems(store).findOne({ _id, tenant }, { session });
    if (item?.updatedAt.getTime() !== updatedAt.getTime()) return false;
    await act({ store, tenant, live, session, now, by: authorOf(learningId ?? ''), reason }, item);
    return true;
  });
}

/** Whether its words are still the learning's: what a person wrote in their place is the person's. */
async function isLearnings({ store, tenant }: KnowledgeContext, item: KnowledgeDocument): Promise<boolean> {
  const version = await store.run((options) =>
    knowledgeVersions(store).findOne({ _id: `${item._id}|${item.version}`, tenant }, options),
  );
  return version?.by === authorOf(item.learningId ?? '');
}

/** Numbers move with every run; they make no other words, and would have the item prove itself for ever. */
const withoutNumbers = (text: string): string => text.replace(/[+-]?\d+(?:\.\d+)?%?/g, '#');

async function updateWords(
  context: KnowledgeContext,
  item: KnowledgeDocument,
  learned: Learned,
): Promise<boolean> {
  const { store, tenant, redactor } = context;
  const says = redactor.value(saying(learned));
  const textOf = ({ title, content }: Pick<KnowledgeDocument, 'title' | 'content'>): string =>
    withoutNumbers(JSON.stringify([title, content]));
  if (item.mergedInto != null || textOf(item) === textOf(says)) return false;
  if (!(await isLearnings(context, item))) return false;
  const by = authorOf(learned.id);
  const changes = `the learning says so since its version ${learned.version}`;
  const source = { kind: 'learning' as const, ref: learned.id };
  try {
    return await editItem(store, tenant, item.id, says, { by, changes, trust: learned.trust, source });
  } catch (error) {
    // Its learning was retracted: it stands on other sources, in their words.
    if (error instanceof ConflictError) return false;
    throw error;
  }
}
