/** The Knowledge Base: items with every version kept, their states, and what their use showed. */

import { randomUUID } from 'node:crypto';
import { isDeepStrictEqual } from 'node:util';
import type { Filter } from 'mongodb';
import { z } from 'zod';
import { wilson } from '../evidence/intervals.js';
import { checkField, checkInput } from '../shared/check-input.js';
import { ConflictError, NotFoundError } from '../shared/errors.js';
import { createRedactor, type Redactor } from '../shared/redact.js';
import { appendEvent } from '../store/event-log.js';
import { liveGeneration } from '../store/ledger.js';
import type { Store } from '../store/store.js';
import {
  itemKey,
  type KnowledgeDocument,
  type KnowledgeVersion,
  knowledgeItems,
  knowledgeVersions,
} from './collections.js';
import { exportItems } from './export-items.js';
import { type ImportResult, importItems } from './import-items.js';
import {
  type AddInput,
  addSchema,
  agentSchema,
  idSchema,
  type ListQuery,
  limitSchema,
  listSchema,
  type UpdateInput,
  updateSchema,
} from './inputs.js';
import { insertItems, newItemId, searchText, versionDocument } from './insert-items.js';
import { stateAfterEdit } from './lifecycle.js';
import { recordApplication } from './record-usage.js';
import { type MeasuredItem, measured, readUsage } from './usage.js';

/** A validated item and how sure its success is. */
export interface BestPractice extends MeasuredItem {
  /** Lower 95% bound (Wilson) of its success rate; 0 while it was never applied. */
  successAtLeast: number;
}

