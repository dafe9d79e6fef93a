/** Servers that a measurement has for itself: none that the environment names, and gone afterwards. */
import { type LocalServers, startLocalServers } from '../src/embedded/index.js';
import { openStore, type Store } from '../src/store/store.js';
import { tell } from './tell.js';

/** Measures on a Temporal server and a mongod that nobody else uses. */
export async function onOwnServers<T>(measure: (servers: LocalServers) => Promise<T>): Promise<T> {
  const servers = await startLocalServers({
    dataDir: null,
    env: Object.fromEntries(Object.entries(process.env).filter(([name]) => !namesServer(name))),
    onStep: tell,
  });
  try {
    return await measure(servers);
  } finally {
    await servers.stop();
  }
}

/** Measures on a store that is empty at first. */
export const onOwnStore = <T>(measure: (store: Store) => Promise<T>): Promise<T> =>
  onOwnServers(async ({ mongo }) => {
    const store = openStore({ uri: mongo.uri });
    try {
      return await measure(store);
    } finally {
      await store.close();
    }
  });

const namesServer = (name: string): boolean =>
  name === 'JOURNEYMAN_MONGODB_URI' || (name.startsWith('TEMPORAL_') && name !== 'TEMPORAL_CLI_PATH');
