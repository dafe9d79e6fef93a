/** Recorded questions with the earlier texts that answer them: the file's format, and reading it. */
import { z } from 'zod';
import { InvalidInputError } from '../shared/errors.js';
import { JsonLines } from './json-lines.js';

const name = z.string().min(1).max(1_000);
const text = z.string().max(200_000);

const rowSchema = z.discriminatedUnion('type', [
  z.object({ type: z.literal('document'), group: name, id: name, text }),
  z.object({ type: z.literal('query'), group: name, id: name, text, relevant: z.array(name).min(1) }),
]);

/** A document, or a query with the ids of the documents that answer it. */
export type RetrievalRow = z.infer<typeof rowSchema>;
export type RetrievalDocument = Extract<RetrievalRow, { type: 'document' }>;
export type RetrievalQuery = Extract<RetrievalRow, { type: 'query' }>;

/** The rows of one group in the file's order: a query sees the documents above it. */
export interface RetrievalGroup {
  group: string;
  rows: readonly RetrievalRow[];
}

export interface RetrievalFile {
  file: string;
  /** In the order in which they begin. */
  groups: readonly RetrievalGroup[];
  documents: number;
  queries: number;
}

/**
 * Reads a file of documents and queries, one a line.
 *
 * @throws InvalidInputError naming file and line, the field, its value and what is allowed
 */
export async function readRetrievalFile(file: string): Promise<RetrievalFile> {
  const reader = new JsonLines(file, 'a document or a query of the retrieval format');
  const groups = new Map<string, RetrievalRow[]>();
  const count = { document: 0, query: 0 };
  for await (const line of reader.lines()) {
    const row = reader.parse(rowSchema, line);
    reader.noteId(row.id, line, JSON.stringify([row.type, row.group, row.id]));
    count[row.type] += 1;
    const rows = groups.get(row.group);
    if (rows === undefined) groups.set(row.group, [row]);
    else rows.push(row);
  }
  if (count.query === 0)
    throw new InvalidInputError(reader.next, '', 'at least one line with "type":"query"');
  return {
    file,
    groups: [...groups].map(([group, rows]) => ({ group, rows })),
    documents: count.document,
    queries: count.query,
  };
}
