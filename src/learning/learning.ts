/** The learnings: what the patterns add up to, as stored and as shown to an agent. */
import { createHash } from 'node:crypto';
import type { Document } from 'mongodb';
import { textIndex } from '../retrieval/mongo-text.js';
import type { Lesson, LessonAction } from '../shared/agent-contract.js';
import { type Confidence, confidences, type LearningType } from '../shared/terms.js';
import type { CollectionIndexes } from '../store/indexes.js';
import type { Store } from '../store/store.js';
import type { PatternCounts } from './inference/verdict.js';
import { learningVersionIndexes } from './learning-versions.js';
import { observationIndexes } from './observations.js';
import type { ObservedKind } from './observations-of.js';

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
  /** Runs with the pattern and without it; of a recovery, tries. */
  counts: PatternCounts;
  /** Of {@link counts}, those that its words give: they are renewed with a new version. */
  stated: PatternCounts;
  /** Tasks that tell. 0 where nothing was observed yet. */
  tasks: number;
  /** Difference that it makes to the rate of success, -1 to 1; null where that is not what was compared. */
  effect: number | null;
  /** 95% interval of {@link effect}. */
  interval: readonly [number, number] | null;
  /** Whether trials of the same task were compared or tasks with each other; null where nothing was. */
  compared: 'trials' | 'tasks' | null;
  /** Of an OPTIMIZATION, what it saves. */
  pace: Pace | null;
  /** Corrected for all that was judged with it. */
  pValue: number;
  /** What a search looks through: only words that tell it apart. */
  text: string;
  /** Pattern that it was drawn from, `action` the key of its feature; `group` is null for one drawn from several. */
  pattern: { kind: ObservedKind; group: string | null; action: string };
  /** Groups whose observations with the pattern are its evidence. */
  groups: string[];
  /** Keys of features that nearly the same runs show: it speaks for them too. */
  aliases: string[];
  /** Id of the sharper learning that took its place; it is retired then. */
  supersededBy: string | null;
  /** Order among learnings that fit a task equally well, 0 to 1. */
  weight: number;
}

/** What the successes with a pattern need, as a share of what those without it need. */
export interface Pace {
  measure: 'iterations' | 'durationMs' | 'cost';
  /** Below 1: less. */
  ratio: number;
  /** 95% interval of the ratio. */
  interval: readonly [number, number];
}

/** What people want of a learning; theirs alone to change. */
export interface LearningControl {
  /** Never shown. */
  disabled: boolean;
  /** Shown first where it fits, and never retired by rule. */
  pinned: boolean;
  /** Words in place of the rule's. */
  edits: { title?: string; condition?: string; advice?: string } | null;
}
export const NO_CONTROL: LearningControl = { disabled: false, pinned: false, edits: null };

export interface Learning extends LearningContent, Document {
  /** `<tenant>|<id>` */
  _id: string;
  tenant: string;
  id: string;
  version: number;
  /**
   * Imported ones stand on counts made elsewhere, until this tenant has its own; added ones on the word of the
   * person who did, until their use is measured.
   */
  origin: 'extracted' | 'imported' | 'added';
  control: LearningControl;
  /** Agent types that it was observed of. */
  agentTypes: string[];
  firstSeen: Date;
  lastSeen: Date;
}

export const LEARNINGS = 'learnings';
export const learnings = (store: Store) => store.collection<Learning>(LEARNINGS);

export const learningIndexes: CollectionIndexes[] = [
  {
    collection: 'interactions',
    indexes: [
      { key: { tenant: 1, taskId: 1, endedAt: -1 } },
      { key: { tenant: 1, endedAt: -1 } },
      { key: { tenant: 1, 'analysis.category': 1, endedAt: -1 } },
      { key: { tenant: 1, 'attempts.agentType': 1, endedAt: -1 } },
      // Half a millisecond a record, so that the tasks of a learning are found without reading all of them.
      {
        key: { tenant: 1, 'learnings.id': 1, endedAt: -1 },
        partialFilterExpression: { 'learnings.id': { $exists: true } },
      },
    ],
  },
  ...observationIndexes,
  learningVersionIndexes,
  {
    collection: LEARNINGS,
    indexes: [
      textIndex,
      { key: { tenant: 1, signature: 1 } },
      { key: { tenant: 1, category: 1, weight: -1 } },
      { key: { tenant: 1, type: 1, weight: -1 } },
      { key: { tenant: 1, 'pattern.kind': 1, 'pattern.group': 1 } },
      { key: { tenant: 1, weight: -1 } },
      { key: { tenant: 1, confidence: 1, state: 1, _id: 1 } },
    ],
  },
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

/** What the lesson of a learning is made of. */
export type ShownLearning = Pick<
  Learning,
  | 'id'
  | 'version'
  | 'type'
  | 'title'
  | 'condition'
  | 'advice'
  | 'confidence'
  | 'state'
  | 'stated'
  | 'signature'
  | 'action'
  | 'control'
>;

/** A learning as it is shown to an agent, in a person's words where there are any. */
export function toLesson(learning: ShownLearning): Lesson {
  const { stated } = learning;
  return {
    id: learning.id,
    version: learning.version,
    type: learning.type,
    title: learning.control.edits?.title ?? learning.title,
    condition: learning.control.edits?.condition ?? learning.condition,
    advice: learning.control.edits?.advice ?? learning.advice,
    confidence: learning.confidence,
    state: learning.state === 'asserted' ? 'asserted' : 'candidate',
    ...(stated.n > 0 ? { successRate: stated.successes / stated.n } : {}),
    ...(learning.signature === null ? {} : { signature: learning.signature }),
    ...(learning.action === null ? {} : { action: learning.action }),
  };
}
