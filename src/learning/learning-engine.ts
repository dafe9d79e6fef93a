/** Learning Engine: what earlier tasks taught, asked for by task, type, confidence or id. */
import type { Filter } from 'mongodb';
import { z } from 'zod';
import type { Filter as SearchFilter } from '../retrieval/filter.js';
import type { Retriever } from '../retrieval/retriever.js';
import { retrieverFor } from '../retrieval/retriever-of.js';
import { checkInput } from '../shared/check-input.js';
import { InvalidInputError, NotFoundError } from '../shared/errors.js';
import { TENANT_PATTERN } from '../shared/ids.js';
import { createRedactor, type Redactor } from '../shared/redact.js';
import { type Confidence, confidences, type LearningType, learningTypes } from '../shared/terms.js';
import type { Store } from '../store/store.js';
import { addLearning, type NewLesson } from './add-learning.js';
import type { AuditReport } from './audit.js';
import { type AuditOptions, auditTenant } from './audit-tenant.js';
import { chooseLearnings } from './choose-learnings.js';
import {
  type ActOptions,
  type ActResult,
  type ControlScope,
  editLearning,
  type LearningEdit,
  switchLearning,
  undoEdit,
} from './control.js';
import { actsOn, type LearningAct, latestActs } from './control-log.js';
import { type EvidenceTrail, evidenceOfLearning } from './evidence-trail.js';
import type { ImportOptions, ImportResult } from './import-learnings.js';
import { indexedLearnings } from './indexed-learnings.js';
import { interactions } from './interactions.js';
import { confidencesFrom, type Learning, type LearningState, learningStates, learnings } from './learning.js';
import { liftsOf } from './lifts.js';
import { fitsOf, LEAST_RELEVANCE, type RelevantLearning, signaturesIn, worthOf } from './relevance.js';
import { type LearningTrace, traceLearning } from './trace.js';
import { exportToFile, importFromFile } from './transfer-files.js';

/** Matches looked at of each way of matching. */
const MAX_MATCHES = 100;
/** Milliseconds a look-up for a task may take; the task goes on without it afterwards. */
const LOOK_UP_DEADLINE_MS = 1_000;

const limitSchema = z.number().int().min(1).max(10_000);
const taskSchema = z.object({
  description: z.string().min(1),
  category: z.string().min(1).optional(),
  agentType: z.string().min(1).optional(),
  context: z.record(z.string(), z.json()).optional(),
});
const lookUpSchema = z.object({
  minConfidence: z.enum(confidences).default('LOW'),
  limit: limitSchema.default(10),
  /** Tokens that all of them may take in a prompt. */
  maxTokens: z.number().int().min(1).default(2_000),
  timeoutMS: z.number().positive().default(LOOK_UP_DEADLINE_MS),
});
const listSchema = z.object({
  state: z.enum(learningStates).optional(),
  type: z.enum(learningTypes).optional(),
  limit: limitSchema.default(100),
});

/** The task that learnings are wanted for. */
export type LearningTask = z.input<typeof taskSchema>;
export type LearningLookUpOptions = z.input<typeof lookUpSchema>;
export type LearningListOptions = z.input<typeof listSchema>;

export interface LearningStatistics {
  totalInteractions: number;
  totalLearnings: number;
  byType: Record<LearningType, number>;
  byState: Record<LearningState, number>;
  /** Of those not retired. */
  byConfidence: Record<Confidence, number>;
}

const inUse: Filter<Learning> = { state: { $ne: 'retired' } };

export class LearningEngine {
  private readonly retriever: Retriever<Learning>;
  private readonly scope: ControlScope;

  /**
   * @param retriever searches the learnings; the store's search service unless another is given
   * @param redactor takes secrets out of what people write
   * @throws InvalidInputError when the tenant's name is not one
   */
  constructor(
    private readonly store: Store,
    readonly tenant: string,
    retriever?: Retriever<Learning>,
    redactor: Redactor = createRedactor(),
  ) {
    if (!TENANT_PATTERN.test(tenant))
      throw new InvalidInputError('tenant', tenant, `text matching ${TENANT_PATTERN.source}`);
    this.scope = { store, tenant, redactor };
    this.retriever = retriever ?? retrieverFor(store, indexedLearnings);
  }

