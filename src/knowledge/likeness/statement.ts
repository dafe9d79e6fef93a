/** What an item says, as one text. Pure. */
import type { Json } from '../../shared/agent-contract.js';
import type { KnowledgeType } from '../../shared/terms.js';
import type { KnowledgeContent } from '../collections.js';

/** What two items are compared by. */
export interface Statement {
  title: string;
  content: KnowledgeContent;
  type?: KnowledgeType;
}

/** Characters that are compared; what lies beyond them has to be the same to the letter. */
export const MAX_COMPARED = 20_000;

/** Title and content as paragraphs: of an object each value stands after its name, as `name: value`. */
export const statementText = ({ title, content }: Pick<Statement, 'title' | 'content'>): string =>
  [title, ...linesOf(content)].join('\n\n');

function linesOf(value: Json, name?: string): string[] {
  const named = (text: string): string => (name === undefined ? text : `${name}: ${text}`);
  if (value === null) return [];
  if (typeof value !== 'object') return [named(String(value))];
  if (Array.isArray(value)) return value.flatMap((inner) => linesOf(inner, name));
  return Object.entries(value).flatMap(([key, inner]) => linesOf(inner, key));
}
