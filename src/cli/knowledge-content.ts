/** What an item says, as a person reads it. Pure. */
import type { KnowledgeContent } from '../knowledge/collections.js';
import type { Json } from '../shared/agent-contract.js';
import { plain } from './format.js';

/** Lines of text, or of an object in which each field stands on a line of its own and what is in it further in. */
export function contentLines(content: KnowledgeContent): string[] {
  return typeof content === 'string' ? textLines(content) : objectLines(content);
}

const textLines = (text: string): string[] => text.split(/\r?\n/).map((line) => plain(line.trimEnd()));

const objectLines = (fields: Record<string, Json>): string[] =>
  Object.entries(fields).flatMap(([name, value]) => beside(`${plain(name)}:`, value));

/** A value after a name or a dash: on the same line where it is short, else below and further in. */
function beside(head: string, value: Json): string[] {
  const lines = linesOf(value);
  const [first = ''] = lines;
  if (isPlainValue(value) && lines.length <= 1) return [first === '' ? head : `${head} ${first}`];
  return [head, ...lines.map((line) => `  ${line}`)];
}

const isPlainValue = (value: Json): boolean =>
  value === null || typeof value !== 'object' || Object.keys(value).length === 0;

function linesOf(value: Json): string[] {
  if (typeof value === 'string') return textLines(value);
  if (value === null || typeof value !== 'object') return [String(value)];
  if (Object.keys(value).length === 0) return [Array.isArray(value) ? '[]' : '{}'];
  if (!Array.isArray(value)) return objectLines(value);
  return value.flatMap((each) => {
    const [first = '', ...rest] = linesOf(each);
    return [`- ${first}`, ...rest.map((line) => `  ${line}`)];
  });
}
