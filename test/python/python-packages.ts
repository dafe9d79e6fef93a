/** Temporal's SDK for Python, installed once into the cache folder and used again by later runs. */
import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { cacheFolder } from '../../src/embedded/index.js';

const REQUIREMENT = 'temporalio==1.18.0';

const python = (...args: string[]): string =>
  execFileSync('python3', args, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] }).trim();

/** Why no Python program can be run here; null when one can. */
export function pythonMissing(): string | null {
  try {
    python('-m', 'pip', '--version');
    return null;
  } catch (error) {
    return `python3 with pip is needed: ${(error as Error).message.split('\n')[0]}`;
  }
}

/** @returns the folder to put on PYTHONPATH */
export async function pythonPackages(): Promise<string> {
  const version = python('-c', 'import sys; print(f"{sys.version_info.major}.{sys.version_info.minor}")');
  const parent = join(cacheFolder(process.env), 'python');
  const folder = join(parent, `${REQUIREMENT.replace('==', '-')}-python-${version}`);
  if (existsSync(folder)) return folder;
  await mkdir(parent, { recursive: true });
  // Whole or not at all: another run may look for it at the same time.
  const part = await mkdtemp(`${folder}.`);
  try {
    python('-m', 'pip', 'install', '--quiet', '--no-warn-script-location', '--target', part, REQUIREMENT);
    await rename(part, folder).catch((error: unknown) => {
      if (!existsSync(folder)) throw error;
    });
  } finally {
    await rm(part, { recursive: true, force: true });
  }
  return folder;
}
