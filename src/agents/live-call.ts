/** A call while it runs: what its worker hears of it, and what may end it. */
import type { AgentHeartbeat, Spending } from '../shared/agent-contract.js';
import { AgentFailure } from './agent-failure.js';
import type { SpendingMeter } from './spending-meter.js';

/** Whoever makes the call. */
export interface Caller {
  /** Aborted by cancellation. */
  signal: AbortSignal;
  heartbeat: (details: AgentHeartbeat) => void;
}

/** Beats from its making until `over`. */
export class LiveCall {
  readonly #ending = new AbortController();
  readonly #began = performance.now();
  readonly #pulse: NodeJS.Timeout;
  #bytes = 0;
  #said: Pick<AgentHeartbeat, 'doing' | 'session' | 'workspace'> = {};
  #deadline: NodeJS.Timeout | undefined;
  /** Aborted by cancellation and by whatever ends the call; the reason says what. */
  readonly signal: AbortSignal;

  constructor(
    private readonly caller: Caller,
    private readonly meter: SpendingMeter,
    pulseMs: number,
  ) {
    this.signal = AbortSignal.any([caller.signal, this.#ending.signal]);
    this.#pulse = setInterval(() => this.#beat(), pulseMs);
    this.#beat();
  }

  /** Ends the agent; `reason` is then what its failure says. */
  end(reason: string): void {
    this.#ending.abort(new AgentFailure(reason));
  }

  /** Ends the agent after a time. */
  endAfter(ms: number, reason: string): void {
    this.#deadline = setTimeout(() => this.end(reason), ms);
  }

  /** Notes what is known of the agent's work; spending and sessions are passed on at once. */
  said(news: {
    bytes?: number;
    doing?: string;
    session?: string;
    workspace?: string;
    spent?: Spending;
  }): void {
    const { bytes, spent, ...texts } = news;
    this.#bytes += bytes ?? 0;
    this.#said = { ...this.#said, ...texts };
    const passed = spent === undefined ? null : this.meter.note(spent);
    // A crash a moment later must not lose it.
    if (spent !== undefined || texts.session !== undefined) this.#beat();
    if (passed !== null) this.end(`stopped: ${passed}`);
  }

  over(): void {
    clearInterval(this.#pulse);
    clearTimeout(this.#deadline);
  }

  #beat(): void {
    this.caller.heartbeat({
      elapsedSeconds: Math.round((performance.now() - this.#began) / 1_000),
      spent: this.meter.total,
      ...(this.#bytes > 0 ? { bytes: this.#bytes } : {}),
      ...this.#said,
    });
  }
}
