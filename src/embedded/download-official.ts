import { createWriteStream } from 'node:fs';
import { createRequire } from 'node:module';
import { arch, platform } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { LocalBinary } from './local-binary.js';
import { runProgram } from './run-program.js';

const probeTimeout = 5_000;
const downloadTimeout = 15 * 60_000;

/**
 * Downloads a program from its maker into `folder`, an empty one, and returns the program's path in it.
 * The maker's site is probed first, so that a machine without it loses at most 5 s here.
 * @throws Error when the platform has no build, or the site does not answer.
 */
export async function downloadOfficial(
  binary: LocalBinary,
  folder: string,
  env: NodeJS.ProcessEnv,
): Promise<string> {
  if (platform() !== 'linux' && platform() !== 'darwin') throw new Error(`not offered for ${platform()}`);
  return binary.name === 'temporal'
    ? downloadTemporal(binary.version, folder, env)
    : downloadMongod(binary.version, folder, env);
}

async function downloadTemporal(version: string, folder: string, env: NodeJS.ProcessEnv): Promise<string> {
  const cpu = arch() === 'x64' ? 'amd64' : arch();
  const origin = env['JOURNEYMAN_TEMPORAL_MIRROR'] || 'https://temporal.download';
  const url = `${origin}/cli/archive/v${version}?platform=${platform()}&arch=${cpu}`;
  await probe(url);
  const archive = join(folder, 'temporal.tar.gz');
  const response = await fetch(url, { signal: AbortSignal.timeout(downloadTimeout) });
  if (!response.ok || response.body === null) throw new Error(`${url} answered ${response.status}`);
  await pipeline(Readable.fromWeb(response.body), createWriteStream(archive));
  await runProgram('tar', ['-xzf', archive, '-C', folder, 'temporal'], { env, timeout: 120_000 });
  return join(folder, 'temporal');
}

async function downloadMongod(version: string, folder: string, env: NodeJS.ProcessEnv): Promise<string> {
  await probe(env['MONGOMS_DOWNLOAD_MIRROR'] || 'https://fastdl.mongodb.org');
  // The downloader knows which of MongoDB's builds suits this system. It prints its progress to standard
  // output, which belongs to our caller, so it runs in a process of its own.
  const downloader = createRequire(import.meta.url).resolve('mongodb-memory-server-core');
  const script = `require(process.argv[1]).MongoBinary.getPath(JSON.parse(process.argv[2]))
    .then((path) => console.log('\\n' + path), (error) => { console.error(error.message); process.exit(1); });`;
  const output = await runProgram(
    process.execPath,
    ['-e', script, downloader, JSON.stringify({ version, downloadDir: folder })],
    { env: { ...env, NODE_OPTIONS: '', MONGOMS_PREFER_GLOBAL_PATH: 'false' }, timeout: downloadTimeout },
  );
  const path = output.trim().split('\n').at(-1);
  if (!path) throw new Error('the downloader named no file');
  return path;
}

async function probe(url: string): Promise<void> {
  const { host } = new URL(url);
  try {
    await fetch(url, { method: 'HEAD', signal: AbortSignal.timeout(probeTimeout) });
  } catch (error) {
    const cause = error instanceof Error && error.cause instanceof Error ? error.cause : error;
    throw new Error(`${host} cannot be reached (${cause instanceof Error ? cause.message : String(cause)})`, {
      cause: error,
    });
  }
}
