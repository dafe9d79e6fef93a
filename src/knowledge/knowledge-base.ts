/** The Knowledge Base: items with every version kept, their states, and what their use showed. */

import { randomUUID } from 'node:crypto';
import { z } from 'zod';
import { checkField, checkInput } from '../shared/check-input.js';
import type { Redactor } from '../shared/redact.js';
import type { Store } from '../store/store.js';
import type { KnowledgeVersion } from './collections.js';
import { type KnowledgeContext, type KnowledgeOptions, knowledgeContext } from './context.js';
import { type SubscribeOptions, type Subscription, subscribe } from './feed/subscribe.js';
import {
  type AddInput,
  addSchema,
  agentSchema,
  diffSchema,
  type HistoryOptions,
  historySchema,
  idSchema,
  type LikenessQuery,
  type ListQuery,
  likenessSchema,
  limitSchema,
  listSchema,
  type RestoreVersionInput,
  restoreVersionSchema,
  type UpdateInput,
  updateSchema,
  versionSchema,
} from './inputs.js';
import { insertItems, newItemId } from './insert-items.js';
import { idsBeginning } from './item-ids.js';
import { archive, deprecate, restore } from './lifecycle/by-hand.js';
import {
  type HandInput,
  handSchema,
  type PrunedQuery,
  type PruneInput,
  prunedSchema,
  pruneSchema,
  runSchema,
} from './lifecycle/inputs.js';
import { type PruneReport, prune } from './lifecycle/prune.js';
import { findPruned, restorePruned, restoreRun } from './lifecycle/restore-pruned.js';
import { unmergeItem } from './likeness/merge-items.js';
import { type Contradiction, listContradictions, listMerges, type Merge } from './likeness/read-likeness.js';
import {
  type ItemsOfQuery,
  itemsOfSchema,
  type RetractInput,
  type RetractionsQuery,
  retractionsSchema,
  retractSchema,
  undoRetractionSchema,
} from './provenance/inputs.js';
import { listRetractions, retract, undoRetraction } from './provenance/retract.js';
import type { Retraction } from './provenance/retractions.js';
import { type ItemSource, itemsOf, sourcesOf } from './provenance/sources.js';
import { type ItemAct, readActs } from './read-acts.js';
import { findItem, listItems } from './read-items.js';
import { parseSource } from './source.js';
import { type ExportOptions, exportItems } from './transfer/export-items.js';
import { type ImportOptions, type ImportResult, importItems } from './transfer/import-items.js';
import { type BestPractice, validatedItems } from './usage/best.js';
import { recordApplication } from './usage/record-application.js';
import { type MeasuredItem, measured } from './usage/usage.js';
import { editItem, restoreItem } from './versions/edit-item.js';
import { diffVersions, findVersion, findVersions } from './versions/read-versions.js';
import type { VersionDiff } from './versions/version-diff.js';

export class KnowledgeBase {
  private readonly context: KnowledgeContext;
  private readonly redactor: Redactor;

  /** @param redactor takes secrets out of all that is added */
  constructor(
    private readonly store: Store,
    private readonly tenant: string,
    redactor?: Redactor,
    options?: KnowledgeOptions,
  ) {
    this.context = knowledgeContext(store, tenant, redactor, options);
    this.redactor = this.context.redactor;
  }

  /**
   * Adds an item without sharing it to a channel.
   *
   * @throws InvalidInputError when a field is wrong
   */
  async addKnowledge(input: AddInput): Promise<MeasuredItem> {
    const { by, ...fields } = checkInput(addSchema, input);
    const draft = this.redactor.value({
      ...fields,
      id: newItemId(),
      context: {},
      priority: 'MEDIUM' as const,
      channel: null,
      source: by,
      executionId: null,
      trust: 'trusted' as const,
      learningId: null,
      sources: [{ kind: 'person' as const, ref: by }],
    });
    await this.store.transaction((session) => insertItems(this.store, this.tenant, [draft], session));
    return this.get(draft.id);
  }

