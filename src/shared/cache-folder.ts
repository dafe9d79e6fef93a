/**
 * The folder in which downloaded programs and models are kept between runs and shared by all projects of a user:
 * `$JOURNEYMAN_CACHE`, else `$XDG_CACHE_HOME/journeyman`, else `~/.cache/journeyman`. It may not exist yet.
 *
 * @param home the user's home folder
 */
export function cacheFolder(env: Readonly<Record<string, string | undefined>>, home: string): string {
  if (env['JOURNEYMAN_CACHE']) return env['JOURNEYMAN_CACHE'];
  if (env['XDG_CACHE_HOME']) return `${env['XDG_CACHE_HOME']}/journeyman`;
  return `${home}/.cache/journeyman`;
}
