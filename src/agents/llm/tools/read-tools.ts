/** Tools that look at the workspace. */
import { readdir } from 'node:fs/promises';
import path from 'node:path';
import { z } from 'zod';
import { resolveInside } from '../../inside-folder.js';
import { defineTool, type Tool, ToolError } from './tool.js';
import { overFile, withFile } from './workspace-file.js';

/** Bytes of a file in one answer. */
const READ_BYTES = 16_000;
/** Entries of one listing. */
const LISTED_ENTRIES = 400;

/** `read_file` and `list_files` over a folder. */
export function readTools(folder: string): Tool[] {
  return [
    defineTool({
      name: 'read_file',
      description: `Reads a text file, ${READ_BYTES} bytes at a time.`,
      input: {
        path: z.string().min(1).describe('Relative to the working folder'),
        offset: z.number().int().min(0).default(0).describe('Byte to begin at'),
      },
      run: ({ path: file, offset }) =>
        overFile(file, async () => readPart(await resolveInside(folder, file), offset)),
    }),
    defineTool({
      name: 'list_files',
      description: `Lists a folder and the folders in it, up to ${LISTED_ENTRIES} entries; folders end with "/".`,
      input: { path: z.string().min(1).default('.').describe('Folder, relative to the working folder') },
      run: ({ path: start }) => overFile(start, async () => list(await resolveInside(folder, start))),
    }),
  ];
}

function readPart(file: string, offset: number): Promise<string> {
  return withFile(file, 'read', async (handle) => {
    const { size } = await handle.stat();
    if (size === 0) return '[the file is empty]';
    if (offset >= size)
      throw new ToolError(`offset: ${offset} is not allowed; expected less than its ${size} bytes`);
    const buffer = Buffer.alloc(READ_BYTES);
    const { bytesRead } = await handle.read(buffer, 0, READ_BYTES, offset);
    const bytes = buffer.subarray(0, bytesRead);
    if (bytes.includes(0)) throw new ToolError(`it is binary, ${size} bytes`);
    const whole = offset === 0 && bytesRead === size;
    if (whole) return bytes.toString('utf8');
    const kept = offset + bytesRead < size ? wholeCharacters(bytes) : bytes;
    const end = offset + kept.length;
    const more = end < size ? `; go on with offset ${end}` : '';
    return `${kept.toString('utf8')}\n[bytes ${offset} to ${end} of ${size}${more}]`;
  });
}

/** Without the bytes of a character whose rest lies behind them. */
function wholeCharacters(bytes: Buffer): Buffer {
  let start = bytes.length - 1;
  while (start > bytes.length - 4 && start > 0 && ((bytes[start] ?? 0) & 0xc0) === 0x80) start -= 1;
  const first = bytes[start] ?? 0;
  const needs = first >= 0xf0 ? 4 : first >= 0xe0 ? 3 : first >= 0xc0 ? 2 : 1;
  return needs > bytes.length - start && start > 0 ? bytes.subarray(0, start) : bytes;
}

/** What lies near the top comes first; links are named and not followed. */
async function list(top: string): Promise<string> {
  const lines: string[] = [];
  let level = [''];
  while (level.length > 0) {
    const below: string[] = [];
    for (const folder of level) {
      const entries = await readdir(path.join(top, folder), { withFileTypes: true });
      for (const entry of entries.sort((one, other) => (one.name < other.name ? -1 : 1))) {
        if (lines.length === LISTED_ENTRIES)
          return `${lines.join('\n')}\n[there is more; list a folder of it]`;
        const name = folder === '' ? entry.name : `${folder}/${entry.name}`;
        lines.push(entry.isDirectory() ? `${name}/` : name);
        // A repository's own files are many, and none of the work.
        if (entry.isDirectory() && entry.name !== '.git') below.push(name);
      }
    }
    level = below;
  }
  return lines.length === 0 ? '[the folder is empty]' : lines.join('\n');
}