  /**
   * Makes a new version of an item; what is left out stays as it is, and an update that changes nothing makes none.
   * Another title or content has to prove itself anew: the item goes back to EXPERIMENTAL, and its usage counts
   * from nothing. Another type, category, priority or other tags leave both as they are.
   *
   * @throws InvalidInputError when a field is wrong
   * @throws NotFoundError when the tenant has no such item
   * @throws ConflictError when the item is not, or no longer, at `expectedVersion`, or was merged into another
   */
  async updateKnowledge(id: string, input: UpdateInput): Promise<MeasuredItem> {
    const itemId = checkField('id', idSchema, id);
    const update = this.redactor.value(checkInput(updateSchema, input));
    const { newContent: content, changes, by, as, expectedVersion, ...rest } = update;
    const isEdited = await editItem(
      this.store,
      this.tenant,
      itemId,
      { content, ...rest },
      {
        ...{ by, changes, expectedVersion, source: { kind: as, ref: by } },
        trust: as === 'person' ? 'trusted' : 'untrusted',
      },
    );
    if (isEdited && update.priority === 'CRITICAL') await this.context.announce?.(itemId);
    return this.get(itemId);
  }

  /**
   * Counts how an application of the item's current version went, and moves the item to the state that
   * follows. For work outside Journeyman's own tasks: those count what their reports say was applied.
   *
   * @param options.by who says so; default `api`
   * @param options.usageId makes a retry harmless
   * @returns the item as it then is
   * @throws NotFoundError when the tenant has no such item
   */
  async recordUsage(
    id: string,
    success: boolean,
    options: { by?: string; usageId?: string } = {},
  ): Promise<MeasuredItem> {
    const itemId = checkField('id', idSchema, id);
    const { by, usageId } = checkInput(usageOptionsSchema, options);
    await recordApplication(this.store, this.tenant, {
      itemId,
      success: checkField('success', z.boolean(), success),
      by,
      key: `used|${usageId ?? randomUUID()}`,
    });
    return this.get(itemId);
  }

  /**
   * An item; one that was merged says in `mergedInto` which item speaks for it now.
   *
   * @throws NotFoundError when the tenant has no such item, with what became of it where that is known
   */
  async get(id: string): Promise<MeasuredItem> {
    return findItem(this.store, this.tenant, checkField('id', idSchema, id));
  }

  /** Items for which all that is named holds, in the order named: newest first unless said otherwise. */
  async list(query: ListQuery = {}): Promise<MeasuredItem[]> {
    return listItems(this.store, this.tenant, checkInput(listSchema, query));
  }

  /**
   * Versions of an item, oldest first: who made each, when and why. The first thousand unless said otherwise.
   *
   * @throws NotFoundError when the tenant has no such item
   */
  async history(id: string, options: HistoryOptions = {}): Promise<KnowledgeVersion[]> {
    const itemId = checkField('id', idSchema, id);
    return findVersions(this.store, this.tenant, itemId, checkInput(historySchema, options));
  }

  /** @throws NotFoundError when the tenant has no such item, or it has no such version */
  async getVersion(id: string, version: number): Promise<KnowledgeVersion> {
    const { store, tenant } = this;
    const itemId = checkField('id', idSchema, id);
    const number = checkField('version', versionSchema, version);
    return store.run((options) => findVersion(store, tenant, itemId, number, options));
  }

  /**
   * How an item differs between two of its versions, in lines and in data.
   *
   * @throws NotFoundError when the tenant has no such item, or it has no such version
   */
  async diff(id: string, from: number, to: number): Promise<VersionDiff> {
    const itemId = checkField('id', idSchema, id);
    const between = checkInput(diffSchema, { from, to });
    return diffVersions(this.store, this.tenant, itemId, between.from, between.to);
  }

  /**
   * Brings an earlier version back as a new one. What that version said has proved already what it proved then:
   * its usage counts again, and the item comes to the state that this calls for. Where the item is as it was then,
   * nothing is changed.
   *
   * @throws NotFoundError when the tenant has no such item, or it has no such version
   * @throws ConflictError when the item is not, or no longer, at `expectedVersion`, or was merged into another
   */
  async restoreVersion(id: string, version: number, input: RestoreVersionInput): Promise<MeasuredItem> {
    const itemId = checkField('id', idSchema, id);
    const restore = this.redactor.value(checkInput(restoreVersionSchema, { ...input, version }));
    const { by, reason: changes, expectedVersion } = restore;
    await restoreItem(this.store, this.tenant, itemId, restore.version, { by, changes, expectedVersion });
    return this.get(itemId);
  }

