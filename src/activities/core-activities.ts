/** The quick steps around the agents: all that is needed before them, and the record after them. */
import { Context } from '@temporalio/activity';
import { ApplicationFailure } from '@temporalio/common';
import { isUnstorable, keepRecord } from '../recording/keep-record.js';
import { RECORDING_DEADLINE_MS } from '../recording/record-execution.js';
import type {
  CoreActivities,
  LookupActivities,
  PreparedTask,
  StrategyRequest,
} from '../shared/activities.js';
import { ErrorType, UnknownAgentError } from '../shared/errors.js';
import type { TaskInput } from '../shared/task.js';
import { type PlanOffer, plannedAgent } from '../strategy/plans.js';
import { besideLearnings } from './beside-learnings.js';
import type { ActivityDependencies } from './dependencies.js';
import { LOOKUP_DEADLINE_MS, MAX_KNOWLEDGE } from './lookup-activities.js';
import { shareAtOnce } from './share-at-once.js';

/** Milliseconds that analysis and look-ups may take together, but for a least that is left to the look-ups. */
const PREPARE_DEADLINE_MS = 1_200;
const LEAST_LOOKUP_MS = 400;
/** Milliseconds the quick try to record may take before the record is handed to its own workflow. */
const QUICK_RECORD_DEADLINE_MS = 3_000;
/** The same where a look-up had no answer: the store is likely still away, and the task has waited for it. */
const DOUBTFUL_RECORD_DEADLINE_MS = 500;

/** Makes the activities that run beside the workflow, as local activities. */
export function coreActivities(
  deps: Pick<ActivityDependencies, 'store' | 'redactor' | 'offer' | 'config'>,
  lookups: LookupActivities,
): CoreActivities {
  const { store, redactor, offer } = deps;
  return {
    prepareTask: async (input, executionId) => {
      const prepared = await prepareTask(lookups, input, executionId);
      return withVerifiers(prepared, input, offer);
    },

    // Agents of other workers report unredacted, and what they report goes into the store here.
    recordExecution: async (record) => {
      // The recorder's own activity runs without this hurry: it has nobody waiting.
      const inHurry = Context.current().info.isLocal;
      const quick = record.missing.length > 0 ? DOUBTFUL_RECORD_DEADLINE_MS : QUICK_RECORD_DEADLINE_MS;
      const deadlineMs = inHurry ? quick : RECORDING_DEADLINE_MS;
      try {
        const recorded = await keepRecord(store, record, redactor, deadlineMs);
        if (recorded.applied) shareAtOnce(deps, record, Context.current());
        return recorded;
      } catch (error) {
        if (!isUnstorable(error)) throw error;
        // Nothing that MongoDB's return mends: the recorder ends and says why, rather than try for ever.
        throw ApplicationFailure.create({
          message: redactor.text(
            `the record cannot be stored: ${error instanceof Error ? error.message : String(error)}`,
          ),
          type: ErrorType.invalidInput,
          nonRetryable: true,
        });
      }
    },
  };
}

async function prepareTask(
  lookups: LookupActivities,
  input: TaskInput,
  executionId: string,
): Promise<PreparedTask> {
  const began = performance.now();
  const analyzed = await lookups.analyzeTask(input);
  const { analysis, learning } = analyzed;
  const analyse = performance.now() - began;
  // An analysis that waited long has likely waited for a store that is away.
  const left = Math.round(
    Math.min(LOOKUP_DEADLINE_MS, Math.max(LEAST_LOOKUP_MS, PREPARE_DEADLINE_MS - analyse)),
  );
  const { tenant, description, context, agents, plan, budget } = input;
  const request = { tenant, executionId, description, context, category: analysis.category };
  const missing: string[] = [];
  const orMissing = async <T>(part: string, lookup: Promise<T>, without: T): Promise<T> => {
    try {
      return await lookup;
    } catch {
      // The task goes on; its record says what it went without.
      missing.push(part);
      return without;
    }
  };
  const full = learning === 'full';
  const [selected, learnings, knowledge] = await Promise.all([
    selectOrRefuse(
      lookups,
      {
        tenant,
        executionId,
        analysis,
        learning,
        ...(agents === undefined ? {} : { agents }),
        ...(plan === undefined ? {} : { plan }),
        ...(budget === undefined ? {} : { budget }),
        ...(isVerified(input) ? { verified: true } : {}),
      },
      left,
    ),
    full
      ? orMissing('learnings', lookups.findLearnings(request, left), { offered: [], lessons: [] })
      : { offered: [], lessons: [] },
    full
      ? orMissing('knowledge', lookups.queryKnowledge(request, left), { offered: [], items: [] })
      : { offered: [], items: [] },
  ]);
  if (selected.missing) missing.push('strategy');
  return {
    ...analyzed,
    choice: selected.choice,
    ...(selected.refused === undefined ? {} : { refused: selected.refused }),
    learnings,
    knowledge: besideLearnings(knowledge, learnings.offered, MAX_KNOWLEDGE),
    missing: missing.sort((a, b) => a.localeCompare(b)),
    steps: { analyse: Math.round(analyse), lookUp: Math.round(performance.now() - began - analyse) },
  };
}

/** Whether programs judge each attempt; verifiers that are agents judge the result alone. */
const isVerified = ({ verify, verifiers = [] }: TaskInput): boolean =>
  verify !== undefined || verifiers.some((verifier) => 'command' in verifier);

/** Adds the agents among the task's verifiers; one that is not declared is a request that cannot be met. */
function withVerifiers(
  prepared: PreparedTask,
  { verifiers = [] }: TaskInput,
  { agents }: PlanOffer,
): PreparedTask {
  const types = verifiers.flatMap((verifier) => ('agent' in verifier ? [verifier.agent] : []));
  if (types.length === 0) return prepared;
  try {
    return { ...prepared, verifiers: types.map((type) => plannedAgent(type, agents)) };
  } catch (error) {
    if (!(error instanceof UnknownAgentError)) throw error;
    return { ...prepared, choice: null, refused: { type: ErrorType.unknownAgent, message: error.message } };
  }
}

/** A request that cannot be met is an answer: the task is then recorded with what is known of it. */
async function selectOrRefuse(
  lookups: LookupActivities,
  request: StrategyRequest,
  deadlineMs: number,
): Promise<Pick<PreparedTask, 'choice' | 'refused'> & { missing: boolean }> {
  try {
    return await lookups.selectStrategy(request, deadlineMs);
  } catch (error) {
    if (!(error instanceof ApplicationFailure) || error.nonRetryable !== true) throw error;
    return {
      choice: null,
      refused: { type: error.type ?? ErrorType.noPlan, message: error.message },
      missing: false,
    };
  }
}
