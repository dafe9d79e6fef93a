/** Runs a sentence model in a thread of its own: the runtime computes in the thread that calls it. */
import { createRequire } from 'node:module';
import { Worker } from 'node:worker_threads';
import { EmbeddingError } from './embedder.js';

/** Texts of one run, as token ids: row after row, padded to the same width with 0. */
export interface TokenBatch {
  ids: BigInt64Array<ArrayBuffer>;
  /** 1 where a token stands, 0 where padding does. */
  mask: BigInt64Array<ArrayBuffer>;
  rows: number;
  width: number;
}

interface Answer {
  number: number;
  /** Vector after vector, or what went wrong. */
  vectors?: Float32Array<ArrayBuffer>;
  error?: string;
}

interface Pending {
  resolve: (vectors: Float32Array<ArrayBuffer>) => void;
  reject: (error: Error) => void;
}

/**
 * The thread's program, kept as text so that it runs the same from the build and from the sources. The vector of
 * a text is the mean of its tokens' vectors, brought to length 1.
 */
const program = `
'use strict';
const { parentPort, workerData } = require('node:worker_threads');
const { busy, leaving } = workerData.places;

// Counted as busy by who started the thread.
const opened = open();
opened.catch(() => {}).finally(rest);

async function open() {
  if (isLeaving()) throw new Error('the process ends');
  const { InferenceSession } = require(workerData.runtime);
  return InferenceSession.create(workerData.model, {
    intraOpNumThreads: workerData.threads,
    interOpNumThreads: 1,
    logSeverityLevel: 3,
    extra: { session: { intra_op: { allow_spinning: '0' } } },
  });
}

function isLeaving() {
  return Atomics.load(workerData.state, leaving) === 1;
}

function rest() {
  Atomics.sub(workerData.state, busy, 1);
  Atomics.notify(workerData.state, busy);
}

async function vectorsOf({ ids, mask, rows, width }) {
  const session = await opened;
  const { Tensor } = require(workerData.runtime);
  const tensors = {
    input_ids: () => ids,
    attention_mask: () => mask,
    token_type_ids: () => new BigInt64Array(rows * width),
  };
  const feeds = {};
  for (const name of session.inputNames) {
    if (!Object.hasOwn(tensors, name)) throw new Error('its input ' + name + ' is not one of a sentence model');
    feeds[name] = new Tensor('int64', tensors[name](), [rows, width]);
  }
  const name = session.outputNames.includes('last_hidden_state') ? 'last_hidden_state' : session.outputNames[0];
  const { data, dims } = (await session.run(feeds))[name];
  if (dims.length !== 3) throw new Error('its output ' + name + ' is not a vector for each token');
  const size = dims[2];
  const vectors = new Float32Array(rows * size);
  for (let row = 0; row < rows; row++) {
    const vector = vectors.subarray(row * size, (row + 1) * size);
    for (let at = 0; at < width; at++) {
      if (mask[row * width + at] === 0n) continue;
      const start = (row * width + at) * size;
      for (let d = 0; d < size; d++) vector[d] += data[start + d];
    }
    let square = 0;
    for (const value of vector) square += value * value;
    const scale = square > 0 ? 1 / Math.sqrt(square) : 0;
    for (let d = 0; d < size; d++) vector[d] *= scale;
  }
  return vectors;
}

parentPort.on('message', async ({ number, batch }) => {
  Atomics.add(workerData.state, busy, 1);
  try {
    if (isLeaving()) throw new Error('the process ends');
    const vectors = await vectorsOf(batch);
    parentPort.postMessage({ number, vectors }, [vectors.buffer]);
  } catch (error) {
    parentPort.postMessage({ number, error: error.message });
  } finally {
    rest();
  }
});
`;

/** Places in the numbers that a thread shares: how much it has in hand, and whether the process ends. */
const places = { busy: 0, leaving: 1 } as const;
/** Milliseconds that a process which ends waits for what the thread has in hand. */
const EXIT_WAIT_MS = 10_000;

/** Stopped while it computes, the runtime would abort the whole process: whoever exits waits for it to come to rest. */
function restBeforeExit(state: Int32Array<SharedArrayBuffer>): void {
  Atomics.store(state, places.leaving, 1);
  const until = Date.now() + EXIT_WAIT_MS;
  for (;;) {
    const busy = Atomics.load(state, places.busy);
    const left = until - Date.now();
    if (busy === 0 || left <= 0) return;
    Atomics.wait(state, places.busy, busy, left);
  }
}

/** A model in its thread, which starts with the first batch and again after it has died. */
export class ModelThread {
  private worker: Worker | undefined;
  private readonly pending = new Map<number, Pending>();
  private number = 0;

  /**
   * @param model file of the model
   * @param threads that one run may use
   */
  constructor(
    private readonly model: string,
    private readonly threads: number,
  ) {}

  /**
   * The vectors of a batch, one after the other. The batch's arrays are handed over to the thread.
   *
   * @throws EmbeddingError when the runtime is not installed, or the model cannot be run
   */
  run(batch: TokenBatch): Promise<Float32Array<ArrayBuffer>> {
    return new Promise((resolve, reject) => {
      const worker = this.worker ?? this.start();
      this.number += 1;
      this.pending.set(this.number, { resolve, reject });
      // Work in hand keeps the process alive, an idle thread does not.
      worker.ref();
      worker.postMessage({ number: this.number, batch }, [batch.ids.buffer, batch.mask.buffer]);
    });
  }

  private start(): Worker {
    const runtime = runtimePath();
    const state = new Int32Array(new SharedArrayBuffer(2 * Int32Array.BYTES_PER_ELEMENT));
    // It opens the model first.
    state[places.busy] = 1;
    const worker = new Worker(program, {
      eval: true,
      // The process's own flags may make another kind of program of it.
      execArgv: [],
      workerData: { model: this.model, threads: this.threads, runtime, state, places },
    });
    const atExit = (): void => restBeforeExit(state);
    process.once('exit', atExit);
    const ended = (reason: string): void => {
      if (this.worker === worker) this.worker = undefined;
      for (const { reject } of this.pending.values()) reject(this.failure(reason));
      this.pending.clear();
    };
    worker.on('message', ({ number, vectors, error }: Answer) => {
      const pending = this.pending.get(number);
      this.pending.delete(number);
      if (this.pending.size === 0) worker.unref();
      if (vectors === undefined) pending?.reject(this.failure(error ?? 'no answer'));
      else pending?.resolve(vectors);
    });
    worker.on('error', (error) => ended(error.message));
    worker.on('exit', (code) => {
      process.off('exit', atExit);
      ended(`its thread ended with code ${code}`);
    });
    this.worker = worker;
    return worker;
  }

  private readonly failure = (reason: string): EmbeddingError =>
    new EmbeddingError(`The model ${this.model} cannot be run: ${reason}`);
}

/** @throws EmbeddingError when the runtime, an optional dependency, is not there */
function runtimePath(): string {
  try {
    return createRequire(import.meta.url).resolve('onnxruntime-node');
  } catch (error) {
    throw new EmbeddingError(
      'The runtime of the local model is not installed: onnxruntime-node is an optional dependency',
      { cause: error },
    );
  }
}
