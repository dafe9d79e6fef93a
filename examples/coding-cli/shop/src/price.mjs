import { rates } from '../generated/rates.mjs';

/** Cents with tax, to the nearest cent. */
export function gross(net, country) {
  return Math.floor(net * (1 + rates[country] / 100));
}
