/** Whether symbolic links stay within the folder they are in. */

/** Reads the link at a path of the tree; null when there is none, or when it is no link. */
export type ReadLink = (path: string) => string | null | Promise<string | null>;

/** More than any system follows; a loop leads nowhere. */
const MAX_HOPS = 100;

/**
 * Whether a link's target lies outside the tree, followed as a system follows it: through other links, and
 * `..` from where they lead. Absolute targets do, as the tree is copied to other places.
 *
 * @param path of the link, from the tree's root
 */
export async function leadsOut(path: string, target: string, readLink: ReadLink): Promise<boolean> {
  if (target.startsWith('/')) return true;
  const at = path.split('/').slice(0, -1);
  const left = target.split('/').toReversed();
  for (let hops = 0; hops < MAX_HOPS; ) {
    const step = left.pop();
    if (step === undefined) return false;
    if (step === '' || step === '.') continue;
    if (step === '..') {
      if (at.pop() === undefined) return true;
      continue;
    }
    at.push(step);
    const through = await readLink(at.join('/'));
    if (through === null) continue;
    if (through.startsWith('/')) return true;
    hops += 1;
    at.pop();
    left.push(...through.split('/').toReversed());
  }
  return false;
}

/** A link that leads out of its tree. */
export interface Escape {
  path: string;
  target: string;
}

/** The first of a tree's links that leads out of it. */
export async function findEscape(links: ReadonlyMap<string, string>): Promise<Escape | null> {
  for (const [path, target] of links)
    if (await leadsOut(path, target, (at) => links.get(at) ?? null)) return { path, target };
  return null;
}