  /**
   * Takes an item out of use whatever its usage said until now. It stays readable, and comes back by new evidence (5
   * or more further applications, of which at least half succeeded), by an edit, or by {@link restore}.
   *
   * @throws NotFoundError when the tenant has no such item
   * @throws ConflictError when it is archived
   */
  async deprecate(id: string, input: HandInput): Promise<MeasuredItem> {
    const itemId = checkField('id', idSchema, id);
    await deprecate(this.context, itemId, checkInput(handSchema, input));
    return this.get(itemId);
  }

  /**
   * Puts an item away until it is restored: no look-up finds it and no usage brings it back.
   *
   * @throws NotFoundError when the tenant has no such item
   * @throws ConflictError when it is being removed for good, long after it was pruned
   */
  async archive(id: string, input: HandInput): Promise<MeasuredItem> {
    const itemId = checkField('id', idSchema, id);
    await archive(this.context, itemId, checkInput(handSchema, input));
    return this.get(itemId);
  }

  /**
   * Undoes what people and pruning did to an item: it comes to the state that its usage calls for. One that is in use
   * stays as it is.
   *
   * @throws NotFoundError when the tenant has no such item
   * @throws ConflictError when something else keeps it out of use, saying what undoes that, or it was pruned longer
   *   ago than `restoreDays`
   */
  async restore(id: string, input: HandInput): Promise<MeasuredItem> {
    const itemId = checkField('id', idSchema, id);
    await restore(this.context, itemId, checkInput(handSchema, input));
    return this.get(itemId);
  }

  /**
   * Lets go of items that no longer earn their place, by stated rules, and of the least valuable beyond the tenant's
   * budget. What goes is ARCHIVED and can be restored for `restoreDays`. See {@link prune}.
   */
  async prune(input: PruneInput = {}): Promise<PruneReport> {
    return prune(this.context, checkInput(pruneSchema, input));
  }

  /** Pruned items that can still be restored, the last to go first. */
  async listPruned(query: PrunedQuery = {}): Promise<MeasuredItem[]> {
    const found = await findPruned(this.context, checkInput(prunedSchema, query));
    return measured(this.store, this.tenant, found);
  }

  /**
   * Restores one pruned item.
   *
   * @throws NotFoundError when the tenant has no such item
   * @throws ConflictError when it is not pruned, or was longer ago than `restoreDays`
   */
  async restorePruned(id: string, input: HandInput): Promise<MeasuredItem> {
    const itemId = checkField('id', idSchema, id);
    await restorePruned(this.context, itemId, checkInput(handSchema, input));
    return this.get(itemId);
  }

  /**
   * Restores all that one run of pruning let go of.
   *
   * @returns how many items
   * @throws NotFoundError when nothing that a run of that id pruned can still be restored
   */
  async restoreRun(run: string, input: HandInput): Promise<number> {
    return restoreRun(this.context, checkField('run', runSchema, run), checkInput(handSchema, input));
  }

  /** Items that were merged into others, or into the one named; those changed last first. */
  async merges(query: LikenessQuery = {}): Promise<Merge[]> {
    const { id, limit } = checkInput(likenessSchema, query);
    return listMerges(this.store, this.tenant, { into: id, limit });
  }

  /**
   * Takes an item out of the one that it was merged into: both are as if it had never been merged, and they are left
   * apart from then on.
   *
   * @throws NotFoundError when the tenant has no such item
   * @throws ConflictError when it is not merged, or what it was merged into was itself merged since
   */
  async unmerge(id: string, input: HandInput): Promise<MeasuredItem> {
    const itemId = checkField('id', idSchema, id);
    const said = this.redactor.value(checkInput(handSchema, input));
    await unmergeItem(this.store, this.tenant, itemId, said);
    return this.get(itemId);
  }

  /** Pairs of items that say the opposite of each other, while evidence has not decided; of one item where named. */
  async contradictions(query: LikenessQuery = {}): Promise<Contradiction[]> {
    const { id, limit } = checkInput(likenessSchema, query);
    return listContradictions(this.store, this.tenant, { of: id, limit });
  }

  /** What was done to an item, as the log has it, the newest first. */
  async acts(id: string, limit = 50): Promise<ItemAct[]> {
    const itemId = checkField('id', idSchema, id);
    return readActs(this.store, this.tenant, itemId, checkField('limit', limitSchema, limit));
  }

