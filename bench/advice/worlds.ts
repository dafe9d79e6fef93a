/** Many worlds looked at, spread over processes. */
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { availableParallelism } from 'node:os';
import { tell } from '../tell.js';
import type { Looked } from './looks.js';

/** Worlds that rules may be tuned on have other seeds than those that they are checked on. */
export const seedSets = ['check', 'tuning'] as const;
export type SeedSet = (typeof seedSets)[number];

/** Which worlds are looked at; of a process: every `of`th, from `first`. */
export interface WorldsJob {
  kind: 'empty' | 'planted';
  set: SeedSet;
  worlds: number;
}
export interface ProcessJob extends WorldsJob {
  first: number;
  of: number;
}

/** What a process tells of each of its worlds. */
export interface LookedWorld {
  index: number;
  looked: Looked;
}

const MOST_PROCESSES = 4;
/** Worlds are told of as often as this. */
const TOLD = 40;

/**
 * All worlds in order, whichever process looked at each.
 *
 * @throws Error when a process ends before it is done
 */
export async function lookAtAll(job: WorldsJob): Promise<Looked[]> {
  const looked: Looked[] = [];
  let done = 0;
  const of = Math.min(MOST_PROCESSES, availableParallelism(), job.worlds);
  const note = ({ index, looked: world }: LookedWorld): void => {
    looked[index] = world;
    done += 1;
    if (done % TOLD === 0 || done === job.worlds) tell(`${job.kind} worlds: ${done} of ${job.worlds}`);
  };
  await Promise.all(
    Array.from({ length: of }, async (_, first) => {
      const child = fork(new URL('./worlds-process.ts', import.meta.url), [
        JSON.stringify({ ...job, first, of } satisfies ProcessJob),
      ]);
      child.on('message', (message) => note(message as LookedWorld));
      const [code] = (await once(child, 'exit')) as [number | null];
      if (code !== 0) throw new Error(`A process that looks at worlds ended with ${String(code)}`);
    }),
  );
  return looked;
}
