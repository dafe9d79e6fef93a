/** Taking in a file of knowledge: checked whole, then written in one transaction. */
import { readFile } from 'node:fs/promises';
import { isDeepStrictEqual } from 'node:util';
import type { ClientSession } from 'mongodb';
import { InvalidInputError } from '../shared/errors.js';
import { jsonSyntaxError } from '../shared/json-syntax.js';
import { problemsOf } from '../shared/problems.js';
import type { Redactor } from '../shared/redact.js';
import { applyIncrements, sumIncrements } from '../store/counters.js';
import { events } from '../store/event-log.js';
import { ensureLedger, enterLedger } from '../store/ledger.js';
import type { Store } from '../store/store.js';
import {
  beginnings,
  itemKey,
  type KnowledgeDocument,
  knowledgeItems,
  knowledgeVersions,
} from './collections.js';
import { fileSchema, type KnowledgeFile } from './inputs.js';
import { searchText, versionDocument } from './insert-items.js';
import { applicationIncrement, usageEvent } from './record-usage.js';

const IMPORT_DEADLINE_MS = 55_000;

export interface ImportResult {
  added: number;
  /** Items that the tenant had, with the same versions. */
  unchanged: number;
  /** Ids of items that the tenant has with other content; they were left as they are. */
  differing: string[];
}

type FileItem = KnowledgeFile['items'][number];

/** @throws InvalidInputError naming the file and the field, value and what is allowed */
async function readKnowledgeFile(file: string): Promise<KnowledgeFile> {
  let text: string;
  try {
    text = await readFile(file, 'utf8');
  } catch (error) {
    throw new InvalidInputError('file', file, `a readable file (${(error as Error).message})`);
  }
  let input: unknown;
  try {
    input = JSON.parse(text);
  } catch {
    const at = jsonSyntaxError(text);
    throw new InvalidInputError(
      `${file}:${at?.line ?? 1}:${at?.column ?? 1}`,
      at?.found,
      at?.allowed ?? 'JSON',
    );
  }
  const parsed = fileSchema.safeParse(input);
  if (!parsed.success) {
    const [first] = problemsOf(parsed.error, input);
    throw new InvalidInputError(
      `${file}: ${first?.field || 'the whole'}`,
      first?.value,
      first?.allowed ?? 'an export',
    );
  }
  const seen = new Set<string>();
  for (const [index, { id }] of parsed.data.items.entries()) {
    if (seen.has(id)) throw new InvalidInputError(`${file}: items[${index}].id`, id, 'an id used once');
    seen.add(id);
  }
  return parsed.data;
}

/** Imports a file into a tenant; see {@link KnowledgeBase.importFrom}. */
export async function importItems(
  store: Store,
  tenant: string,
  file: string,
  redactor: Redactor,
): Promise<ImportResult> {
  const items = (await readKnowledgeFile(file)).items.map((item) => redactor.value(item));
  await ensureLedger(store, tenant);
  return store.transaction(async (session) => {
    const existing = await knowledgeItems(store)
      .find({ _id: { $in: items.map(({ id }) => itemKey(tenant, id)) }, tenant }, { session })
      .toArray();
    const byId = new Map(existing.map((item) => [item.id, item]));
    const differing = items
      .filter((item) => {
        const own = byId.get(item.id);
        return own !== undefined && !sameContent(own, item);
      })
      .map(({ id }) => id);
    const fresh = items.filter(({ id }) => !byId.has(id));
    await insertImported(store, tenant, file, fresh, session);
    return { added: fresh.length, unchanged: byId.size - differing.length, differing };
  }, IMPORT_DEADLINE_MS);
}

const sameContent = (own: KnowledgeDocument, item: FileItem): boolean =>
  own.version === item.version && own.title === item.title && isDeepStrictEqual(own.content, item.content);

async function insertImported(
  store: Store,
  tenant: string,
  file: string,
  items: readonly FileItem[],
  session: ClientSession,
): Promise<void> {
  if (items.length === 0) return;
  const generations = await enterLedger(store, tenant, session);
  const at = new Date();
  await knowledgeItems(store).insertMany(
    items.map(({ usage: _usage, versions: _versions, ...item }) => ({
      _id: itemKey(tenant, item.id),
      tenant,
      ...item,
      ...beginnings,
      trust: 'untrusted' as const,
      learningId: null,
      contradicts: [],
      comparedVersion: 0,
      channel: null,
      sequence: null,
      executionId: null,
      votes: 0,
      // Of its life here: an old item that comes in is not archived for having been unused elsewhere.
      createdAt: at,
      updatedAt: at,
      lastUsedAt: null,
      settled: 0,
      text: searchText(item),
    })),
    { session },
  );
  await knowledgeVersions(store).insertMany(
    items.flatMap(({ id, versions }) => versions.map((version) => versionDocument(tenant, id, version))),
    { session },
  );
  const imported = items.map(({ id, state, version, source }) => ({
    _id: `${tenant}|item|${id}|imported`,
    kind: 'item' as const,
    tenant,
    itemId: id,
    act: 'imported',
    at,
    by: source,
    detail: { file, state, version },
    generations: [],
  }));
  const used = items.flatMap(({ id, version, usage, source }) => {
    const increment = applicationIncrement(id, version, usage);
    return sumIncrements([increment]).length === 0
      ? []
      : [usageEvent(tenant, `${id}|imported`, source, [increment], { file }, generations)];
  });
  await events(store).insertMany([...imported, ...used], { session });
  await applyIncrements(
    store,
    tenant,
    generations,
    used.flatMap((event) => event.increments),
    session,
  );
}
