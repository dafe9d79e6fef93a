/** Reading a whole file before anything of it is taken in: what is wrong with it, how many items it has, and its id. */
import { createHash } from 'node:crypto';
import { InvalidInputError } from '../../shared/errors.js';
import { problemsOf } from '../../shared/problems.js';
import { headerSchema } from './file-format.js';
import { parsedItem, parsedItems } from './parsed-items.js';
import { readPieces } from './read-pieces.js';
import { RepeatedIds } from './repeated-ids.js';

/** Something wrong with one item of a file. */
export interface FileProblem {
  /** Where the item begins, from 1. */
  line: number;
  /** Field, value and what is allowed. */
  message: string;
}

export interface CheckedFile {
  /** The same for the same bytes: what an import is known by, so that a repeated one is the same import. */
  importId: string;
  /** Items that can be taken in. */
  items: number;
  /** Items that cannot, and the first {@link MOST_PROBLEMS} of what is wrong with them, by line. */
  faulty: number;
  problems: FileProblem[];
  /** What is no JSON any more: where it is, the file ends for us. */
  broken: InvalidInputError | null;
  /** Which of the items, counted from 0, have an id that stands further up. */
  repeated: ReadonlySet<number>;
}

/** More are counted, not kept. */
export const MOST_PROBLEMS = 100;

/**
 * Reads a file to its end. Takes in nothing.
 *
 * @throws InvalidInputError when it cannot be read or is no export at all
 */
export async function checkFile(file: string, onItem: (done: number) => void): Promise<CheckedFile> {
  const digest = createHash('sha256');
  const ids = new RepeatedIds();
  const fields: Record<string, unknown> = {};
  const problems: FileProblem[] = [];
  let items = 0;
  let faulty = 0;
  let broken: InvalidInputError | null = null;
  const fault = (line: number, message: string): void => {
    faulty += 1;
    if (problems.length < MOST_PROBLEMS) problems.push({ line, message });
  };
  try {
    for await (const piece of readPieces(file, (chunk) => digest.update(chunk))) {
      if (piece.kind === 'field') {
        fields[piece.name] = piece.value;
        continue;
      }
      const parsed = parsedItem(piece.value);
      if (parsed.item === undefined) fault(piece.line, parsed.message);
      else {
        ids.add(parsed.item.id);
        items += 1;
      }
      onItem(items + faulty);
    }
  } catch (error) {
    if (!(error instanceof InvalidInputError) || error.field === 'file' || fields['items'] === undefined)
      throw error;
    broken = error;
  }
  checkHeader(file, broken === null ? fields : { ...absent, ...fields });
  const repeated = await repeatedItems(file, ids.suspects());
  for (const { line, id } of repeated.values())
    fault(line, `id: ${JSON.stringify(id)} is not allowed; expected an id used once`);
  return {
    importId: digest.digest('hex').slice(0, 16),
    items: items - repeated.size,
    ...{ faulty, problems: problems.sort((a, b) => a.line - b.line), broken },
    repeated: new Set(repeated.keys()),
  };
}

/** A broken file may have lost the fields behind its items. */
const absent = { exportedAt: new Date(0).toISOString() };

function checkHeader(file: string, fields: Record<string, unknown>): void {
  const parsed = headerSchema.safeParse(fields);
  if (parsed.success) return;
  const [first] = problemsOf(parsed.error, fields);
  throw new InvalidInputError(
    `${file}: ${first?.field || 'the whole'}`,
    first?.value,
    first?.allowed ?? 'an export',
  );
}

/** The items whose id came before, by their place. Reads the file again only where there may be any. */
async function repeatedItems(
  file: string,
  suspect: ((id: string) => boolean) | null,
): Promise<Map<number, { line: number; id: string }>> {
  const repeated = new Map<number, { line: number; id: string }>();
  if (suspect === null) return repeated;
  const seen = new Set<string>();
  try {
    for await (const { place, line, item } of parsedItems(file)) {
      if (item === undefined || !suspect(item.id)) continue;
      if (seen.has(item.id)) repeated.set(place, { line, id: item.id });
      seen.add(item.id);
    }
  } catch (error) {
    // Known from the first reading.
    if (!(error instanceof InvalidInputError)) throw error;
  }
  return repeated;
}
