import { gross } from './price.mjs';

/** Cents left of a price: percentages one after another, then fixed amounts; never below 0. */
export function discounted(net, country, coupons) {
  const percent = coupons.reduce((sum, coupon) => sum + (coupon.percent ?? 0), 0);
  const cents = coupons.reduce((sum, coupon) => sum + (coupon.cents ?? 0), 0);
  return Math.round(gross(net, country) * (1 - percent / 100)) - cents;
}
