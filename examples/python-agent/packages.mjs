/** Temporal's SDK for Python, installed once into Journeyman's cache folder. */
import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, rename, rm } from 'node:fs/promises';
import path from 'node:path';
import { cacheFolder } from '../../dist/embedded/index.js';

const REQUIREMENT = 'temporalio==1.18.0';
const OLDEST = [3, 10];

/** Something that a person has to mend. */
export class PythonMissing extends Error {}

/**
 * @returns the folder to put on PYTHONPATH
 * @throws PythonMissing saying what is missing and what to do
 */
export async function pythonPackages() {
  const found = python(
    ['-c', 'import sys; print(*sys.version_info[:2])'],
    `python3 is needed, ${OLDEST.join('.')} or newer: install it, or put it on the PATH`,
  );
  const [major, minor] = found.split(' ').map(Number);
  if (major < OLDEST[0] || (major === OLDEST[0] && minor < OLDEST[1]))
    throw new PythonMissing(`python3 is ${major}.${minor}; this example needs ${OLDEST.join('.')} or newer`);
  const parent = path.join(cacheFolder(process.env), 'python');
  const folder = path.join(parent, `${REQUIREMENT.replace('==', '-')}-python-${major}.${minor}`);
  if (existsSync(folder)) return folder;
  python(['-m', 'pip', '--version'], 'pip is needed: install it, e.g. with "python3 -m ensurepip"');
  process.stderr.write(`Python: installing ${REQUIREMENT} into ${folder}\n`);
  await mkdir(parent, { recursive: true });
  // Whole or not at all: another run may look for it at the same time.
  const part = await mkdtemp(`${folder}.`);
  try {
    python(
      ['-m', 'pip', 'install', '--quiet', '--no-warn-script-location', '--target', part, REQUIREMENT],
      `${REQUIREMENT} could not be installed: pip needs the network, or an index it can reach (pip config set global.index-url …)`,
    );
    await rename(part, folder).catch((error) => {
      if (!existsSync(folder)) throw error;
    });
  } finally {
    await rm(part, { recursive: true, force: true });
  }
  return folder;
}

function python(args, otherwise) {
  try {
    return execFileSync('python3', args, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] }).trim();
  } catch (error) {
    const said =
      String(error.stderr ?? '')
        .trim()
        .split('\n')
        .at(-1) || error.message;
    throw new PythonMissing(`${otherwise}\n(${said})`, { cause: error });
  }
}
