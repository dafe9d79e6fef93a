/** What tokens cost. */
import type { Price } from '../shared/agent-declaration.js';

/** Tokens of one call as the endpoint counts them. */
export interface Usage {
  /** All of it, cached or not. */
  input: number;
  /** The part of the input that was read from the endpoint's cache. */
  cached: number;
  output: number;
}

/** USD of some tokens. Pure. */
export function costOf(usage: Usage, price: Price): number {
  const cached = Math.min(usage.cached, usage.input);
  const cachedPrice = price.cachedInputPerMillion ?? price.inputPerMillion;
  const fresh = (usage.input - cached) * price.inputPerMillion;
  return (fresh + cached * cachedPrice + usage.output * price.outputPerMillion) / 1e6;
}
