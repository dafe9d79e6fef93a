/** The content of an item, as options, a file or stdin bring it. */
import { readFile } from 'node:fs/promises';
import { text } from 'node:stream/consumers';
import { type Command, Option } from 'commander';
import type { KnowledgeContent } from '../knowledge/collections.js';
import type { Json } from '../shared/agent-contract.js';
import { InvalidInputError } from '../shared/errors.js';

export interface ContentOptions {
  content?: string;
  contentFile?: string;
}

export const addContentOptions = (command: Command): Command =>
  command
    .option('--content <text>', 'what it says: text, or a JSON object')
    .addOption(
      new Option('--content-file <file>', 'a file that holds what it says; - reads stdin').conflicts(
        'content',
      ),
    );

/**
 * Reads what an item is to say. Text that is a JSON object is taken as that object.
 *
 * @param options.fromStdin read stdin where nothing is named
 * @returns undefined where nothing is named
 * @throws InvalidInputError when it cannot be read, or nothing is there
 */
export async function readContent(
  { content, contentFile }: ContentOptions,
  { fromStdin }: { fromStdin: boolean },
): Promise<KnowledgeContent | undefined> {
  if (content !== undefined) return parsed(content);
  if (contentFile !== undefined && contentFile !== '-') return parsed(await readText(contentFile));
  if (contentFile === undefined && !fromStdin) return undefined;
  if (process.stdin.isTTY)
    throw new InvalidInputError('content', undefined, '--content, --content-file or text on stdin');
  const given = await text(process.stdin);
  if (given.trim() === '')
    throw new InvalidInputError('content', given, '--content, --content-file or text on stdin');
  return parsed(given.replace(/\r?\n$/, ''));
}

async function readText(file: string): Promise<string> {
  try {
    return await readFile(file, 'utf8');
  } catch (error) {
    throw new InvalidInputError(
      '--content-file',
      file,
      `a file that can be read (${(error as Error).message})`,
    );
  }
}

function parsed(given: string): KnowledgeContent {
  if (!given.trimStart().startsWith('{')) return given;
  try {
    const value = JSON.parse(given) as Json;
    return value !== null && typeof value === 'object' && !Array.isArray(value) ? value : given;
  } catch {
    return given;
  }
}
