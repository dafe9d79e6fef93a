import { readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';

const identity = z.object({ pid: z.number(), started: z.string().nullable() });
const temporal = z.object({
  process: identity,
  address: z.string(),
  namespace: z.string(),
  uiUrl: z.string().nullable(),
});
const mongo = z.object({ process: identity, uri: z.string() });
const state = z.object({
  /** Who started the servers; when it ends its guard stops them. */
  owner: identity,
  guard: identity,
  temporal: temporal.nullable(),
  mongo: mongo.nullable(),
});

/** The servers that run on a data folder, as written to its `servers.json`. */
export type ServerState = z.infer<typeof state>;

function stateFile(folder: string): string {
  return join(folder, 'servers.json');
}

/** The state on file, or null when there is none that can be read. */
export async function readServerState(folder: string): Promise<ServerState | null> {
  try {
    return state.parse(JSON.parse(await readFile(stateFile(folder), 'utf8')));
  } catch {
    return null;
  }
}

/** Replaces the file as a whole, so that a reader never sees half of one. */
export async function writeServerState(folder: string, value: ServerState): Promise<void> {
  const file = stateFile(folder);
  await writeFile(`${file}.new`, `${JSON.stringify(value, null, 2)}\n`);
  await rename(`${file}.new`, file);
}

export async function removeServerState(folder: string): Promise<void> {
  await rm(stateFile(folder), { force: true });
}
