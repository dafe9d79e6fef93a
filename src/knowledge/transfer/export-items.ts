/** Writing a tenant's knowledge to a file, of any size: what was chosen of it, without secrets. */
import { randomUUID } from 'node:crypto';
import { type FileHandle, open, rename, rm } from 'node:fs/promises';
import type { Filter } from 'mongodb';
import { z } from 'zod';
import { checkInput } from '../../shared/check-input.js';
import { InvalidInputError } from '../../shared/errors.js';
import { groupBy } from '../../shared/group-by.js';
import { knowledgeStates, knowledgeTypes } from '../../shared/terms.js';
import {
  type KnowledgeDocument,
  type KnowledgeVersion,
  knowledgeItems,
  knowledgeSources,
  knowledgeVersions,
} from '../collections.js';
import type { KnowledgeContext } from '../context.js';
import { type MeasuredItem, measured } from '../usage/usage.js';
import { FILE_FORMAT, FILE_VERSION, type FileItemInput } from './file-format.js';
import { patience } from './patience.js';

const BATCH_ITEMS = 500;
/** Sources of one item that leave with it. */
const MOST_SOURCES = 1_000;

const optionsSchema = z.strictObject({
  states: z.array(z.enum(knowledgeStates)).min(1).exactOptional(),
  types: z.array(z.enum(knowledgeTypes)).min(1).exactOptional(),
  tags: z.array(z.string()).min(1).exactOptional(),
  minUsages: z.number().int().min(0).default(0),
  minSuccess: z.number().min(0).max(1).default(0),
});

/** What leaves. Retracted items and those that were merged into others never do. */
export interface ExportOptions {
  /** Default: all states. */
  states?: (typeof knowledgeStates)[number][];
  /** Default: all types. */
  types?: (typeof knowledgeTypes)[number][];
  /** Items that have all of them. */
  tags?: string[];
  /** Least number of applications with a known outcome. */
  minUsages?: number;
  /** Least share of successes among these, 0 to 1. */
  minSuccess?: number;
  /** Told how many items were written so far. */
  onProgress?: (done: number) => void;
}

/**
 * Writes the chosen items with their versions, by id, each on a line of its own; a failure leaves the file as it was.
 * Each item is as it was at one moment; what is changed meanwhile may be in or not.
 *
 * @returns how many
 * @throws InvalidInputError naming the option, the value and what is allowed; also when the file cannot be written
 */
export async function exportItems(
  context: KnowledgeContext,
  file: string,
  { onProgress = () => {}, ...given }: ExportOptions = {},
): Promise<number> {
  const chosen = checkInput(optionsSchema, given);
  const partial = `${file}.${randomUUID()}.partial`;
  try {
    const handle = await openNew(partial, file);
    let written: number;
    try {
      written = await writeItems(context, handle, chosen, onProgress);
      await handle.sync();
    } finally {
      await handle.close();
    }
    await rename(partial, file);
    return written;
  } catch (error) {
    await rm(partial, { force: true });
    throw error;
  }
}

async function openNew(partial: string, file: string): Promise<FileHandle> {
  try {
    return await open(partial, 'wx');
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    throw new InvalidInputError('file', file, `a place that can be written to (${code ?? 'it is none'})`);
  }
}

type Chosen = z.output<typeof optionsSchema>;

async function writeItems(
  context: KnowledgeContext,
  handle: FileHandle,
  chosen: Chosen,
  onProgress: (done: number) => void,
): Promise<number> {
  const header = { format: FILE_FORMAT, version: FILE_VERSION, exportedAt: new Date().toISOString() };
  await handle.write(`${JSON.stringify(header).slice(0, -1)},"items":[`);
  let written = 0;
  let after: string | null = null;
  for (;;) {
    const { read, lines, last } = await patience.execute(() => nextLines(context, chosen, after));
    if (lines.length > 0) await handle.write(`${written === 0 ? '\n' : ',\n'}${lines.join(',\n')}`);
    written += lines.length;
    onProgress(written);
    after = last;
    if (read < BATCH_ITEMS || after === null) break;
  }
  await handle.write('\n]}\n');
  return written;
}

