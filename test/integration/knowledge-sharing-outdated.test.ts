import { afterAll, beforeAll, beforeEach, describe, expect, inject, it } from 'vitest';
import {
  channelsOf,
  itemKey,
  knowledgeConfirmations,
  knowledgeIndexes,
  knowledgeItems,
  shareRates,
} from '../../src/knowledge/collections.js';
import { KnowledgeHub } from '../../src/knowledge/knowledge-hub.js';
import { takePositions } from '../../src/knowledge/sharing/channels.js';
import { confirmItems, OutdatedError } from '../../src/knowledge/sharing/confirm.js';
import { ShareRates } from '../../src/knowledge/sharing/rate-limit.js';
import { share } from '../../src/knowledge/sharing/share.js';
import { InvalidInputError } from '../../src/shared/errors.js';
import { ensureIndexes, storeIndexes } from '../../src/store/indexes.js';
import { openStore, type Store } from '../../src/store/store.js';
import { contextOf, draft, statement } from './sharing-data.js';

let store: Store;
let tenants = 0;
let tenant: string;
let hub: KnowledgeHub;

beforeAll(async () => {
  store = openStore({
    uri: inject('mongoUri'),
    database: `sharing_outdated_${process.pid}`,
    deadlineMs: 20_000,
  });
  await ensureIndexes(store, [...storeIndexes, ...knowledgeIndexes]);
});
afterAll(async () => {
  await store.db.dropDatabase();
  await store.close();
});
beforeEach(() => {
  tenant = `t${++tenants}`;
  hub = new KnowledgeHub(store, tenant);
});

describe('what was written since a batch was decided on', () => {
  it('stops a confirmation of what was archived meanwhile', async () => {
    const { id } = await hub.shareKnowledge(statement('gone'));
    const target = await knowledgeItems(store).findOne({ _id: itemKey(tenant, id) });
    if (target === null) throw new Error('the item is missing');
    await knowledgeItems(store).updateOne({ _id: itemKey(tenant, id) }, { $set: { state: 'ARCHIVED' } });
    const confirmation = { draft: draft(statement('gone', { sourceAgent: 'review' })), target };
    await expect(
      store.transaction((session) => confirmItems(store, tenant, [confirmation], session)),
    ).rejects.toThrow(OutdatedError);
    expect(await knowledgeConfirmations(store).countDocuments({ tenant })).toBe(0);
  });

  it('stops counts of shares that are not what they were, and those that are the first no more', async () => {
    const counted = new Map([['code', [{ slot: 1, count: 1 }]]]);
    const write = async (slots: ConstructorParameters<typeof ShareRates>[0]) => {
      const rates = new ShareRates(slots, 10_000);
      expect(rates.take('code', 5)).toBeNull();
      await store.transaction((session) => rates.write(store, tenant, session));
    };
    await write(new Map());
    const [first] = await shareRates(store).find({ tenant }).toArray();
    await expect(write(counted)).rejects.toMatchObject({ code: 11_000 });
    await expect(write(new Map())).rejects.toMatchObject({ code: 11_000 });
    expect(await shareRates(store).find({ tenant }).toArray()).toEqual([first]);
    await write(new Map([['code', first?.slots ?? []]]));
    expect(await shareRates(store).find({ tenant }).toArray()).toMatchObject([{ slots: [{ count: 2 }] }]);
  });
});

describe('the positions of several channels', () => {
  it('are taken together, each in its order', async () => {
    const channels = ['code', 'testing', 'general', 'code', 'testing', 'code'];
    const shared = await share(
      contextOf(store, tenant),
      channels.map((channel, at) => draft(statement(`item ${at}`, { channel }))),
    );
    expect(shared.map(({ item }) => [item.channel, item.sequence])).toEqual([
      ...[
        ['code', 1],
        ['testing', 1],
        ['general', 1],
      ],
      ...[
        ['code', 2],
        ['testing', 2],
        ['code', 3],
      ],
    ]);
  });

  it('are not taken at all where one of them is unknown', async () => {
    await hub.channels();
    const counts = new Map([
      ['code', 2],
      ['no-such', 1],
    ]);
    await expect(
      store.transaction((session) => takePositions(store, tenant, counts, session)),
    ).rejects.toThrow(InvalidInputError);
    expect(await channelsOf(store).findOne({ tenant, name: 'code' })).toMatchObject({ sequence: 0 });
  });
});
