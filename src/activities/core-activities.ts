/** The quick steps around the agents: analysis, look-ups and recording. */
import { Context } from '@temporalio/activity';
import { ApplicationFailure } from '@temporalio/common';
import { assignOffers } from '../evidence/withholding.js';
import { excerptOf } from '../knowledge/collections.js';
import { findRelevantKnowledge } from '../knowledge/search.js';
import { toLesson } from '../learning/learning.js';
import { LearningEngine } from '../learning/learning-engine.js';
import { RECORDING_DEADLINE_MS, recordExecution } from '../recording/record-execution.js';
import type { CoreActivities, LookupRequest } from '../shared/activities.js';
import { ErrorType, InvalidInputError } from '../shared/errors.js';
import { StoreUnavailableError } from '../store/store.js';
import { learningModeOf } from '../store/tenants.js';
import { AdaptiveStrategy } from '../strategy/adaptive-strategy.js';
import type { ActivityDependencies } from './dependencies.js';

/** Milliseconds a look-up may take: a task rather goes on without. */
const LOOKUP_DEADLINE_MS = 800;
/** Milliseconds the quick try to record may take before the record is handed to its own workflow. */
const QUICK_RECORD_DEADLINE_MS = 3_000;
/** The same where a look-up had no answer: the store is likely still away, and the task has waited for it. */
const DOUBTFUL_RECORD_DEADLINE_MS = 500;
const MAX_LESSONS = 10;
const MAX_KNOWLEDGE = 5;

/** Makes the activities that run beside the workflow, as local activities. */
export function coreActivities(deps: ActivityDependencies): CoreActivities {
  const { store, offer, config, redactor } = deps;
  const lookUp = async <T>(find: () => Promise<T>): Promise<T> => asFailure(find);
  return {
    async analyzeTask(input) {
      checkInput(input.description);
      const strategy = new AdaptiveStrategy(store, input.tenant, offer);
      const analysis = strategy.analyzeTask(input.description, input.context);
      const learning =
        input.learning ?? (await learningModeOf(store, input.tenant, config.learning, LOOKUP_DEADLINE_MS));
      return { analysis, learning, searchAttributes: await deps.searchAttributes() };
    },

    async selectStrategy({ tenant, ...request }) {
      const strategy = new AdaptiveStrategy(store, tenant, offer);
      return asFailure(async () => {
        try {
          return { choice: await strategy.selectStrategy(request, LOOKUP_DEADLINE_MS), missing: false };
        } catch (error) {
          if (!(error instanceof StoreUnavailableError)) throw error;
          return { choice: strategy.fallbackChoice(request, 'the store is out of reach'), missing: true };
        }
      });
    },

    findLearnings: ({ tenant, executionId, description, category }: LookupRequest) =>
      lookUp(async () => {
        const engine = new LearningEngine(store, tenant);
        const found = await engine.getRelevantLearnings(
          { description, category },
          { limit: MAX_LESSONS, timeoutMS: LOOKUP_DEADLINE_MS },
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

    queryKnowledge: ({ tenant, executionId, description, category }: LookupRequest) =>
      lookUp(async () => {
        const found = await findRelevantKnowledge(store, tenant, {
          text: description,
          category,
          limit: MAX_KNOWLEDGE,
          timeoutMS: LOOKUP_DEADLINE_MS,
        });
        const offered = assignOffers(
          found.map(({ item: { id, version }, score }) => ({ id, version, score })),
          config.withholding.share,
          executionId,
        );
        return {
          offered,
          items: found.filter((_, index) => offered[index]?.shown).map(({ item }) => excerptOf(item)),
        };
      }),

    // Agents of other workers report unredacted, and what they report goes into the store here.
    recordExecution: (record) => {
      // The recorder's own activity runs without this hurry: it has nobody waiting.
      const inHurry = Context.current().info.isLocal;
      const quick = record.missing.length > 0 ? DOUBTFUL_RECORD_DEADLINE_MS : QUICK_RECORD_DEADLINE_MS;
      const deadlineMs = inHurry ? quick : RECORDING_DEADLINE_MS;
      return asFailure(() => recordExecution(store, redactor.value(record), undefined, deadlineMs));
    },
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
