/** Prompt templates: what may stand in them, and where they come from. */
import { readFile } from 'node:fs/promises';
import type { PromptSettings } from '../../shared/agent-declaration.js';
import { AgentFailure } from '../agent-failure.js';

/** What a template's placeholders stand for. */
export const blockNames = [
  'task',
  'notes',
  'news',
  'lessons',
  'experience',
  'context',
  'knowledge',
  'earlier',
  'inbox',
] as const;
export type BlockName = (typeof blockNames)[number];

/** Blocks that have nothing to say leave no trace; the others bring a heading of their own. */
export const DEFAULT_TEMPLATE = blockNames.map((name) => `{{${name}}}`).join('\n\n');

/** A template in pieces: text as it is, and the blocks between. */
export type Piece = { text: string } | { block: BlockName };

const isBlock = (name: string): name is BlockName => blockNames.some((known) => known === name);

/**
 * Takes a template apart.
 *
 * @throws AgentFailure naming a placeholder that is unknown, stands twice or, being `{{task}}`, is missing
 */
export function parseTemplate(template: string): Piece[] {
  const seen = new Set<string>();
  // Texts and names take turns.
  const pieces = template.split(/\{\{([^{}]*)\}\}/).map((part, index): Piece => {
    if (index % 2 === 0) return { text: part };
    const name = part.trim();
    if (!isBlock(name)) throw new AgentFailure(`prompt template: unknown {{${part}}}; ${allowed}`);
    if (seen.has(name)) throw new AgentFailure(`prompt template: {{${name}}} stands in it twice`);
    seen.add(name);
    return { block: name };
  });
  if (!seen.has('task')) throw new AgentFailure(`prompt template: {{task}} is missing; ${allowed}`);
  return pieces;
}

const allowed = `allowed are ${blockNames.map((name) => `{{${name}}}`).join(', ')}`;

/**
 * The template that a declaration names, or else the default; checked.
 *
 * @throws AgentFailure when its file cannot be read, or for what parseTemplate does not allow
 */
export async function loadTemplate(settings: PromptSettings): Promise<string> {
  const template = settings.template ?? (await read(settings.file)) ?? DEFAULT_TEMPLATE;
  parseTemplate(template);
  return template;
}

async function read(file: string | undefined): Promise<string | undefined> {
  if (file === undefined) return undefined;
  try {
    return await readFile(file, 'utf8');
  } catch (error) {
    const why = (error as NodeJS.ErrnoException).code ?? String(error);
    throw new AgentFailure(`prompt template ${JSON.stringify(file)} cannot be read: ${why}`);
  }
}
