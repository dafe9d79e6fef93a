/** The learnings: what the patterns add up to, as stored and as shown to an agent. */
import { createHash } from 'node:crypto';
import type { Document } from 'mongodb';
import { textIndex } from '../retrieval/mongo-text.js';
import type { Lesson, LessonAction } from '../shared/agent-contract.js';
import { type Confidence, confidences, type LearningType } from '../shared/terms.js';
import { type CollectionIndexes, counterIndexes } from '../store/indexes.js';
import type { Store } from '../store/store.js';
import { type JudgedKind, PATTERNS } from './patterns.js';
import { type PatternCounts, rateOf } from './verdict.js';

/** A candidate cannot be told from chance yet; a retired one is kept for the record and never shown. */
export const learningStates = ['candidate', 'asserted', 'retired'] as const;
export type LearningState = (typeof learningStates)[number];

/** What a learning says; a change of any of it makes a new version. */
export interface LearningContent {
  type: LearningType;
  title: string;
  /** When it applies. */
  condition: string;
  advice: string;
  /** Category it belongs to; of a recovery, the one where its error is seen most. */
  category: string | null;
  /** Error signature that it answers. */
  signature: string | null;
  action: LessonAction | null;
  verb: LessonAction['verb'];
  state: LearningState;
  /** Why it was retired. */
  retiredBecause: string | null;
  confidence: Confidence;
  counts: PatternCounts;
  /** Corrected for all patterns that were judged with it. */
  pValue: number;
  /** What a search looks through: only words that tell it apart. */
  text: string;
  /** Pattern it was drawn from; `action` is null for one drawn from several groups. */
  pattern: { kind: JudgedKind; group: string | null; action: string };
  /** Ids of the patterns whose executions are its evidence. */
  patterns: string[];
  /** Order among learnings that fit a task equally well, 0 to 1. */
  weight: number;
}

export interface Learning extends LearningContent, Document {
  /** `<tenant>|<id>` */
  _id: string;
  tenant: string;
  id: string;
  version: number;
  /** Imported ones stand on counts made elsewhere, until this tenant has its own. */
  origin: 'extracted' | 'imported';
  /** Agent types that it was observed of. */
  agentTypes: string[];
  firstSeen: Date;
  lastSeen: Date;
}

/** One execution that speaks for a pattern or against it. */
export interface LearningEvidence extends Document {
  /** `<tenant>|<patternId>|<executionId>` */
  _id: string;
  tenant: string;
  patternId: string;
  executionId: string;
  for: boolean;
  agentTypes: string[];
  /** End of the execution. */
  at: Date;
}

export const LEARNINGS = 'learnings';
export const learnings = (store: Store) => store.collection<Learning>(LEARNINGS);
export const learningEvidence = (store: Store) => store.collection<LearningEvidence>('learningEvidence');

export const learningIndexes: CollectionIndexes[] = [
  {
    collection: 'interactions',
    indexes: [
      { key: { tenant: 1, taskId: 1, endedAt: -1 } },
      { key: { tenant: 1, endedAt: -1 } },
      { key: { tenant: 1, 'analysis.category': 1, endedAt: -1 } },
      { key: { tenant: 1, 'attempts.agentType': 1, endedAt: -1 } },
    ],
  },
  counterIndexes(PATTERNS, 'kind', 'group'),
  {
    collection: LEARNINGS,
    indexes: [
      textIndex,
      { key: { tenant: 1, signature: 1 } },
      { key: { tenant: 1, category: 1, weight: -1 } },
      { key: { tenant: 1, type: 1, weight: -1 } },
      { key: { tenant: 1, 'pattern.kind': 1, 'pattern.group': 1 } },
      { key: { tenant: 1, weight: -1 } },
    ],
  },
  { collection: 'learningEvidence', indexes: [{ key: { tenant: 1, patternId: 1, at: -1 } }] },
];

/** Short id of a learning: the same pattern read the same way always has the same. */
export function learningId(
  type: LearningType,
  verb: LessonAction['verb'],
  group: string | null,
  action: string,
): string {
  return createHash('sha256')
    .update(JSON.stringify([type, verb, group, action]))
    .digest('hex')
    .slice(0, 16);
}

/** The confidences from a least one up. */
export const confidencesFrom = (least: Confidence): readonly Confidence[] =>
  confidences.slice(confidences.indexOf(least));

const confidenceWeights: Record<Confidence, number> = { LOW: 0.3, MEDIUM: 0.6, HIGH: 0.85, VERY_HIGH: 1 };

/** What not to do leaves open what to do. */
const AVOIDING = 0.6;

/** How much a learning is worth showing: how sure it is, and how well it goes when it is followed. */
export function weightOf(
  verdict: Pick<LearningContent, 'verb' | 'confidence' | 'counts' | 'pValue'>,
): number {
  const { n, successes } = verdict.counts;
  // Laplace's rule: three of three is not yet a certainty.
  const rate = (successes + 1) / (n + 2);
  const followed = verdict.verb === 'prefer' ? rate : AVOIDING * (1 - rate);
  return confidenceWeights[verdict.confidence] * followed * (1 - verdict.pValue / 2);
}

/** A learning as it is shown to an agent. */
export function toLesson(learning: Learning): Lesson {
  return {
    id: learning.id,
    version: learning.version,
    type: learning.type,
    title: learning.title,
    condition: learning.condition,
    advice: learning.advice,
    confidence: learning.confidence,
    state: learning.state === 'asserted' ? 'asserted' : 'candidate',
    ...(learning.counts.n > 0 ? { successRate: rateOf(learning.counts.successes, learning.counts.n) } : {}),
    ...(learning.signature === null ? {} : { signature: learning.signature }),
    ...(learning.action === null ? {} : { action: learning.action }),
  };
}
