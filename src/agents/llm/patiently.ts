/** Calls again what failed for the moment. */
import { setTimeout as sleep } from 'node:timers/promises';
import { AgentFailure } from '../agent-failure.js';
import type { Trouble } from './call-trouble.js';

const MAX_TRIES = 5;
const FIRST_WAIT_MS = 1_000;
const LONGEST_WAIT_MS = 60_000;

export interface Patience {
  signal: AbortSignal;
  /** Until when waiting makes sense, on the clock of performance.now(). */
  until: number;
  explain: (error: unknown) => Trouble;
  /** Told every second how long it still waits, and for what. */
  onWait: (doing: string) => void;
  /** Told of every try that failed and is followed by another. */
  onTrouble: (reason: string) => void;
}

/**
 * Calls until it succeeds. What the endpoint asks to wait for is waited for, however long, if there is time for it;
 * other trouble of the moment is tried 5 times, with longer and longer pauses.
 *
 * @throws AgentFailure when it is of no use, or there is no time for it
 */
export async function patiently<T>(call: () => Promise<T>, patience: Patience): Promise<T> {
  for (let tries = 1; ; tries += 1) {
    try {
      return await call();
    } catch (error) {
      patience.signal.throwIfAborted();
      const trouble = patience.explain(error);
      const said = trouble.said === undefined ? [] : [trouble.said];
      if (trouble.retry === 'never') throw new AgentFailure(trouble.reason, said);
      if (trouble.retry === 'some' && tries >= MAX_TRIES)
        throw new AgentFailure(`${trouble.reason} (${tries} tries)`, said);
      const waitMs = trouble.waitMs ?? pause(tries);
      const leftMs = patience.until - performance.now();
      if (waitMs > leftMs)
        throw new AgentFailure(
          `${trouble.reason}; another try would have to wait ${inSeconds(waitMs)} s, and ${inSeconds(Math.max(leftMs, 0))} s are left`,
          said,
        );
      patience.onTrouble(trouble.reason);
      await wait(waitMs, trouble, patience);
    }
  }
}

/** Pauses of agents that failed at the same moment should not end at the same moment. */
const pause = (tries: number): number =>
  Math.min(FIRST_WAIT_MS * 2 ** (tries - 1), LONGEST_WAIT_MS) * (0.75 + Math.random() / 4);

async function wait(ms: number, { retry, reason }: Trouble, { signal, onWait }: Patience): Promise<void> {
  const end = performance.now() + ms;
  for (let left = ms; left > 0; left = end - performance.now()) {
    const what = retry === 'always' ? 'for the rate limit' : `before another try: ${reason}`;
    onWait(`waiting ${inSeconds(left)} s ${what}`);
    await sleep(Math.min(left, 1_000), undefined, { signal });
  }
}

const inSeconds = (ms: number): number => Math.ceil(ms / 1_000);