  /**
   * The learnings that fit a task: by the errors it speaks of, its category, its words and their meaning. Those
   * that people pinned come first, then the others by how well they fit and what they are worth: how sure they
   * are, what showing them has been measured to change, how lately they were seen. None says the same as another,
   * and all of them fit `maxTokens`. None when none fits. Writes nothing.
   *
   * @throws InvalidInputError when the task or an option does not fit
   * @throws StoreUnavailableError when MongoDB is away or does not answer within `timeoutMS`
   */
  async getRelevantLearnings(
    task: LearningTask,
    options: LearningLookUpOptions = {},
  ): Promise<RelevantLearning[]> {
    const { description, category, agentType, context } = checkInput(taskSchema, task, 'task');
    const { minConfidence, limit, maxTokens, timeoutMS } = checkInput(lookUpSchema, options, 'options');
    const where: SearchFilter = [
      { facet: 'state', oneOf: learningStates.filter((state) => state !== 'retired') },
      { facet: 'disabled', equals: 0 },
      { facet: 'confidence', atLeast: confidences.indexOf(minConfidence) },
    ];
    const signatures = signaturesIn(description, context);
    const limits = { limit: Math.max(MAX_MATCHES, limit), timeoutMS };
    const { retriever, tenant } = this;
    const [bySignature, byCategory, byText] = await Promise.all([
      signatures.length === 0
        ? []
        : retriever.find(tenant, [...where, { facet: 'signature', oneOf: signatures }], limits),
      category === undefined
        ? []
        : retriever.find(tenant, [...where, { facet: 'category', equals: category }], limits),
      retriever.search(tenant, description, { where, ...limits }),
    ]);
    const fitting = fitsOf({ bySignature, byCategory, byText }, category).filter(
      ({ relevance }) => relevance >= LEAST_RELEVANCE,
    );
    const lifts = await liftsOf(this.store, tenant, fitting, timeoutMS);
    const worth = { agentType, lifts, now: Date.now() };
    const ranked = fitting.map(({ learning, relevance }) => ({
      learning,
      relevance,
      score: relevance * worthOf(learning, worth),
    }));
    return chooseLearnings(ranked, { limit, maxTokens });
  }

  /** Learnings of a type in use, the weightiest first. */
  getLearningsByType(type: LearningType, limit = 100): Promise<Learning[]> {
    checkInput(z.enum(learningTypes), type, 'type');
    return this.find({ ...inUse, type }, checkInput(limitSchema, limit, 'limit'));
  }

  /** Learnings in use of confidence HIGH and VERY_HIGH, the weightiest first. */
  getHighConfidenceLearnings(limit = 100): Promise<Learning[]> {
    const confidence = { $in: [...confidencesFrom('HIGH')] };
    return this.find({ ...inUse, confidence }, checkInput(limitSchema, limit, 'limit'));
  }

  /** Learnings in any state unless one is named, the weightiest first. */
  list(options: LearningListOptions = {}): Promise<Learning[]> {
    const { state, type, limit } = checkInput(listSchema, options, 'options');
    return this.find(
      { ...(state === undefined ? {} : { state }), ...(type === undefined ? {} : { type }) },
      limit,
    );
  }

  /** @throws NotFoundError when the tenant has no such learning */
  async get(id: string): Promise<Learning> {
    const found = await this.store.run((options) =>
      learnings(this.store).findOne({ _id: `${this.tenant}|${id}`, tenant: this.tenant }, options),
    );
    if (found === null) throw new NotFoundError('learning', id);
    return found;
  }

  /**
   * The executions that speak for and against a learning.
   *
   * @param limit at most so many of each
   * @throws NotFoundError when the tenant has no such learning
   */
  async evidence(id: string, limit = 100): Promise<EvidenceTrail> {
    checkInput(limitSchema, limit, 'limit');
    return evidenceOfLearning(this.store, await this.get(id), limit);
  }

