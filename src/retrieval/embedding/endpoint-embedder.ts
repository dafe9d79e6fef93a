/** Vectors from any endpoint that speaks OpenAI's embeddings protocol. */
import { createOpenAICompatible } from '@ai-sdk/openai-compatible';
import { embedMany } from 'ai';
import { InvalidInputError } from '../../shared/errors.js';
import { type Embedder, EmbeddingError } from './embedder.js';

/** An endpoint as the configuration declares it. */
export interface EndpointSettings {
  /** Base address, without `/embeddings`. */
  url: string;
  model: string;
  /** Numbers in each of the model's vectors. */
  dimensions: number;
  /** Environment variable with the key. */
  apiKeyVariable?: string | undefined;
}

/** Milliseconds for one call of {@link Embedder.embed}, with its retries. */
const DEADLINE_MS = 30_000;
const MAX_RETRIES = 2;
/** Requests at once: background work must not crowd out an endpoint that others use too. */
const MAX_PARALLEL = 2;

/**
 * An embedder that asks an endpoint. The vectors' id is made of address, model and dimensions.
 *
 * @param deadlineMs for each call, with its retries
 * @throws InvalidInputError naming the environment variable that is not set
 */
export function endpointEmbedder(
  { url, model, dimensions, apiKeyVariable }: EndpointSettings,
  env: Readonly<Record<string, string | undefined>>,
  deadlineMs = DEADLINE_MS,
): Embedder {
  const apiKey = apiKeyVariable === undefined ? undefined : env[apiKeyVariable];
  if (apiKeyVariable !== undefined && !apiKey)
    throw new InvalidInputError(
      'retrieval.embedder.apiKeyVariable',
      apiKeyVariable,
      'the name of an environment variable that is set',
    );
  const { origin, pathname } = new URL(url);
  const name = `${origin}${pathname.replace(/\/+$/, '')}`;
  const provider = createOpenAICompatible({
    name: 'embedder',
    baseURL: url,
    ...(apiKey === undefined ? {} : { apiKey }),
  });
  const fail = (reason: string, cause?: unknown): EmbeddingError =>
    new EmbeddingError(`The embedding endpoint ${name} (${model}) ${reason}`, { cause });

  return {
    id: `${name}#${model}:${dimensions}`,
    dimensions,
    async embed(texts) {
      if (texts.length === 0) return [];
      const { embeddings } = await embedMany({
        model: provider.embeddingModel(model),
        values: [...texts],
        maxRetries: MAX_RETRIES,
        maxParallelCalls: MAX_PARALLEL,
        abortSignal: AbortSignal.timeout(deadlineMs),
      }).catch((error: unknown) => {
        const isLate = error instanceof Error && error.name === 'TimeoutError';
        const reason = error instanceof Error ? error.message : String(error);
        throw fail(isLate ? `did not answer within ${deadlineMs} ms` : `failed: ${reason}`, error);
      });
      if (embeddings.length !== texts.length)
        throw fail(`answered ${embeddings.length} vectors for ${texts.length} texts`);
      return embeddings.map((embedding) => {
        if (embedding.length !== dimensions)
          throw fail(
            `answered a vector of ${embedding.length} numbers; retrieval.embedder.dimensions is ${dimensions}`,
          );
        const vector = unitLength(embedding);
        if (vector === null) throw fail('answered a vector without length');
        return vector;
      });
    },
  };
}

/** The vector brought to length 1; null when it has none. */
function unitLength(values: readonly number[]): Float32Array | null {
  const length = Math.hypot(...values);
  return length > 0 && Number.isFinite(length) ? Float32Array.from(values, (value) => value / length) : null;
}
