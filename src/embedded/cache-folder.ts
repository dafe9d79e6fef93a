import { homedir } from 'node:os';
import { join } from 'node:path';

/**
 * The folder in which downloaded programs are kept between runs and shared by all projects of a user:
 * `$JOURNEYMAN_CACHE`, else `$XDG_CACHE_HOME/journeyman`, else `~/.cache/journeyman`. It may not exist yet.
 */
export function cacheFolder(env: NodeJS.ProcessEnv): string {
  if (env['JOURNEYMAN_CACHE']) return env['JOURNEYMAN_CACHE'];
  if (env['XDG_CACHE_HOME']) return join(env['XDG_CACHE_HOME'], 'journeyman');
  return join(homedir(), '.cache', 'journeyman');
}
