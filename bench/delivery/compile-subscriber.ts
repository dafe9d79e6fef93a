/** The program of the subscribers, compiled as a user's is: translated at each start, it would burden what is measured. */
import { execFile } from 'node:child_process';
import { symlink, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';

const ROOT = join(import.meta.dirname, '../..');
const PROGRAM = 'bench/delivery/subscriber-process';

/**
 * @param folder an empty one
 * @returns path of the compiled program
 */
export async function compileSubscriber(folder: string): Promise<string> {
  const compilerOptions = { noEmit: false, noCheck: true, rootDir: ROOT, outDir: folder };
  const config = {
    extends: join(ROOT, 'tsconfig.json'),
    compilerOptions,
    files: [join(ROOT, `${PROGRAM}.ts`)],
    include: [],
  };
  await writeFile(join(folder, 'tsconfig.json'), JSON.stringify(config));
  await writeFile(join(folder, 'package.json'), JSON.stringify({ type: 'module' }));
  await symlink(join(ROOT, 'node_modules'), join(folder, 'node_modules'));
  const compiler = dirname(createRequire(import.meta.url).resolve('typescript/package.json'));
  await promisify(execFile)(process.execPath, [join(compiler, 'bin/tsc'), '-p', folder]);
  return join(folder, `${PROGRAM}.js`);
}