export class KnowledgeBase {
  /** @param redactor takes secrets out of all that is added */
  constructor(
    private readonly store: Store,
    private readonly tenant: string,
    private readonly redactor: Redactor = createRedactor(),
  ) {}

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
   * Replaces an item's content and keeps the old. New content has to prove itself anew: the item goes back to
   * EXPERIMENTAL, and its usage counts from nothing. Content equal to the current changes nothing.
   *
   * @throws NotFoundError when the tenant has no such item
   * @throws ConflictError when the item is not, or no longer, at `expectedVersion`
   */
  async updateKnowledge(id: string, input: UpdateInput): Promise<MeasuredItem> {
    const { store, tenant } = this;
    const itemId = checkField('id', idSchema, id);
    const update = this.redactor.value(checkInput(updateSchema, input));
    const { newContent: content, changes, by, expectedVersion } = update;
    await store.transaction(async (session) => {
      const _id = itemKey(tenant, itemId);
      const item = await knowledgeItems(store).findOne({ _id, tenant }, { session });
      if (item === null) throw new NotFoundError('knowledge item', itemId);
      if (expectedVersion !== undefined && expectedVersion !== item.version)
        throw new ConflictError(
          `Knowledge item ${itemId} is at version ${item.version}, not at the expected ${expectedVersion}`,
        );
      if (isDeepStrictEqual(content, item.content)) return;
      const version = item.version + 1;
      const at = new Date();
      const state = stateAfterEdit(item.state);
      // Two edits at once write the same document: the second is tried again and reads the first's version.
      await knowledgeItems(store).updateOne(
        { _id, tenant },
        { $set: { content, version, state, updatedAt: at, text: searchText({ ...item, content }) } },
        { session },
      );
      await knowledgeVersions(store).insertOne(
        versionDocument(tenant, itemId, { version, title: item.title, content, changes, by, at }),
        { session },
      );
      await appendEvent(
        store,
        {
          _id: `${tenant}|item|${itemId}|edited|${version}`,
          kind: 'item',
          tenant,
          itemId,
          act: 'edited',
          at,
          by,
          detail: { version, changes, from: item.state, to: state },
          generations: [],
        },
        session,
      );
    });
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

  /** @throws NotFoundError when the tenant has no such item */
  async get(id: string): Promise<MeasuredItem> {
    const { store, tenant } = this;
    const itemId = checkField('id', idSchema, id);
    const found = await store.run((options) =>
      knowledgeItems(store).findOne({ _id: itemKey(tenant, itemId), tenant }, options),
    );
    if (found === null) throw new NotFoundError('knowledge item', itemId);
    const [item] = await measured(store, tenant, [found]);
    return item as MeasuredItem;
  }

  /**
   * All versions of an item, oldest first.
   *
   * @throws NotFoundError when the tenant has no such item
   */
  async history(id: string): Promise<KnowledgeVersion[]> {
    const { store, tenant } = this;
    const itemId = checkField('id', idSchema, id);
    const versions = await store.run((options) =>
      knowledgeVersions(store).find({ tenant, id: itemId }, options).sort({ version: 1 }).toArray(),
    );
    if (versions.length === 0) throw new NotFoundError('knowledge item', itemId);
    return versions.map(({ _id, tenant: _tenant, id: _itemId, ...version }) => version);
  }

  /** Items, newest first; all states and types unless named. */
  async list(query: ListQuery = {}): Promise<MeasuredItem[]> {
    const { store, tenant } = this;
    const { state, type, limit } = checkInput(listSchema, query);
    const filter: Filter<KnowledgeDocument> = { tenant };
    if (state !== undefined) filter.state = state;
    if (type !== undefined) filter.type = type;
    const found = await store.run((options) =>
      knowledgeItems(store).find(filter, options).sort({ createdAt: -1, _id: 1 }).limit(limit).toArray(),
    );
    return measured(store, tenant, found);
  }

  /** VALIDATED items, newest first. */
  getValidatedKnowledge(limit?: number): Promise<MeasuredItem[]> {
    return this.list({ state: 'VALIDATED', limit });
  }

  /** VALIDATED items that were applied, by the lower 95% bound of their success rate, best first. */
  async getBestPractices(limit = 10): Promise<BestPractice[]> {
    const { store, tenant } = this;
    const most = checkField('limit', limitSchema, limit);
    const ranked = await store.run(async (options) => {
      const generation = await liveGeneration(store, tenant, options);
      const { rows } = await readUsage(store, tenant, generation, null, options);
      const atLeast = new Map(
        rows
          .filter(({ usage }) => usage.successes > 0)
          .map(({ id, version, usage }) => [
            `${id}|${version}`,
            wilson(usage.successes, usage.successes + usage.failures).low,
          ]),
      );
      const keys = [...new Set(rows.map(({ id }) => itemKey(tenant, id)))];
      const validated = await knowledgeItems(store)
        .find(
          { _id: { $in: keys }, tenant, state: 'VALIDATED' },
          { projection: { id: 1, version: 1 }, ...options },
        )
        .toArray();
      const best = validated
        .map(({ id, version }) => ({ id, successAtLeast: atLeast.get(`${id}|${version}`) ?? 0 }))
        .filter(({ successAtLeast }) => successAtLeast > 0)
        .sort((a, b) => b.successAtLeast - a.successAtLeast || (a.id < b.id ? -1 : 1))
        .slice(0, most);
      const documents = await knowledgeItems(store)
        .find({ _id: { $in: best.map(({ id }) => itemKey(tenant, id)) }, tenant }, options)
        .toArray();
      return { best, documents };
    });
    const items = new Map((await measured(store, tenant, ranked.documents)).map((item) => [item.id, item]));
    return ranked.best.flatMap(({ id, successAtLeast }) => {
      const item = items.get(id);
      return item === undefined ? [] : [{ ...item, successAtLeast }];
    });
  }

  /**
   * Writes all items with their versions to a JSON file, whole or not at all.
   *
   * @returns how many items
   */
  exportTo(file: string): Promise<number> {
    return exportItems(this.store, this.tenant, file);
  }

  /**
   * Takes in an exported file, whole or not at all; again changes nothing. Items keep their ids, versions,
   * states and usage, and are in no channel. An item that the tenant has with other content is left as it is
   * and reported.
   *
   * @throws InvalidInputError naming file and field when the file is not an export
   */
  importFrom(file: string): Promise<ImportResult> {
    return importItems(this.store, this.tenant, file, this.redactor);
  }
}

const usageOptionsSchema = z.strictObject({
  by: agentSchema.default('api'),
  usageId: z.string().min(1).max(500).optional(),
});
