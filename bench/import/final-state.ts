/** What a tenant's knowledge looks like in the end, as one digest: the same for the same items, versions, sources and use. */
import { createHash } from 'node:crypto';
import { KNOWLEDGE_USAGE } from '../../src/evidence/usage.js';
import { knowledgeItems, knowledgeSources, knowledgeVersions } from '../../src/knowledge/collections.js';
import type { Json } from '../../src/shared/agent-contract.js';
import { canonicalJson } from '../../src/shared/canonical-json.js';
import { readCounters } from '../../src/store/counters.js';
import { events } from '../../src/store/event-log.js';
import { FIRST_GENERATION } from '../../src/store/ledger.js';
import type { Store } from '../../src/store/store.js';

/** When it was written is left out, and of which tenant. */
const HIDDEN = new Set(['_id', 'tenant', 'createdAt', 'updatedAt', 'lastUsedAt', 'at', 'generations']);

export interface FinalState {
  items: number;
  versions: number;
  sources: number;
  /** Of imports, one an item; usage lies in others. */
  imports: number;
  digest: string;
}

export async function finalState(store: Store, tenant: string): Promise<FinalState> {
  const digest = createHash('sha256');
  const take = async (rows: AsyncIterable<object>): Promise<number> => {
    let count = 0;
    for await (const row of rows) {
      const seen = Object.fromEntries(Object.entries(row).filter(([name]) => !HIDDEN.has(name)));
      digest.update(canonicalJson(JSON.parse(JSON.stringify(seen)) as Json));
      count += 1;
    }
    return count;
  };
  const items = await take(knowledgeItems(store).find({ tenant }).sort({ _id: 1 }));
  const versions = await take(knowledgeVersions(store).find({ tenant }).sort({ _id: 1 }));
  const sources = await take(knowledgeSources(store).find({ tenant }).sort({ _id: 1 }));
  const imports = await take(events(store).find({ tenant, act: 'imported' }).sort({ _id: 1 }));
  const used = await store.run(
    (options) =>
      readCounters(store, KNOWLEDGE_USAGE, tenant, FIRST_GENERATION, ['id', 'version'], {}, options),
    600_000,
  );
  const counted = new Map(
    used.map(({ dimensions, sums }) => [`${dimensions['id']}|${dimensions['version']}`, sums]),
  );
  digest.update(canonicalJson(Object.fromEntries(counted)));
  return { items, versions, sources, imports, digest: digest.digest('hex') };
}
