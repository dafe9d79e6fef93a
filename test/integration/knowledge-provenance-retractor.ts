/** A process that retracts a source, or undoes that: `knowledge-provenance-retractor.ts <uri> <database> <tenant> <source or id>`. */
import { KnowledgeBase } from '../../src/knowledge/knowledge-base.js';
import { readExecutions } from '../../src/recording/judged-executions.js';
import { openStore } from '../../src/store/store.js';

const [uri = '', database = '', tenant = '', what = ''] = process.argv.slice(2);
const store = openStore({ uri, database, deadlineMs: 20_000 });
const base = new KnowledgeBase(store, tenant, undefined, { executions: readExecutions });
if (what.includes(':')) await base.retract({ source: what, by: 'ops', reason: 'compromised' });
else await base.undoRetraction(what, { by: 'ops' });
await store.close();
