/** Opening files of the workspace for the model's tools. */
import { constants } from 'node:fs';
import { type FileHandle, open } from 'node:fs/promises';
import { OutsideFolderError } from '../../inside-folder.js';
import { ToolError } from './tool.js';

/** A link in the last place may have come since the path was resolved; opening a pipe would wait for ever. */
const SAFELY = constants.O_NOFOLLOW | constants.O_NONBLOCK;

const meanings: Record<string, string> = {
  ENOENT: 'there is no such file or folder',
  ENOTDIR: 'a part of the path is no folder',
  EEXIST: 'a part of the path is no folder',
  EISDIR: 'it is a folder',
  EACCES: 'permission denied',
  EPERM: 'permission denied',
  ELOOP: 'it is a link',
  ENXIO: 'it is no ordinary file',
  ENOSPC: 'there is no space left',
};

/**
 * Opens an ordinary file, for reading or for writing, and closes it after use.
 *
 * @param file its real path
 */
export async function withFile<T>(
  file: string,
  to: 'read' | 'write',
  use: (handle: FileHandle) => Promise<T>,
): Promise<T> {
  const flags = to === 'read' ? constants.O_RDONLY : constants.O_WRONLY | constants.O_CREAT;
  const handle = await open(file, flags | SAFELY, 0o666);
  try {
    if (!(await handle.stat()).isFile()) throw new ToolError('it is no ordinary file');
    return await use(handle);
  } finally {
    await handle.close();
  }
}

/** Runs a step over a file and says what went wrong in the model's terms: by the path it named, no other. */
export async function overFile<T>(relative: string, step: () => Promise<T>): Promise<T> {
  try {
    return await step();
  } catch (error) {
    if (error instanceof OutsideFolderError) throw new ToolError(error.message);
    if (error instanceof ToolError) throw new ToolError(`${relative}: ${error.message}`);
    const { code } = error as NodeJS.ErrnoException;
    if (code === undefined) throw error;
    throw new ToolError(`${relative}: ${meanings[code] ?? code}`);
  }
}
