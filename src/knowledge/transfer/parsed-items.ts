/** The items of a file, each checked. */
import { problemsOf, problemText } from '../../shared/problems.js';
import { type FileItem, fileItemSchema } from './file-format.js';
import { readPieces } from './read-pieces.js';

/** An item, or what is wrong with it. */
export type ParsedItem = { item: FileItem; message?: never } | { item?: never; message: string };

/** An item as it stands in a file, checked. */
export function parsedItem(value: unknown): ParsedItem {
  const parsed = fileItemSchema.safeParse(value);
  if (parsed.success) return { item: parsed.data };
  const [first] = problemsOf(parsed.error, value);
  return { message: first === undefined ? 'not an item' : problemText(first) };
}

/**
 * The items of a file in their order, with their place among them, from 0, and the line where they begin, from 1.
 *
 * @throws InvalidInputError as {@link readPieces} does
 */
export async function* parsedItems(
  file: string,
): AsyncGenerator<ParsedItem & { place: number; line: number }> {
  let place = 0;
  for await (const piece of readPieces(file)) {
    if (piece.kind === 'field') continue;
    yield { place, line: piece.line, ...parsedItem(piece.value) };
    place += 1;
  }
}
