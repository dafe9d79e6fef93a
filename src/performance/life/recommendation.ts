/** Recommendations as stored: one a type, agent and category, with what became of it. */
import type { CollectionIndexes } from '../../store/indexes.js';
import type { Store } from '../../store/store.js';
import type { Advice, Promise90, PromisedMetric, Tested } from '../advice/candidate.js';

/**
 * `open` until somebody decides; `accepted` when it is to be followed, `applied` from when it is, `verified` when it
 * has been measured what came of it. `dismissed` by a person, `closed` when it held no longer before anybody decided.
 */
export const recommendationStates = [
  'open',
  'accepted',
  'applied',
  'verified',
  'dismissed',
  'closed',
] as const;
export type RecommendationState = (typeof recommendationStates)[number];

/**
 * What came of a promise: `kept`, `partly` (it is better, but surely by less than promised), `broken` (no better, and
 * surely by less than promised; or worse), `unclear` (too few executions came in too long a time).
 */
export const verdicts = ['kept', 'partly', 'broken', 'unclear'] as const;
export type Verdict = (typeof verdicts)[number];

/** The improvement that was measured, beside what was promised of it. */
export interface Measured {
  metric: PromisedMetric;
  /** Null until enough is known. */
  value: number | null;
  low: number | null;
  high: number | null;
  /** Executions since that are as the advice wants them, and those that they are compared with. */
  after: number;
  before: number;
}

/** A decision, by whom and when. */
export interface Decision {
  by: string;
  at: Date;
  reason?: string;
}

/** What could go better, how much better it would be, and what became of the advice. */
export interface Recommendation extends Advice {
  /** `<type>:<agentType>:<category>` */
  id: string;
  state: RecommendationState;
  /** Times that it was open: advice that was verified or closed may come again. */
  round: number;
  openedAt: Date;
  updatedAt: Date;
  accepted?: Decision;
  applied?: Decision;
  dismissed?: Decision;
  /** What accepting it changed, one sentence each. */
  changes?: string[];
  /** What was promised when it was accepted, and what came of it so far. */
  promised?: Promise90;
  measured?: Measured;
  /** Times that it was measured: each asks for more certainty. */
  looks?: number;
  verdict?: Verdict;
}

export interface RecommendationDocument extends Recommendation {
  /** `<tenant>|<id>` */
  _id: string;
  tenant: string;
}

/** The latest tests of a category: all tests of a tenant are judged together. */
export interface TestedDocument extends Tested {
  /** `<tenant>|<category>` */
  _id: string;
  tenant: string;
}

export const recommendations = (store: Store) => store.collection<RecommendationDocument>('recommendations');
export const testedCategories = (store: Store) => store.collection<TestedDocument>('testedCategories');

export const recommendationIndexes: CollectionIndexes[] = [
  {
    collection: 'recommendations',
    indexes: [{ key: { tenant: 1, state: 1, priority: -1 } }, { key: { tenant: 1, category: 1, state: 1 } }],
  },
  { collection: 'testedCategories', indexes: [{ key: { tenant: 1 } }] },
];

/** The same id for the same advice, so that a later run updates it. */
export const recommendationId = ({
  type,
  agentType,
  category,
}: Pick<Advice, 'type' | 'agentType' | 'category'>): string =>
  [type, agentType, category].map(encodeURIComponent).join(':');

export const recommendationKey = (tenant: string, id: string): string => `${tenant}|${id}`;

/** Without what only the store needs. */
export function publicRecommendation({
  _id: _key,
  tenant: _tenant,
  ...recommendation
}: RecommendationDocument): Recommendation {
  return recommendation;
}
