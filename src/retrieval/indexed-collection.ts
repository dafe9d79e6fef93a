/** What retrieval has to know of a collection; the component that owns the collection says it. */
import type { Document } from 'mongodb';
import type { Condition, Filter } from './filter.js';

/** A document as the collections of tenants have them. */
export interface StoredDocument {
  /** `<tenant>|<id>` */
  _id: string;
  tenant: string;
}

/** A field that searches can be narrowed by. */
export type Facet = {
  /** Where it is in the document, e.g. `control.disabled`. */
  field: string;
  /** Whether {@link IndexedCollection} is often asked for the documents that have one value of it. */
  keyed?: boolean;
} & (
  | { kind: 'keyword' }
  /** One of a few values in order, the least first. Conditions name its position, from 0. */
  | { kind: 'rank'; ranks: readonly string[] }
  /** True or not. Conditions name 1 or 0. */
  | { kind: 'flag' }
);

export interface IndexedCollection<T extends StoredDocument> {
  /** Its name in MongoDB. */
  name: string;
  /** The field that MongoDB's text index reads. */
  textField: string & keyof T;
  /** The text that a document is found by. */
  textOf(document: T): string;
  facets: Readonly<Record<string, Facet>>;
  /** Field with a number: the highest go first where no text is asked for. */
  order: string & keyof T;
  /** Least score that MongoDB's text index must give a hit. */
  leastTextScore: number;
}

/** A facet's values in an index. */
export type FacetValue = string | number | readonly string[];

/** The tenant that a document's key names. */
export const tenantOfKey = (key: string): string => key.slice(0, Math.max(0, key.indexOf('|')));

/** The facets of a document; what it lacks is left out. */
export function facetsOf<T extends StoredDocument>(
  { facets }: Pick<IndexedCollection<T>, 'facets'>,
  document: T,
): Record<string, FacetValue> {
  const values: Record<string, FacetValue> = {};
  for (const [name, facet] of Object.entries(facets)) {
    const value = valueAt(document, facet.field);
    if (facet.kind === 'flag') values[name] = value === true ? 1 : 0;
    else if (facet.kind === 'rank') {
      const rank = typeof value === 'string' ? facet.ranks.indexOf(value) : -1;
      if (rank >= 0) values[name] = rank;
    } else if (typeof value === 'string') values[name] = value;
    else if (Array.isArray(value))
      values[name] = value.filter((one): one is string => typeof one === 'string');
  }
  return values;
}

/** @throws RangeError when the collection has no such facet */
export function facetNamed(facets: Readonly<Record<string, Facet>>, name: string): Facet {
  const facet = Object.hasOwn(facets, name) ? facets[name] : undefined;
  if (facet === undefined)
    throw new RangeError(`facet: ${JSON.stringify(name)}; allowed: ${Object.keys(facets).join(', ')}`);
  return facet;
}

/**
 * A filter as MongoDB's query language has it.
 *
 * @throws RangeError when it names a facet that the collection has not
 */
export function mongoFilter(facets: Readonly<Record<string, Facet>>, where: Filter): Document {
  const clauses = where.map((condition) => mongoClause(facetNamed(facets, condition.facet), condition));
  return clauses.length === 0 ? {} : { $and: clauses };
}

function mongoClause(facet: Facet, condition: Condition): Document {
  const { field } = facet;
  if (facet.kind === 'flag') {
    const wanted = wantedFlags(condition);
    if (wanted.length === 2) return {};
    if (wanted.length === 0) return { [field]: { $in: [] } };
    return { [field]: wanted[0] === 1 ? true : { $ne: true } };
  }
  if (facet.kind === 'rank') return { [field]: { $in: wantedRanks(facet.ranks, condition) } };
  if ('equals' in condition) return { [field]: condition.equals };
  if ('oneOf' in condition) return { [field]: { $in: [...condition.oneOf] } };
  return { [field]: { $gte: condition.atLeast } };
}

/** The values of a ranked facet that a condition allows. */
export const wantedRanks = (ranks: readonly string[], condition: Condition): string[] =>
  ranks.filter((_, position) => holds(condition, position));

/** The values of a flag that a condition allows. */
export const wantedFlags = (condition: Condition): (0 | 1)[] =>
  ([0, 1] as const).filter((flag) => holds(condition, flag));

/** Whether a condition holds for a facet's value. */
export function holds(condition: Condition, value: FacetValue | undefined): boolean {
  if (value === undefined) return false;
  if ('atLeast' in condition) return typeof value === 'number' && value >= condition.atLeast;
  const wanted = 'equals' in condition ? [condition.equals] : condition.oneOf;
  return typeof value === 'object' ? value.some((one) => wanted.includes(one)) : wanted.includes(value);
}

function valueAt(document: object, path: string): unknown {
  let value: unknown = document;
  for (const part of path.split('.')) {
    if (typeof value !== 'object' || value === null) return undefined;
    value = (value as Record<string, unknown>)[part];
  }
  return value;
}
