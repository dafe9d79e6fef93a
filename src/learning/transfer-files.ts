/** Exports and imports as files. */
import { randomUUID } from 'node:crypto';
import { readFile, rename, rm, writeFile } from 'node:fs/promises';
import { basename } from 'node:path';
import { InvalidInputError } from '../shared/errors.js';
import type { Store } from '../store/store.js';
import type { ControlScope } from './control.js';
import { type ImportOptions, type ImportResult, importLearnings } from './import-learnings.js';
import { learnings } from './learning.js';
import { LEARNING_DEADLINE_MS } from './refresh.js';
import { parseExport, toExport } from './transfer.js';

/** Writes all learnings of a tenant, whole or not at all; returns how many. */
export async function exportToFile(store: Store, tenant: string, file: string): Promise<number> {
  const found = await store.run(
    (options) => learnings(store).find({ tenant }, options).sort({ _id: 1 }).toArray(),
    LEARNING_DEADLINE_MS,
  );
  const part = `${file}.${randomUUID()}.part`;
  try {
    await writeFile(part, `${JSON.stringify(toExport(found), null, 2)}\n`);
    await rename(part, file);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    throw new InvalidInputError('file', file, `a place that can be written to (${code ?? 'it is none'})`);
  } finally {
    await rm(part, { force: true });
  }
  return found.length;
}

/**
 * Takes in what {@link exportToFile} wrote.
 *
 * @throws InvalidInputError naming file, line or field, the value and what is allowed
 */
export async function importFromFile(
  scope: ControlScope,
  file: string,
  options: ImportOptions = {},
): Promise<ImportResult> {
  const text = await readFile(file, 'utf8').catch((error: unknown) => {
    throw new InvalidInputError('file', file, `a file that can be read (${(error as Error).message})`);
  });
  return importLearnings(scope, parseExport(text, file), basename(file), options);
}
