/** Statements that share no words, so that none is taken for a repetition of another. */
import { createHash } from 'node:crypto';
import { knowledgeContext } from '../../src/knowledge/context.js';
import type { ShareInput } from '../../src/knowledge/inputs.js';
import { draftOf } from '../../src/knowledge/insert-items.js';
import { defaultKnowledgeSettings, type KnowledgeSettings } from '../../src/shared/knowledge-settings.js';
import type { Store } from '../../src/store/store.js';

/** Letters only: numbers would be compared as such. */
const word = (seed: string): string =>
  createHash('sha256')
    .update(seed)
    .digest('hex')
    .slice(0, 9)
    .replace(/./g, (digit) => 'bcdfghklmnprstvz'[Number.parseInt(digit, 16)] ?? '');

export const words = (seed: string, count: number): string =>
  Array.from({ length: count }, (_, i) => word(`${seed}|${i}`)).join(' ');

/** A share that says something of its own. */
export const statement = (seed: string, more: Partial<ShareInput> = {}): ShareInput => ({
  ...{ sourceAgent: 'code', type: 'TECHNIQUE', channel: 'code' },
  ...{ title: words(`title ${seed}`, 3), content: words(`content ${seed}`, 8) },
  ...more,
});

export const contextOf = (
  store: Store,
  tenant: string,
  settings: Partial<KnowledgeSettings> = {},
  announce?: (itemId: string) => Promise<void>,
) =>
  knowledgeContext(store, tenant, undefined, {
    settings: { ...defaultKnowledgeSettings, ...settings },
    ...(announce && { announce }),
  });

const complete = { priority: 'MEDIUM', tags: [], context: {} } as const;
export const draft = (input: ShareInput) =>
  draftOf({ ...complete, ...input } as Parameters<typeof draftOf>[0]);
