/** What Linux tells of a process. */
import { readFile } from 'node:fs/promises';

export interface ProcessStat {
  /** Id of its process group. */
  group: number;
  /** When it started, in ticks since boot; only ever compared. */
  started: string;
}

/** Null for a process that has ended, though its parent may not have noticed, and where there is no `/proc`. */
export async function statOf(pid: number): Promise<ProcessStat | null> {
  try {
    const stat = await readFile(`/proc/${pid}/stat`, 'utf8');
    // The name in parentheses may hold anything, so fields are counted from its end: state, parent, group; the
    // twentieth is the start.
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    if (fields[0] === 'Z' || fields[0] === 'X') return null;
    return { group: Number(fields[2]), started: fields[19] ?? '' };
  } catch {
    return null;
  }
}
