/** The local sentence model, all-MiniLM-L6 or one of its kind, shared by all who use it in the process. */
import { readFile } from 'node:fs/promises';
import { availableParallelism } from 'node:os';
import { Tokenizer } from '@huggingface/tokenizers';
import { type Embedder, EmbeddingError } from './embedder.js';
import { type ModelFiles, sha256Of } from './local-model.js';
import { ModelThread, type TokenBatch } from './model-thread.js';
import { packWords } from './windows.js';

/** Tokens that the model was trained to read at once, with the two that mark its ends. */
const WINDOW_TOKENS = 256;
/** Characters that are tokenised for a window; only texts of few, very long words have more in it. */
const WINDOW_CHARS = 4_096;
/** Characters at the beginning and at the end of a long text that are split: the windows kept of it lie there. */
const SPLIT_HEAD = 12_000;
const SPLIT_TAIL = 4_000;
/** Tokens of one run, padding included: short texts gain from company, and who comes next waits this long. */
const BATCH_TOKENS = 512;

const opened = new Map<string, Promise<Embedder>>();

/**
 * Opens a model, or hands out the one that is open. It computes in a thread of its own; calls of few texts go
 * before those of many.
 *
 * @param threads used by one run: two where the machine has two, unless given
 * @throws EmbeddingError naming the file that cannot be used, or that the runtime is not installed
 */
export function openMiniLm(
  files: ModelFiles,
  threads = Math.min(2, availableParallelism()),
): Promise<Embedder> {
  const key = JSON.stringify([files.model, files.tokenizer]);
  const known = opened.get(key);
  if (known !== undefined) return known;
  const opening = open(files, threads);
  opened.set(key, opening);
  // The files may be there when it is tried again.
  opening.catch(() => opened.delete(key));
  return opening;
}

async function open(files: ModelFiles, threads: number): Promise<Embedder> {
  const tokenizer = await readTokenizer(files.tokenizer);
  const id = await idOf(files.model);
  const thread = new ModelThread(files.model, threads);
  // A first text tells whether the model runs, and how long its vectors are.
  const [first] = await new BatchQueue(tokenizer, thread).embed(['a text']);
  if (first === undefined) throw new EmbeddingError(`The model ${files.model} made no vector`);
  const queue = new BatchQueue(tokenizer, thread);
  return {
    id,
    dimensions: first.length,
    embed: (texts) => queue.embed(texts),
    split: (text) =>
      packWords(
        text.length <= SPLIT_HEAD + SPLIT_TAIL
          ? text
          : `${text.slice(0, SPLIT_HEAD)}\n${text.slice(-SPLIT_TAIL)}`,
        WINDOW_TOKENS - 2,
        (word) => tokenizer.encode(word, { add_special_tokens: false }).ids.length,
      ),
  };
}

async function readTokenizer(file: string): Promise<Tokenizer> {
  try {
    return new Tokenizer(JSON.parse(await readFile(file, 'utf8')) as object, {});
  } catch (error) {
    throw new EmbeddingError(`The tokenizer ${file} cannot be used: ${(error as Error).message}`, {
      cause: error,
    });
  }
}

/** Names a model by its content: whoever has the same file makes the same vectors. */
async function idOf(model: string): Promise<string> {
  try {
    return `onnx:${(await sha256Of(model)).slice(0, 12)}`;
  } catch (error) {
    throw new EmbeddingError(`The model ${model} cannot be read: ${(error as Error).message}`, {
      cause: error,
    });
  }
}

interface Call {
  texts: readonly string[];
  /** Positions in `texts` that are still to do, the longest text last. */
  left: number[];
  vectors: Float32Array[];
  resolve: (vectors: Float32Array[]) => void;
  reject: (error: unknown) => void;
}

/** Hands texts to the model in batches of like length, one batch at a time. */
class BatchQueue {
  private readonly calls = new Set<Call>();
  private isBusy = false;

  constructor(
    private readonly tokenizer: Tokenizer,
    private readonly thread: ModelThread,
  ) {}

  embed(texts: readonly string[]): Promise<Float32Array[]> {
    if (texts.length === 0) return Promise.resolve([]);
    return new Promise((resolve, reject) => {
      const length = (at: number): number => texts[at]?.length ?? 0;
      const left = texts.map((_, at) => at).sort((a, b) => length(a) - length(b));
      this.calls.add({ texts, left, vectors: [], resolve, reject });
      void this.work();
    });
  }

  private async work(): Promise<void> {
    if (this.isBusy) return;
    this.isBusy = true;
    for (let call = this.shortest(); call !== undefined; call = this.shortest()) {
      try {
        const { at, batch } = this.nextBatch(call);
        const flat = await this.thread.run(batch);
        const size = flat.length / at.length;
        at.forEach((position, row) => {
          call.vectors[position] = flat.slice(row * size, (row + 1) * size);
        });
        if (call.left.length > 0) continue;
        this.calls.delete(call);
        call.resolve(call.vectors);
      } catch (error) {
        this.calls.delete(call);
        call.reject(error);
      }
    }
    this.isBusy = false;
  }

  /** The call with the fewest texts to do: a task's look-up does not wait for a stock of documents. */
  private shortest(): Call | undefined {
    let shortest: Call | undefined;
    for (const call of this.calls)
      if (shortest === undefined || call.left.length < shortest.left.length) shortest = call;
    return shortest;
  }

  /** Takes texts off a call, the longest first, as many as make a batch. */
  private nextBatch({ texts, left }: Call): { at: number[]; batch: TokenBatch } {
    const at: number[] = [];
    const tokens: number[][] = [];
    let width = 1;
    for (let next = left.at(-1); next !== undefined; next = left.at(-1)) {
      const ids = this.tokensOf(texts[next] ?? '');
      const wider = Math.max(width, ids.length);
      if (at.length > 0 && wider * (at.length + 1) > BATCH_TOKENS) break;
      left.pop();
      at.push(next);
      tokens.push(ids);
      width = wider;
    }
    const ids = new BigInt64Array(tokens.length * width);
    const mask = new BigInt64Array(tokens.length * width);
    tokens.forEach((row, position) =>
      row.forEach((token, column) => {
        ids[position * width + column] = BigInt(token);
        mask[position * width + column] = 1n;
      }),
    );
    return { at, batch: { ids, mask, rows: tokens.length, width } };
  }

  /** The token ids of a text between the marks of its ends, cut to the window. */
  private tokensOf(text: string): number[] {
    const { ids } = this.tokenizer.encode(text.slice(0, WINDOW_CHARS));
    const end = ids.at(-1);
    return ids.length <= WINDOW_TOKENS || end === undefined ? ids : [...ids.slice(0, WINDOW_TOKENS - 1), end];
  }
}
