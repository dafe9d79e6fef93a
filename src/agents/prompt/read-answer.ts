/** Reads the answer to a prompt. */
import type { AgentReport, AgentTask, Json } from '../../shared/agent-contract.js';
import { APPLIED } from './blocks.js';

/** Ids shorter than this may stand in any text by chance. */
const TELLING_ID = 8;
/** Braces that are tried as the beginning of a JSON object. */
const MAX_STARTS = 500;
/** Roles whose answer the plan reads as JSON. */
const answerInJson: readonly AgentTask['role'][] = ['lead-split', 'verifier'];

/**
 * What an answer hands back, and the lessons and knowledge that it says were used: those whose ids stand in a
 * line that begins with `Applied:`, and long ids wherever they stand.
 */
export function readAnswer(task: AgentTask, answer: Json): Pick<AgentReport, 'output' | 'applied'> {
  const text = typeof answer === 'string' ? answer : JSON.stringify(answer);
  const output = answerInJson.includes(task.role) && typeof answer === 'string' ? jsonIn(answer) : answer;
  return { output, applied: appliedIn(task, text) };
}

function appliedIn({ lessons, knowledge, news }: AgentTask, text: string): string[] {
  const ids = new Set([...lessons, ...knowledge, ...news].map(({ id }) => id));
  const named = text
    .split('\n')
    .filter((line) => line.replace(/^[\s*_#>`-]+/, '').startsWith(APPLIED))
    .join('\n');
  return [...ids].filter(
    (id) => id !== '' && (stands(id, named) || (id.length >= TELLING_ID && stands(id, text))),
  );
}

/** Whether an id stands in a text by itself, not as a part of a longer one. */
function stands(id: string, text: string): boolean {
  const literal = id.replace(/[^\w]/gu, (sign) => `\\u{${sign.codePointAt(0)?.toString(16)}}`);
  return new RegExp(`(?<![\\w-])${literal}(?![\\w-]|[.:/]\\w)`, 'u').test(text);
}

/** The JSON object that ends a text, in a code fence or not; the text when there is none. */
function jsonIn(text: string): Json {
  const end = text.lastIndexOf('}') + 1;
  const starts = [...text.slice(0, end).matchAll(/\{/g)].map(({ index }) => index);
  // The outermost is the first that can be read: what stands before it is prose.
  for (const start of starts.slice(-MAX_STARTS)) {
    const value = parsed(text.slice(start, end));
    if (value !== undefined) return value;
  }
  return text;
}

function parsed(text: string): Json | undefined {
  try {
    return JSON.parse(text) as Json;
  } catch {
    return undefined;
  }
}
