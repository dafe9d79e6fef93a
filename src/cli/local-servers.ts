/** Servers of this machine for a command that needs some, and the environment to ask for them with. */
import { type LocalServers, type LocalServersOptions, startLocalServers } from '../embedded/index.js';
import type { CommandContext } from './common-options.js';
import { type LocatedContext, namedServers, withAddresses } from './servers.js';

export interface StartedServers {
  servers: LocalServers;
  /** The command's context with the servers' addresses. */
  context: LocatedContext;
}

/**
 * Uses the servers that are named, else those that run on the data folder, else starts them there.
 *
 * @throws LocalServerError with one screen of what was tried and what to do
 */
export async function startServers(
  context: CommandContext,
  options: Omit<LocalServersOptions, 'dataDir' | 'env'> = {},
): Promise<StartedServers> {
  const named = namedServers(context.config);
  const servers = await startLocalServers({
    ...options,
    dataDir: context.dataDir,
    env: {
      ...process.env,
      ...(named.temporal !== null && { TEMPORAL_ADDRESS: named.temporal }),
      ...(named.mongo !== null && { JOURNEYMAN_MONGODB_URI: named.mongo }),
    },
  });
  const uiUrl = process.env['TEMPORAL_UI_URL'] || servers.temporal.uiUrl;
  return { servers, context: { ...context, config: withAddresses(context.config, servers), uiUrl } };
}
