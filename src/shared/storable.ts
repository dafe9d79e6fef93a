/** What MongoDB can hold. */
import type { Json } from './agent-contract.js';

/** MongoDB takes 100 levels, of which the record around a value needs some. */
const MAX_DEPTH = 50;

/** Whether a value can be part of a record; one that cannot is kept as text. */
export function isStorable(value: Json, levels: number = MAX_DEPTH): boolean {
  if (value === null || typeof value !== 'object') return true;
  if (levels === 0) return false;
  return Object.entries(value).every(([key, inner]) => !key.includes('\0') && isStorable(inner, levels - 1));
}
