/** Learning Engine: what earlier tasks taught, asked for by task, type, confidence or id. */
import { randomUUID } from 'node:crypto';
import { readFile, rename, rm, writeFile } from 'node:fs/promises';
import type { Filter } from 'mongodb';
import { z } from 'zod';
import { mongoTextRetriever } from '../retrieval/mongo-text.js';
import type { Retriever } from '../retrieval/retriever.js';
import { checkInput } from '../shared/check-input.js';
import { InvalidInputError, NotFoundError } from '../shared/errors.js';
import { TENANT_PATTERN } from '../shared/ids.js';
import { type Confidence, confidences, type LearningType, learningTypes } from '../shared/terms.js';
import type { Store } from '../store/store.js';
import { type ImportResult, importLearnings } from './import-learnings.js';
import { interactions } from './interactions.js';
import {
  confidencesFrom,
  LEARNINGS,
  type Learning,
  type LearningState,
  learningEvidence,
  learningStates,
  learnings,
} from './learning.js';
import { type RelevantLearning, rankMatches, signaturesIn } from './relevance.js';
import { parseExport, toExport } from './transfer.js';

/** Matches looked at of each way of matching. */
const MAX_MATCHES = 100;
/** Milliseconds a look-up for a task may take; the task goes on without it afterwards. */
export const LOOK_UP_DEADLINE_MS = 1_000;

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

/** The executions that a learning stands on, newest first. */
export interface EvidenceTrail {
  for: { executionId: string; at: Date }[];
  against: { executionId: string; at: Date }[];
}

const inUse: Filter<Learning> = { state: { $ne: 'retired' } };

export class LearningEngine {
  private readonly retriever: Retriever<Learning>;

  /**
   * @param retriever searches the learnings' texts; MongoDB's text index unless another is given
   * @throws InvalidInputError when the tenant's name is not one
   */
  constructor(
    private readonly store: Store,
    readonly tenant: string,
    retriever?: Retriever<Learning>,
  ) {
    if (!TENANT_PATTERN.test(tenant))
      throw new InvalidInputError('tenant', tenant, `text matching ${TENANT_PATTERN.source}`);
    this.retriever = retriever ?? mongoTextRetriever<Learning>(store, LEARNINGS);
  }

  /**
   * The learnings that fit a task, best first: by the errors it speaks of, its category and its words. None
   * when none fits. Writes nothing.
   *
   * @throws InvalidInputError when the task or an option does not fit
   * @throws StoreUnavailableError when MongoDB is away or does not answer within `timeoutMS`
   */
  async getRelevantLearnings(
    task: LearningTask,
    options: LearningLookUpOptions = {},
  ): Promise<RelevantLearning[]> {
    const { description, category, agentType, context } = checkInput(taskSchema, task, 'task');
    const { minConfidence, limit, timeoutMS } = checkInput(lookUpSchema, options, 'options');
    const where = { ...inUse, confidence: { $in: [...confidencesFrom(minConfidence)] } };
    const signatures = signaturesIn(description, context);
    const most = Math.max(MAX_MATCHES, limit);
    return this.store.run(async (deadline) => {
      const find = (filter: Filter<Learning>) =>
        learnings(this.store)
          .find({ ...filter, ...where, tenant: this.tenant }, deadline)
          .sort({ weight: -1 })
          .limit(most)
          .toArray();
      const [bySignature, byCategory, byText] = await Promise.all([
        signatures.length === 0 ? [] : find({ signature: { $in: signatures } }),
        category === undefined ? [] : find({ category }),
        this.retriever.search(this.tenant, description, { limit: most, where, ...deadline }),
      ]);
      return rankMatches({ bySignature, byCategory, byText }, agentType, limit);
    }, timeoutMS);
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
    const { patterns } = await this.get(id);
    const side = (speaksFor: boolean) =>
      this.store.run((options) =>
        learningEvidence(this.store)
          .find({ tenant: this.tenant, patternId: { $in: patterns }, for: speaksFor }, options)
          .sort({ at: -1, executionId: 1 })
          .limit(limit)
          .project<{ executionId: string; at: Date }>({ _id: 0, executionId: 1, at: 1 })
          .toArray(),
      );
    const [supporting, against] = await Promise.all([side(true), side(false)]);
    return { for: supporting, against };
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
  async exportTo(file: string): Promise<number> {
    const found = await this.store.run((options) =>
      learnings(this.store).find({ tenant: this.tenant }, options).sort({ _id: 1 }).toArray(),
    );
    const part = `${file}.${randomUUID()}.part`;
    try {
      await writeFile(part, `${JSON.stringify(toExport(found), null, 2)}\n`);
      await rename(part, file);
    } finally {
      await rm(part, { force: true });
    }
    return found.length;
  }

  /**
   * Reads learnings from a file that {@link exportTo} wrote, all or nothing; the same file again changes
   * nothing.
   *
   * @throws InvalidInputError naming file, line or field, the value and what is allowed
   */
  async importFrom(file: string): Promise<ImportResult> {
    const text = await readFile(file, 'utf8').catch((error: unknown) => {
      throw new InvalidInputError('file', file, `a file that can be read (${(error as Error).message})`);
    });
    return importLearnings(this.store, this.tenant, parseExport(text, file));
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
