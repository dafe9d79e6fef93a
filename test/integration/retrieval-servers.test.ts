import { setTimeout as sleep } from 'node:timers/promises';
import { expect, it } from 'vitest';
import { retrievalStatistics } from '../../src/retrieval/retriever-of.js';
import { openStore } from '../../src/store/store.js';
import { openMongoDoor } from '../workflow/mongo-door.js';
import { waitUntil } from '../workflow/wait-until.js';
import { foundBy, note, notes, searchNotes, timeUntilFound, warm } from './notes.js';
import { ownMongod } from './own-mongod.js';

it('a server that is killed and comes back is followed again; what is held answers meanwhile', async () => {
  const server = await ownMongod();
  const store = openStore({ uri: server.uri });
  const search = await searchNotes(store);
  try {
    await notes(store).insertMany([note('a', '1', 'crane'), note('a', '2', 'stork')]);
    await warm(search, store, 'a');
    await server.kill();
    expect(await foundBy(search, 'a', 'crane')).toEqual(['1']);
    await server.start();
    const elsewhere = openStore({ uri: server.uri });
    await notes(elsewhere).insertOne(note('a', '3', 'crane'));
    await elsewhere.close();
    await timeUntilFound(search, 'a', 'crane', ['1', '3'], 30_000);
    expect(search.said).not.toContain('A tenant was read again');
    await waitUntil('nothing is behind', () => retrievalStatistics(store)?.lagMs === 0);
  } finally {
    search.close();
    await store.close();
    await server.remove();
  }
});

it('where the server has forgotten what happened meanwhile, the tenants are read again', async () => {
  // Its log of changes holds one megabyte, and what was saved is forgotten at once.
  const server = await ownMongod({ '--oplogSize': '1', '--syncdelay': '1' });
  const door = await openMongoDoor(server.uri);
  const store = openStore({ uri: door.uri });
  const elsewhere = openStore({ uri: server.uri });
  const search = await searchNotes(store);
  try {
    await notes(elsewhere).insertMany([note('a', 'stays', 'crane'), note('a', 'goes', 'crane')]);
    await notes(elsewhere).insertMany([note('b', 'stays', 'crane'), note('b', 'changes', 'crane')]);
    await warm(search, store, 'a', 'b');
    await door.refuse();
    await notes(elsewhere).deleteOne({ _id: 'a|goes' });
    await notes(elsewhere).insertOne(note('a', 'comes', 'crane'));
    await notes(elsewhere).updateOne({ _id: 'b|changes' }, { $set: { text: 'stork' } });
    const first = await firstOfLog(elsewhere);
    await waitUntil(
      'the log has rolled over',
      async () => {
        const filling = Array.from({ length: 16 }, () => ({ filling: 'x'.repeat(100_000) }));
        await elsewhere.db.collection('filling').insertMany(filling);
        return (await firstOfLog(elsewhere)) !== first;
      },
      60_000,
    );
    await door.open();
    await timeUntilFound(search, 'a', 'crane', ['comes', 'stays'], 30_000);
    await timeUntilFound(search, 'b', 'crane', ['stays'], 30_000);
    await timeUntilFound(search, 'b', 'stork', ['changes']);
    expect(search.said).toContain('Changes were missed; tenants in memory are read again');
    await waitUntil('both are read', () => {
      return search.said.filter((message) => message === 'A tenant was read again').length === 2;
    });
    // And it is followed from there on.
    await notes(elsewhere).insertOne(note('a', 'new', 'crane'));
    await timeUntilFound(search, 'a', 'crane', ['comes', 'new', 'stays']);
  } finally {
    await door.open();
    search.close();
    await Promise.all([store.close(), elsewhere.close()]);
    await door.close();
    await server.remove();
  }
}, 120_000);

/** When the oldest change happened that the server still knows. */
async function firstOfLog({ db }: ReturnType<typeof openStore>): Promise<string> {
  await sleep(100);
  const [entry] = await db.client
    .db('local')
    .collection('oplog.rs')
    .find({}, { readConcern: 'local' })
    .sort({ $natural: 1 })
    .limit(1)
    .toArray();
  return String(entry?.['ts']);
}
