/** What a test of the program has for itself: a tenant and database of one name, and a folder with a configuration. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, inject } from 'vitest';
import { openStore, type Store } from '../../src/store/store.js';
import { journeymanHere, type ProgramEnd } from './run-program.js';

export interface OwnPlace {
  /** Of the tenant and of its database. */
  name: string;
  folder: string;
  /** The database; nothing is set up in it. */
  store: Store;
  /** Leads the program to the servers of the test run, and to this tenant. */
  env: Record<string, string>;
  /** Runs a command with the configuration of the folder, within this process. */
  here: (command: string, ...args: string[]) => Promise<ProgramEnd>;
}

/** Makes a place, which is gone once the tests of the file have run; to be called outside of any test. */
export async function ownPlace(
  prefix: string,
  configOf: (name: string) => object = () => ({}),
): Promise<OwnPlace> {
  const name = `${prefix}-${process.pid}-${Date.now().toString(36)}`;
  const folder = await mkdtemp(path.join(tmpdir(), `journeyman-${prefix}-`));
  const config = path.join(folder, 'journeyman.config.json');
  await writeFile(config, JSON.stringify(configOf(name)));
  const uri = inject('mongoUri');
  const store = openStore({ uri, database: name });
  afterAll(async () => {
    await store.db.dropDatabase();
    await store.close();
    await rm(folder, { recursive: true, force: true });
  });
  const env = {
    JOURNEYMAN_MONGODB_URI: uri,
    JOURNEYMAN_DATABASE: name,
    TEMPORAL_ADDRESS: inject('temporalAddress'),
    JOURNEYMAN_HOME: path.join(folder, 'home'),
    JOURNEYMAN_TENANT: name,
  };
  return {
    name,
    folder,
    store,
    env,
    here: (command, ...args) => journeymanHere([command, '--config', config, ...args], env),
  };
}
