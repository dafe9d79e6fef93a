/** Tools that change the workspace. */
import { lstat, mkdir, realpath, unlink } from 'node:fs/promises';
import path from 'node:path';
import { z } from 'zod';
import { resolveInside } from '../../inside-folder.js';
import { defineTool, type Tool, ToolError } from './tool.js';
import { overFile, withFile } from './workspace-file.js';

/** `write_file` and `remove_file` over a folder. */
export function writeTools(folder: string): Tool[] {
  const file = z.string().min(1).describe('Relative to the working folder');
  return [
    defineTool({
      name: 'write_file',
      description: 'Writes a text file: makes it, and the folders on its way, or replaces all that it holds.',
      input: { path: file, content: z.string().describe('The whole file') },
      run: ({ path: relative, content }) => overFile(relative, () => write(folder, relative, content)),
    }),
    defineTool({
      name: 'remove_file',
      description: 'Removes a file; a link is removed itself, not what it points to.',
      input: { path: file },
      run: ({ path: relative }) => overFile(relative, () => remove(folder, relative)),
    }),
  ];
}

async function write(folder: string, relative: string, content: string): Promise<string> {
  const target = await resolveInside(folder, relative);
  await refuseRepository(folder, target);
  await mkdir(path.dirname(target), { recursive: true });
  return withFile(target, 'write', async (handle) => {
    await handle.truncate(0);
    await handle.writeFile(content);
    return `wrote ${Buffer.byteLength(content)} bytes`;
  });
}

async function remove(folder: string, relative: string): Promise<string> {
  const name = path.basename(relative);
  if (name === '.' || name === '..') throw new ToolError('expected a file');
  const target = path.join(await resolveInside(folder, path.dirname(relative)), name);
  await refuseRepository(folder, target);
  if ((await lstat(target)).isDirectory()) throw new ToolError('it is a folder; expected a file');
  await unlink(target);
  return 'removed';
}

/** What git keeps beside the files runs programs of its own when it is used: hooks, filters, pagers. */
async function refuseRepository(folder: string, target: string): Promise<void> {
  const names = path.relative(await realpath(folder), target).split(path.sep);
  // Some file systems do not tell upper case from lower.
  if (names.some((name) => name.toLowerCase() === '.git'))
    throw new ToolError('the files of git itself are not to be changed');
}
