/** Taking in a file of knowledge of any size: read to its end first, then taken in by batches. */
import path from 'node:path';
import { z } from 'zod';
import { checkInput } from '../../shared/check-input.js';
import { InvalidInputError } from '../../shared/errors.js';
import { ensureLedger } from '../../store/ledger.js';
import type { KnowledgeContext } from '../context.js';
import { agentSchema } from '../inputs.js';
import { refuseRetracted } from '../provenance/standing.js';
import { type Applied, applyItems, conflictPolicies, type Import } from './apply-items.js';
import { type CheckedFile, checkFile, type FileProblem } from './check-file.js';
import type { FileItem } from './file-format.js';
import { parsedItems } from './parsed-items.js';
import { patience } from './patience.js';

const BATCH_ITEMS = 100;
/** Characters, well under what one transaction may write. */
const BATCH_CHARS = 4_000_000;
/** Batches under way at once: while one waits for MongoDB, the next is read. */
const AT_ONCE = 2;
/** More are counted, not named. */
const MOST_NAMED = 1_000;

const optionsSchema = z.strictObject({
  onConflict: z.enum(conflictPolicies).default('keep'),
  lenient: z.boolean().default(false),
  by: agentSchema.default('api'),
});

/** How far an import is; items of the file. */
export interface ImportProgress {
  phase: 'checking' | 'importing';
  done: number;
  /** Known once the file was checked. */
  total: number | null;
}

export interface ImportOptions {
  /**
   * What becomes of an item that the tenant has with other content: `keep` leaves it, `newest` lets the later edit
   * win as a new version, `both` takes the file's in beside it. Default `keep`.
   */
  onConflict?: (typeof conflictPolicies)[number];
  /** Leaves faulty items out and goes on. By default one of them, and nothing of the file is taken in. */
  lenient?: boolean;
  /** Who imports. Default `api`. */
  by?: string;
  onProgress?: (progress: ImportProgress) => void;
}

export interface ImportResult extends Record<Exclude<keyof Applied, 'kept'>, number> {
  /** What retracts the import: `import:<importId>`. The same file has the same. */
  importId: string;
  /** Items that the tenant has with other content and kept. */
  kept: number;
  /** Their ids, the first thousand. */
  differing: string[];
  /** Items that were left out, and what is wrong with the first hundred of them. */
  faulty: number;
  problems: FileProblem[];
}

/** A file that was not taken in, with all that is wrong with it. */
export class RefusedFileError extends InvalidInputError {
  override readonly name = 'RefusedFileError';
  constructor(
    file: string,
    readonly problems: readonly FileProblem[],
    readonly faulty: number,
  ) {
    const [first] = problems;
    const more = faulty === 1 ? '' : ` (and ${faulty - 1} more)`;
    super(file, undefined, '');
    this.message = `${file}:${first?.line ?? 1}: ${first?.message ?? 'not an export'}${more}; nothing was taken in`;
  }
}

/**
 * Takes in an exported file. What is wrong with it is found before anything is written; then batches of some
 * hundred items follow, each whole or not at all. Again, or after it was broken off, it goes on where it was: items
 * that are there already change nothing.
 *
 * @throws RefusedFileError naming line, field, value and what is allowed, unless `lenient`
 * @throws InvalidInputError when the file cannot be read or is no export
 * @throws ConflictError when this file was retracted
 * @throws StoreUnavailableError when MongoDB stays away for a minute or so; what was taken in by then stays
 */
export async function importItems(
  context: KnowledgeContext,
  file: string,
  { onProgress = () => {}, ...given }: ImportOptions = {},
): Promise<ImportResult> {
  const { onConflict, lenient, by } = checkInput(optionsSchema, given);
  const checked = await checkFile(file, (done) => onProgress({ phase: 'checking', done, total: null }));
  const result = emptyResult(checked);
  if (checked.broken !== null && !lenient) throw checked.broken;
  if (checked.faulty > 0 && !lenient) throw new RefusedFileError(file, checked.problems, checked.faulty);
  const { store, tenant } = context;
  const itself = [{ kind: 'import' as const, ref: checked.importId }];
  await patience.execute(() => store.run((options) => refuseRetracted(store, tenant, itself, options)));
  await patience.execute(() => ensureLedger(store, tenant));
  const of: Import = { id: checked.importId, file: path.basename(file), by, onConflict };
  let done = 0;
  await inBatches(itemsOf(file, checked), async (items) => {
    add(result, await patience.execute(() => applyItems(context, of, items)));
    done += items.length;
    onProgress({ phase: 'importing', done, total: checked.items });
  });
  return result;
}

const emptyResult = ({ importId, faulty, problems, broken }: CheckedFile): ImportResult => ({
  ...{ importId, added: 0, updated: 0, copied: 0, unchanged: 0, kept: 0, refused: 0, differing: [] },
  ...{ faulty, problems: broken === null ? problems : [...problems, brokenOff(broken)] },
});

const brokenOff = (error: InvalidInputError): FileProblem => ({
  line: Number(/:(\d+):\d+$/.exec(error.field)?.[1] ?? 1),
  message: `${error.message}; what follows was not read`,
});

function add(result: ImportResult, applied: Applied): void {
  const { kept, ...counted } = applied;
  for (const [name, ids] of Object.entries(counted)) result[name as keyof typeof counted] += ids.length;
  result.kept += kept.length;
  result.differing.push(...kept.slice(0, MOST_NAMED - result.differing.length));
}

/** The items of a checked file that can be taken in. */
async function* itemsOf(file: string, { repeated, broken }: CheckedFile): AsyncGenerator<FileItem> {
  try {
    for await (const { place, item } of parsedItems(file))
      if (item !== undefined && !repeated.has(place)) yield item;
  } catch (error) {
    if (broken === null || !(error instanceof InvalidInputError)) throw error;
  }
}

/** Hands items on by batches, some at a time. Ends with the first that fails, when those under way are done. */
async function inBatches(
  items: AsyncIterable<FileItem>,
  take: (batch: FileItem[]) => Promise<void>,
): Promise<void> {
  const running = new Set<Promise<void>>();
  let failure: { error: unknown } | null = null;
  const begin = (batch: FileItem[]): void => {
    const work: Promise<void> = take(batch)
      .catch((error: unknown) => {
        failure ??= { error };
      })
      .finally(() => running.delete(work));
    running.add(work);
  };
  let batch: FileItem[] = [];
  let chars = 0;
  for await (const item of items) {
    batch.push(item);
    chars += JSON.stringify(item).length;
    if (batch.length < BATCH_ITEMS && chars < BATCH_CHARS) continue;
    begin(batch);
    batch = [];
    chars = 0;
    if (running.size >= AT_ONCE) await Promise.race(running);
    if (failure !== null) break;
  }
  if (batch.length > 0 && failure === null) begin(batch);
  await Promise.all(running);
  if (failure !== null) throw (failure as { error: unknown }).error;
}
