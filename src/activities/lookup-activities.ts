/** The steps before the agents: analysis, and the look-ups of strategy, learnings and knowledge. */
import { ApplicationFailure } from '@temporalio/common';
import { assignOffers } from '../evidence/withholding.js';
import { excerptOf } from '../knowledge/collections.js';
import { findRelevantKnowledge } from '../knowledge/search.js';
import { toLesson } from '../learning/learning.js';
import { LearningEngine } from '../learning/learning-engine.js';
import type { LookupActivities, LookupRequest } from '../shared/activities.js';
import { ErrorType, InvalidInputError } from '../shared/errors.js';
import { StoreUnavailableError } from '../store/store.js';
import { learningModeOf } from '../store/tenants.js';
import { AdaptiveStrategy } from '../strategy/adaptive-strategy.js';
import { enough } from './beside-learnings.js';
import type { ActivityDependencies } from './dependencies.js';

/** Milliseconds a look-up may take: a task rather goes on without. */
export const LOOKUP_DEADLINE_MS = 800;
const MAX_LESSONS = 10;
/** Items that a task is offered at most. */
export const MAX_KNOWLEDGE = 5;

/** Makes the activities; none of them writes. */
export function lookupActivities(
  deps: Pick<ActivityDependencies, 'store' | 'offer' | 'config' | 'searchAttributes'>,
): LookupActivities {
  const { store, offer, config } = deps;
  return {
    async analyzeTask(input) {
      checkInput(input.description);
      const strategy = new AdaptiveStrategy(store, input.tenant, offer);
      // What is asked for next is read meanwhile: where the store is slow or away, tasks wait for it once.
      if (input.learning === undefined || input.learning === 'full')
        strategy.readAhead(LOOKUP_DEADLINE_MS, input.plan === undefined);
      const learning =
        input.learning ?? (await learningModeOf(store, input.tenant, config.learning, LOOKUP_DEADLINE_MS));
      const past = { learning, deadlineMs: LOOKUP_DEADLINE_MS };
      const analysis = await strategy.analyzeTask(input.description, input.context, past);
      return { analysis, learning, searchAttributes: await deps.searchAttributes() };
    },

    async selectStrategy({ tenant, ...request }, deadlineMs = LOOKUP_DEADLINE_MS) {
      const strategy = new AdaptiveStrategy(store, tenant, offer);
      return asFailure(async () => {
        try {
          return { choice: await strategy.selectStrategy(request, deadlineMs), missing: false };
        } catch (error) {
          if (!(error instanceof StoreUnavailableError)) throw error;
          return { choice: strategy.fallbackChoice(request, 'the store is out of reach'), missing: true };
        }
      });
    },

    findLearnings: (
      { tenant, executionId, description, context, category }: LookupRequest,
      deadlineMs = LOOKUP_DEADLINE_MS,
    ) =>
      asFailure(async () => {
        const engine = new LearningEngine(store, tenant);
        const found = await engine.getRelevantLearnings(
          { description, context, category },
          { limit: MAX_LESSONS, timeoutMS: deadlineMs },
        );
        const offered = assignOffers(
          found.map(({ learning: { id, version }, score }) => ({ id, version, score })),
          config.withholding.share,
          executionId,
        );
        const lessons = found
          .filter((_, index) => offered[index]?.shown)
          .map(({ learning }) => toLesson(learning));
        return { offered, lessons };
      }),

    queryKnowledge: (
      { tenant, executionId, description, category }: LookupRequest,
      deadlineMs = LOOKUP_DEADLINE_MS,
    ) =>
      asFailure(async () => {
        const relevant = await findRelevantKnowledge(store, tenant, {
          text: description,
          category,
          limit: 2 * MAX_KNOWLEDGE,
          timeoutMS: deadlineMs,
        });
        // Learnings are looked up at the same time: which of them are offered is not known yet.
        const found = enough(relevant, MAX_KNOWLEDGE);
        const madeFrom = Object.fromEntries(
          found.flatMap(({ item: { id, learningId } }) => (learningId === null ? [] : [[id, learningId]])),
        );
        const offered = assignOffers(
          found.map(({ item: { id, version }, score }) => ({ id, version, score })),
          config.withholding.share,
          executionId,
        );
        return {
          offered,
          items: found.filter((_, index) => offered[index]?.shown).map(({ item }) => excerptOf(item)),
          madeFrom,
        };
      }),
  };
}

function checkInput(description: unknown): void {
  if (typeof description !== 'string' || description.trim() === '')
    throw asApplicationFailure(new InvalidInputError('description', description, 'a text that is not empty'));
}

/** Errors that no retry mends become non-retryable failures with a type; all others stay as they are. */
async function asFailure<T>(step: () => Promise<T>): Promise<T> {
  try {
    return await step();
  } catch (error) {
    throw error instanceof InvalidInputError ? asApplicationFailure(error) : error;
  }
}

function asApplicationFailure(error: InvalidInputError): ApplicationFailure {
  const type = error.field === 'agent' ? ErrorType.unknownAgent : ErrorType.invalidInput;
  return ApplicationFailure.nonRetryable(error.message, type);
}