  /** How much was recorded and learned. */
  async getStatistics(): Promise<LearningStatistics> {
    const { tenant } = this;
    const [totalInteractions, rows] = await this.store.run((options) =>
      Promise.all([
        interactions(this.store).countDocuments({ tenant, parts: 'learning' }, options),
        learnings(this.store)
          .aggregate<{ _id: Pick<Learning, 'type' | 'state' | 'confidence'>; count: number }>(
            [
              { $match: { tenant } },
              {
                $group: {
                  _id: { type: '$type', state: '$state', confidence: '$confidence' },
                  count: { $sum: 1 },
                },
              },
            ],
            options,
          )
          .toArray(),
      ]),
    );
    const sum = (fits: (row: Pick<Learning, 'type' | 'state' | 'confidence'>) => boolean): number =>
      rows.reduce((total, { _id, count }) => total + (fits(_id) ? count : 0), 0);
    const counted = <K extends string>(keys: readonly K[], fits: (key: K) => number): Record<K, number> =>
      Object.fromEntries(keys.map((key) => [key, fits(key)])) as Record<K, number>;
    return {
      totalInteractions,
      totalLearnings: sum(() => true),
      byType: counted(learningTypes, (type) => sum((row) => row.type === type)),
      byState: counted(learningStates, (state) => sum((row) => row.state === state)),
      byConfidence: counted(confidences, (confidence) =>
        sum((row) => row.confidence === confidence && row.state !== 'retired'),
      ),
    };
  }

  /**
   * Writes all learnings to a JSON file, whole or not at all.
   *
   * @returns how many
   */
  exportTo(file: string): Promise<number> {
    return exportToFile(this.store, this.tenant, file);
  }

  /**
   * Reads learnings from a file that {@link exportTo} wrote, all or nothing; the same file again changes
   * nothing. What the tenant observed or decided itself stays.
   *
   * @throws InvalidInputError naming file, line or field, the value and what is allowed
   */
  importFrom(file: string, options: ImportOptions = {}): Promise<ImportResult> {
    return importFromFile(this.scope, file, options);
  }

  /** Takes a learning out of use: from the next look-up on, no task is offered it. */
  disable(id: string, options: ActOptions): Promise<ActResult> {
    return switchLearning(this.scope, id, 'disable', options);
  }

  /** Brings a disabled learning back into use. */
  enable(id: string, options: ActOptions): Promise<ActResult> {
    return switchLearning(this.scope, id, 'enable', options);
  }

  /** Shows a learning before others where it fits, and keeps it whatever the rules say. */
  pin(id: string, options: ActOptions): Promise<ActResult> {
    return switchLearning(this.scope, id, 'pin', options);
  }

  /** Leaves a pinned learning to the rules again. */
  unpin(id: string, options: ActOptions): Promise<ActResult> {
    return switchLearning(this.scope, id, 'unpin', options);
  }

  /** Puts a person's words in place of the rule's; a new version. */
  edit(id: string, edit: LearningEdit, options: ActOptions): Promise<ActResult> {
    return editLearning(this.scope, id, edit, options);
  }

  /** Takes the latest edit back, and when called again the one before it. */
  undoEdit(id: string, options: ActOptions): Promise<ActResult> {
    return undoEdit(this.scope, id, options);
  }

  /** Adds a lesson of a person's own; the same again changes nothing. */
  add(lesson: NewLesson, options: Omit<ActOptions, 'expectedVersion'>): Promise<ActResult> {
    return addLearning(this.scope, lesson, options);
  }

  /** What people did to one learning, or to any: the newest first. */
  async history(id?: string, limit = 100): Promise<LearningAct[]> {
    checkInput(limitSchema, limit, 'limit');
    if (id === undefined) return latestActs(this.store, this.tenant, limit);
    await this.get(id);
    const acts = await this.store.run((options) => actsOn(this.store, this.tenant, id, options));
    return acts.toReversed().slice(0, limit);
  }

  /**
   * The tasks that a learning was offered to, how they went, what agents read, and the lift.
   *
   * @param limit tasks at most, the newest
   * @throws NotFoundError when the tenant has no such learning
   */
  async trace(id: string, limit = 100): Promise<LearningTrace> {
    checkInput(limitSchema, limit, 'limit');
    return traceLearning(this.store, await this.get(id), limit);
  }

  /** Which learnings are not worth keeping as they are, why, and what to do. Writes nothing. */
  audit(options: AuditOptions = {}): Promise<AuditReport> {
    return auditTenant(this.store, this.tenant, options);
  }

  private find(filter: Filter<Learning>, limit: number): Promise<Learning[]> {
    return this.store.run((options) =>
      learnings(this.store)
        .find({ ...filter, tenant: this.tenant }, options)
        .sort({ weight: -1, _id: 1 })
        .limit(limit)
        .toArray(),
    );
  }
}
