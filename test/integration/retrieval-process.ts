/** Another process that searches and writes notes when it is told to. */
import { retrievalStatistics } from '../../src/retrieval/retriever-of.js';
import { openStore } from '../../src/store/store.js';
import { foundBy, note, notes, searchNotes, warm } from './notes.js';

const [uri = '', database = ''] = process.argv.slice(2);
const store = openStore({ uri, database });
const search = await searchNotes(store);
await warm(search, store, 'both');
if (retrievalStatistics(store)?.tenants !== 1) throw new Error('the tenant is not held');

/** Who asked may have gone. */
const ignore = (): void => {};
process.on('message', (message) => {
  const answer = async (): Promise<void> => {
    if (message === 'write') await notes(store).insertOne(note('both', 'theirs', 'tapir'));
    else if (process.connected) process.send?.(await foundBy(search, 'both', 'tapir'), ignore);
  };
  void answer();
});
process.on('disconnect', () => {
  search.close();
  void store.close();
});