  /** Ids that begin so, in their order: what a shortened id may stand for. */
  async idsBeginning(beginning: string, limit = 10): Promise<string[]> {
    const start = checkField('id', idSchema, beginning);
    return idsBeginning(this.store, this.tenant, start, checkField('limit', limitSchema, limit));
  }

  /** VALIDATED items by the lower 95% bound of their success rate, best first; at the end those never applied. */
  async getValidatedKnowledge(limit = 50): Promise<BestPractice[]> {
    return validatedItems(this.store, this.tenant, checkField('limit', limitSchema, limit));
  }

  /** VALIDATED items that were applied with success, by the lower 95% bound of its rate, best first. */
  async getBestPractices(limit = 10): Promise<BestPractice[]> {
    const validated = await this.getValidatedKnowledge(limit);
    return validated.filter(({ successAtLeast }) => successAtLeast > 0);
  }

  /**
   * The items of all channels that an agent subscribes to, live, from the first that it has not acknowledged. See
   * {@link subscribe}.
   *
   * @throws InvalidInputError naming the field, the value and what is allowed
   */
  subscribe(agent: string, options?: SubscribeOptions): Subscription {
    return subscribe(this.store, this.tenant, agent, options);
  }

  /**
   * What an item came from: tasks, agents, learnings, imports and people, oldest first, with those of the items that
   * were merged into it.
   *
   * @throws NotFoundError when the tenant has no such item
   */
  async sourcesOf(id: string, limit = 1_000): Promise<ItemSource[]> {
    return sourcesOf(
      this.store,
      this.tenant,
      checkField('id', idSchema, id),
      checkField('limit', limitSchema, limit),
    );
  }

  /** Ids of the items that came from a source, by id; `after` the last of a page comes the next. */
  async itemsOf(query: ItemsOfQuery): Promise<string[]> {
    const { source, ...page } = checkInput(itemsOfSchema, query);
    return itemsOf(this.store, this.tenant, parseSource(source), page);
  }

  /**
   * Withdraws all that derives from a bad source, with its effects on counts, usage and states; nothing new of it
   * is taken in while that stands. With `dryRun`, only counts. See {@link retract} for what it comes to.
   *
   * @throws InvalidInputError when a field is wrong
   * @throws ConflictError when the source is retracted already, or another run is at it
   */
  async retract(input: RetractInput): Promise<Retraction> {
    const { source, by, reason, dryRun } = checkInput(retractSchema, input);
    const said = this.redactor.value({ by, reason });
    return retract(this.context, parseSource(source), { ...said, dryRun });
  }

  /**
   * Undoes a retraction: what it changed is as before, what others changed meanwhile stays.
   *
   * @throws NotFoundError when the tenant has no such retraction
   * @throws ConflictError when it is undone already, or another run is at it
   */
  async undoRetraction(id: string, input: { by: string }): Promise<Retraction> {
    const { by } = checkInput(undoRetractionSchema, input);
    return undoRetraction(this.context, checkField('id', idSchema, id), { by: this.redactor.text(by) });
  }

  /** Retractions, newest first; of one source where it is named. */
  async retractions(query: RetractionsQuery = {}): Promise<Retraction[]> {
    const { source, limit } = checkInput(retractionsSchema, query);
    return listRetractions(this.context, {
      limit,
      ...(source === undefined ? {} : { source: parseSource(source) }),
    });
  }

  /**
   * Writes the chosen items with their versions to a JSON file, redacted; a failure leaves the file as it was.
   *
   * @returns how many items
   * @throws InvalidInputError naming the option, the value and what is allowed
   */
  exportTo(file: string, options?: ExportOptions): Promise<number> {
    return exportItems(this.context, file, options);
  }

  /**
   * Takes in an exported file; again changes nothing. Items keep their ids, versions, states and usage, and are in no
   * channel. What is wrong with the file is found before anything is written; see {@link ImportOptions}.
   *
   * @throws RefusedFileError | InvalidInputError naming line or field when the file is no export, or has faulty items
   * @throws ConflictError when this file was retracted
   */
  importFrom(file: string, options?: ImportOptions): Promise<ImportResult> {
    return importItems(this.context, file, options);
  }
}

const usageOptionsSchema = z.strictObject({
  by: agentSchema.default('api'),
  usageId: z.string().min(1).max(500).optional(),
});
