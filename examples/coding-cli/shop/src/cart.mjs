import { gross } from './price.mjs';

/** Cents to pay for all items. */
export function total(items, country) {
  return items.reduce((sum, { net }) => sum + gross(net, country), 0);
}
