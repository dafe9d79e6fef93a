/** How a program is given its prompt. */
import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { AgentFailure } from '../agent-failure.js';

/** Linux takes no longer argument, its closing NUL included. */
const MAX_ARGUMENT_BYTES = 128 * 1024 - 1;
const placeholder = /\{\{(prompt|promptFile|session)\}\}/g;

/** A command as it is started, and what it reads. */
export interface HandedOver {
  command: string[];
  stdin: string;
}

/**
 * Puts prompt and session where the command asks for them; a prompt that it asks for nowhere goes to stdin.
 *
 * @param folder a private one, for the file that `{{promptFile}}` names
 * @throws AgentFailure when the prompt does not fit into an argument
 */
export async function handOver(
  command: readonly string[],
  prompt: string,
  session: string,
  folder: string,
): Promise<HandedOver> {
  const promptFile = path.join(folder, 'prompt.txt');
  const values: Record<string, string> = { prompt, promptFile, session };
  const filled = command.map((part) => part.replace(placeholder, (_, name: string) => values[name] ?? ''));
  const asks = (name: string): boolean => command.some((part) => part.includes(`{{${name}}}`));
  if (asks('promptFile')) await writeFile(promptFile, prompt, { mode: 0o600 });
  const bytes = Math.max(...filled.map((part) => Buffer.byteLength(part)));
  if (bytes > MAX_ARGUMENT_BYTES)
    throw new AgentFailure(
      `the prompt makes an argument of ${bytes} bytes, more than the ${MAX_ARGUMENT_BYTES} that there may be: ` +
        'use {{promptFile}} or stdin, or lower prompt.maxTokens',
    );
  return { command: filled, stdin: asks('prompt') || asks('promptFile') ? '' : prompt };
}
