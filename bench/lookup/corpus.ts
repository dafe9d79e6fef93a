/** Made-up knowledge: texts with words as unequally frequent as those of a language, about subjects that vectors tell. */
import { createHash } from 'node:crypto';
import { seededUniform, type Uniform } from '../../src/evidence/random.js';
import { beginnings, itemKey, type KnowledgeDocument } from '../../src/knowledge/collections.js';
import type { Embedder } from '../../src/retrieval/embedding/embedder.js';
import { knowledgeTypes, priorities } from '../../src/shared/terms.js';

const DIMENSIONS = 384;
const VOCABULARY = 200_000;
const WORDS = 40;
const SUBJECTS = 1_000;
const CATEGORIES = 20;
const TAGS = 500;
/** How far a text lies from its subject's middle, beside how far the middles lie from each other. */
const SPREAD = 0.9;
const NORMALS = 1 << 20;

/** A text about a subject; its words are as frequent as by Zipf's law. */
export function textOf(uniform: Uniform, words: number = WORDS): string {
  const subject = Math.floor(uniform() ** 2 * SUBJECTS);
  const drawn = Array.from({ length: words }, () => wordOf(Math.floor(VOCABULARY ** uniform())));
  return `subject${subject} ${drawn.join(' ')}`;
}

const CONSONANTS = 'bdfgklmnprtvz';
const VOWELS = 'aiou';

/** A word that can be spoken, for each rank another. */
export function wordOf(rank: number): string {
  let word = '';
  for (let left = rank; ; left = Math.floor(left / 52) - 1) {
    word += `${CONSONANTS[left % 13] ?? ''}${VOWELS[Math.floor(left / 13) % 4] ?? ''}`;
    if (left < 52) return `${word}k`;
  }
}

/** An item with the facets of knowledge. */
export function documentOf(uniform: Uniform, tenant: string, id: string, text: string): KnowledgeDocument {
  const any = <T>(values: readonly T[]): T => values[Math.floor(uniform() * values.length)] as T;
  const now = new Date();
  return {
    _id: itemKey(tenant, id),
    tenant,
    id,
    text,
    words: [],
    type: any(knowledgeTypes),
    category: `category ${Math.floor(uniform() * CATEGORIES)}`,
    title: text.slice(0, 40),
    content: text,
    context: {},
    priority: any(priorities),
    tags: [`tag ${Math.floor(TAGS ** uniform())}`, `tag ${Math.floor(TAGS ** uniform())}`],
    channel: 'general',
    sequence: null,
    source: 'bench',
    executionId: null,
    state: any(['EXPERIMENTAL', 'EXPERIMENTAL', 'VALIDATED', 'VALIDATED', 'DEPRECATED']),
    version: 1,
    trust: 'untrusted',
    learningId: null,
    contradicts: [],
    ...beginnings,
    votes: 0,
    settled: 0,
    comparedVersion: 1,
    createdAt: now,
    updatedAt: now,
    lastUsedAt: null,
  };
}

/** Gives a text a vector near its subject's middle: what a model would take milliseconds for. */
export function clusteredEmbedder(): Embedder {
  const uniform = seededUniform('vectors');
  const normals = Float32Array.from({ length: NORMALS }, () => normal(uniform));
  const middles = Array.from({ length: SUBJECTS }, () =>
    Float32Array.from({ length: DIMENSIONS }, () => normal(uniform)),
  );
  const vectorOf = (text: string): Float32Array => {
    const middle = middles[Number(/subject(\d+)/.exec(text)?.[1] ?? 0)];
    const start = createHash('sha256').update(text).digest().readUInt32LE(0) % (NORMALS - DIMENSIONS);
    const vector = new Float32Array(DIMENSIONS);
    let squares = 0;
    for (let at = 0; at < DIMENSIONS; at++) {
      const value = (middle?.[at] ?? 0) + SPREAD * (normals[start + at] ?? 0);
      vector[at] = value;
      squares += value * value;
    }
    return vector.map((value) => value / Math.sqrt(squares));
  };
  return {
    id: 'clustered',
    dimensions: DIMENSIONS,
    embed: (texts) => Promise.resolve(texts.map(vectorOf)),
    split: (text) => [text],
  };
}

const normal = (uniform: Uniform): number =>
  Math.sqrt(-2 * Math.log(1 - uniform())) * Math.cos(2 * Math.PI * uniform());
