/** Reading fields of events whose shape nobody vouches for. */

/** An event, or an object in one. */
export type Fields = Readonly<Record<string, unknown>>;

/** Takes an event, and says whether it is one of the dialect's. */
export type EventReader = (event: Fields) => boolean;

export const fieldsOf = (value: unknown): Fields =>
  typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Fields) : {};
export const listOf = (value: unknown): Fields[] => (Array.isArray(value) ? value.map(fieldsOf) : []);
export const textOf = (value: unknown): string => (typeof value === 'string' ? value : '');
/** A count or an amount; anything else is none. */
export const amountOf = (value: unknown): number | undefined =>
  typeof value === 'number' && Number.isFinite(value) && value >= 0 ? value : undefined;
/** A whole number. */
export const countOf = (value: unknown): number => Math.round(amountOf(value) ?? 0);
