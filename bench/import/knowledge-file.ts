/** A file of knowledge of any size, as an export writes it: the same for the same seed. */
import { once } from 'node:events';
import { createWriteStream } from 'node:fs';
import { seededUniform, type Uniform } from '../../src/evidence/random.js';
import { FILE_FORMAT, FILE_VERSION, type FileItemInput } from '../../src/knowledge/transfer/file-format.js';
import { knowledgeTypes, priorities } from '../../src/shared/terms.js';
import { wordOf } from '../lookup/corpus.js';

const VOCABULARY = 30_000;
const MOST_WORDS = 60;
const AT = Date.parse('2026-01-01T00:00:00Z');

/** @returns how many bytes it has */
export async function writeKnowledgeFile(file: string, items: number): Promise<number> {
  const uniform = seededUniform('knowledge file');
  const stream = createWriteStream(file, { highWaterMark: 1 << 20 });
  const header = { format: FILE_FORMAT, version: FILE_VERSION, exportedAt: new Date(AT).toISOString() };
  let bytes = 0;
  const write = async (text: string): Promise<void> => {
    bytes += Buffer.byteLength(text);
    if (!stream.write(text)) await once(stream, 'drain');
  };
  await write(`${JSON.stringify(header).slice(0, -1)},"items":[`);
  for (let index = 0; index < items; index++)
    await write(`${index === 0 ? '\n' : ',\n'}${JSON.stringify(itemOf(uniform, index))}`);
  stream.end('\n]}\n');
  await once(stream, 'close');
  return bytes + 4;
}

/** One in three was used, one in ten was edited once. */
function itemOf(uniform: Uniform, index: number): FileItemInput {
  const any = <T>(values: readonly T[]): T => values[Math.floor(uniform() * values.length)] as T;
  const words = (count: number): string =>
    // Few words are frequent, most are rare, as in any text.
    Array.from({ length: count }, () => wordOf(Math.floor(VOCABULARY ** uniform()))).join(' ');
  const content = { problem: words(10), solution: words(5 + Math.floor(uniform() * MOST_WORDS)) };
  const title = words(6);
  const used = uniform() < 1 / 3 ? Math.floor(uniform() * 10) : 0;
  const failures = Math.floor(used * uniform());
  const version = uniform() < 0.1 ? 2 : 1;
  return {
    id: `k_${index.toString(36).padStart(8, '0')}`,
    ...{ type: any(knowledgeTypes), category: `category ${Math.floor(uniform() * 100)}`, title, content },
    context: { run: index },
    ...{ priority: any(priorities), tags: [words(1), words(1)], source: `agent ${index % 50}` },
    ...{ state: 'EXPERIMENTAL', version, trust: 'untrusted', sources: [`agent:agent ${index % 50}`] },
    usage: { successes: used - failures, failures, unknown: 0 },
    versions: Array.from({ length: version }, (_, earlier) => ({
      version: earlier + 1,
      title,
      content: earlier + 1 === version ? content : { problem: words(10) },
      changes: earlier === 0 ? 'created' : 'solved',
      by: `agent ${index % 50}`,
      at: new Date(AT + index * 1_000 + earlier).toISOString(),
    })),
  };
}
