/** What each word on the use of items counts, and on whose word it rests. Pure. */
import { evidenceOf, KNOWLEDGE_USAGE } from '../../evidence/usage.js';
import { startedAttempts } from '../../shared/attempt.js';
import type { Increment } from '../../store/counters.js';
import type { DirectEvent } from '../../store/event-log.js';
import type { JudgedExecution } from './executions.js';

/** One share in the counters of items: an execution's, or that of usage events which belong together. */
export interface UseSubject {
  id: string;
  /** Keys of the sources that it does not count without. */
  restsOn: string[];
  /** Those who reported it, each by the keys it may be retracted by: it counts while one of them stands. */
  toldBy: string[][];
  increments: Increment[];
}

/** Whether a share no longer counts, given which sources are retracted. */
export const isWithdrawn = ({ restsOn, toldBy }: UseSubject, retracted: (key: string) => boolean): boolean =>
  restsOn.some(retracted) || (toldBy.length > 0 && toldBy.every((keys) => keys.some(retracted)));

/**
 * What an execution rests on: its task, and its agents where nobody else said how it went. What a verifier, a person
 * or the system found is not the agent's word, and stays when the agent is retracted.
 */
export function executionRestsOn({ execution, outcome }: JudgedExecution): string[] {
  const { taskId, attempts } = execution;
  const decisive = attempts.filter((attempt) => attempt.decisive);
  const speakers = decisive.length > 0 ? decisive : startedAttempts(execution);
  const agents = outcome.source === 'agent' ? speakers.map(({ agentType }) => `agent:${agentType}`) : [];
  return [`task:${taskId}`, ...new Set(agents)];
}

/** What a record counts of the items that its look-up offered: shown, withheld and applied. */
export const subjectOfExecution = (judged: JudgedExecution): UseSubject => ({
  id: judged.execution.executionId,
  restsOn: executionRestsOn(judged),
  toldBy: [],
  increments: evidenceOf(judged.execution, judged.outcome).filter(
    ({ projection }) => projection === KNOWLEDGE_USAGE,
  ),
});

/**
 * Usage events as shares. Those of one item and task, or one item and execution, are one: what corrects a report
 * counts only with it. Events that withdraw others are none.
 *
 * @param of the executions whose own shares are asked for; those of others are left out
 */
export function subjectsOfEvents(
  events: readonly DirectEvent[],
  of: ReadonlyMap<string, JudgedExecution>,
): UseSubject[] {
  const subjects = new Map<string, UseSubject>();
  for (const { _id, by, increments, detail } of events) {
    const { itemId, taskId, executionId, importId, settles, withdraws } = detail;
    if (withdraws !== undefined) continue;
    const judged = typeof executionId === 'string' ? of.get(executionId) : undefined;
    if (executionId !== undefined && judged === undefined) continue;
    const id =
      taskId === undefined
        ? _id
        : `applied|${JSON.stringify([itemId, executionId === undefined, executionId ?? taskId])}`;
    const subject: UseSubject = subjects.get(id) ?? { id, restsOn: [], toldBy: [], increments: [] };
    subjects.set(id, subject);
    subject.increments.push(...increments);
    if (judged !== undefined) subject.restsOn = executionRestsOn(judged);
    else if (typeof importId === 'string') subject.restsOn = [`import:${importId}`];
    else {
      if (typeof taskId === 'string') subject.restsOn = [`task:${taskId}`];
      if (settles === undefined) subject.toldBy.push([`agent:${by}`, `person:${by}`]);
    }
  }
  return [...subjects.values()];
}

/** Applications among increments. */
export const applicationsIn = (increments: readonly Increment[]): number =>
  increments.reduce((sum, { sums }) => sum + (sums['applied'] ?? 0), 0);
