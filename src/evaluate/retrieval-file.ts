/** Recorded questions with the earlier texts that answer them: the file's format, and reading it. */
import { createReadStream } from 'node:fs';
import { createInterface } from 'node:readline';
import { z } from 'zod';
import { InvalidInputError } from '../shared/errors.js';
import { jsonSyntaxError } from '../shared/json-syntax.js';
import { problemsOf } from '../shared/problems.js';

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
  const input = createReadStream(file, 'utf8');
  const lines = createInterface({ input, crlfDelay: Number.POSITIVE_INFINITY });
  const groups = new Map<string, RetrievalRow[]>();
  const lineOf = new Map<string, number>();
  const count = { document: 0, query: 0 };
  let number = 0;
  try {
    for await (const line of lines) {
      number += 1;
      if (line.trim() === '') continue;
      const at = `${file}:${number}`;
      const row = rowAt(line, at);
      const key = JSON.stringify([row.type, row.group, row.id]);
      const earlier = lineOf.get(key);
      if (earlier !== undefined)
        throw new InvalidInputError(`${at}: id`, row.id, `an id of its own; line ${earlier} has it already`);
      lineOf.set(key, number);
      count[row.type] += 1;
      const rows = groups.get(row.group);
      if (rows === undefined) groups.set(row.group, [row]);
      else rows.push(row);
    }
  } catch (error) {
    if (!isFileError(error)) throw error;
    throw new InvalidInputError('file', file, `a readable file (${error.code})`);
  } finally {
    input.destroy();
  }
  if (count.query === 0)
    throw new InvalidInputError(`${file}:${number + 1}`, '', 'at least one line with "type":"query"');
  return {
    file,
    groups: [...groups].map(([group, rows]) => ({ group, rows })),
    documents: count.document,
    queries: count.query,
  };
}

function rowAt(line: string, at: string): RetrievalRow {
  const syntax = jsonSyntaxError(line);
  if (syntax !== null)
    throw new InvalidInputError(`${at}: column ${syntax.column}`, syntax.found, syntax.allowed);
  const value: unknown = JSON.parse(line);
  const result = rowSchema.safeParse(value);
  if (result.success) return result.data;
  const [problem] = problemsOf(result.error, value);
  throw new InvalidInputError(
    problem === undefined || problem.field === '' ? at : `${at}: ${problem.field}`,
    problem?.value,
    problem?.allowed ?? 'a document or a query of the retrieval format',
  );
}

const isFileError = (error: unknown): error is NodeJS.ErrnoException =>
  error instanceof Error && 'syscall' in error && 'code' in error;