/** Those of the next items that leave, how many were read for them, and the key of the last of these. */
async function nextLines(
  context: KnowledgeContext,
  chosen: Chosen,
  after: string | null,
): Promise<{ read: number; lines: string[]; last: string | null }> {
  const documents = await nextDocuments(context, chosen, after);
  const items = await measured(context.store, context.tenant, documents);
  const lines = await linesOf(
    context,
    items.filter((item) => isProved(item, chosen)),
  );
  return { read: documents.length, lines, last: documents.at(-1)?._id ?? null };
}

function nextDocuments(
  { store, tenant }: KnowledgeContext,
  { states, types, tags }: Chosen,
  after: string | null,
): Promise<KnowledgeDocument[]> {
  const filter: Filter<KnowledgeDocument> = {
    // Within the tenant's ids, so that the batches follow the index of ids.
    _id: after === null ? { $gt: `${tenant}|`, $lt: `${tenant}|~` } : { $gt: after, $lt: `${tenant}|~` },
    tenant,
    retractedBy: null,
    mergedInto: null,
    ...(states && { state: { $in: states } }),
    ...(types && { type: { $in: types } }),
    ...(tags && { tags: { $all: tags } }),
  };
  return store.run((options) =>
    knowledgeItems(store).find(filter, options).sort({ _id: 1 }).limit(BATCH_ITEMS).toArray(),
  );
}

const isProved = ({ usage }: MeasuredItem, { minUsages, minSuccess }: Chosen): boolean =>
  usage.successes + usage.failures >= minUsages &&
  (minSuccess === 0 || (usage.successRate ?? 0) >= minSuccess);

async function linesOf(
  { store, tenant, redactor }: KnowledgeContext,
  items: readonly MeasuredItem[],
): Promise<string[]> {
  if (items.length === 0) return [];
  const ids = items.map(({ id }) => id);
  const [versions, sources] = await store.run((options) =>
    Promise.all([
      knowledgeVersions(store)
        .find({ tenant, id: { $in: ids } }, options)
        .sort({ version: 1 })
        .toArray(),
      knowledgeSources(store)
        .find({ tenant, id: { $in: ids }, retractedBy: null }, { ...options, projection: { id: 1, key: 1 } })
        .sort({ _id: 1 })
        .toArray(),
    ]),
  );
  const versionsOf = groupBy(versions, ({ id }) => id);
  const sourcesOf = groupBy(sources, ({ id }) => id);
  return items.flatMap((item) => {
    // What was edited since the item was read came later; of what is being removed, versions are gone.
    const known = (versionsOf.get(item.id) ?? []).filter(({ version }) => version <= item.version);
    if (known.length !== item.version) return [];
    const line = fileItem(
      item,
      known,
      (sourcesOf.get(item.id) ?? []).map(({ key }) => key),
    );
    // Once more on the way out: the rules may have grown since it was stored. Ids stay: two that look like secrets
    // would become the same.
    return JSON.stringify({ ...redactor.value(line), id: line.id });
  });
}

/** An item as it leaves. Pure. */
function fileItem(
  item: MeasuredItem,
  versions: readonly KnowledgeVersion[],
  sources: readonly string[],
): FileItemInput {
  const { id, type, category, title, content, context, priority, tags, source, state, version, trust } = item;
  const { successes, failures, applied } = item.usage;
  return {
    ...{ id, type, category, title, content, context, priority, tags, source, state, version, trust },
    sources: sources.slice(0, MOST_SOURCES),
    usage: { successes, failures, unknown: applied - successes - failures },
    versions: versions.map((each) => ({
      ...{ version: each.version, title: each.title, content: each.content },
      ...{ changes: each.changes, by: each.by, at: each.at.toISOString() },
      ...(each.type && { type: each.type }),
      ...(each.category !== undefined && { category: each.category }),
      ...(each.tags && { tags: each.tags }),
      ...(each.priority && { priority: each.priority }),
      ...(each.trust && { trust: each.trust }),
    })),
  };
}
