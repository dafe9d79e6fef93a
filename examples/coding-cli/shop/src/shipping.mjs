import { total } from './cart.mjs';

/** Cents for the parcel: none from 50.00 on. */
export function shipping(items, country) {
  return total(items, country) > 5000 ? 0 : 490;
}
