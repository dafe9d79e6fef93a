/** Where a learning went: the tasks that it was offered to, what became of them, and what agents read. */
import { type Lift, liftOf } from '../evidence/lift.js';
import { LEARNING_USAGE } from '../evidence/usage.js';
import type { Lesson } from '../shared/agent-contract.js';
import { startedAttempts } from '../shared/attempt.js';
import type { OfferedItem, Outcome } from '../shared/task.js';
import { readLiveCounters } from '../store/counters.js';
import { events, type OutcomeEvent } from '../store/event-log.js';
import type { Store } from '../store/store.js';
import { type Interaction, interactions } from './interactions.js';
import { type Learning, toLesson } from './learning.js';
import { learningVersions } from './learning-versions.js';

/** A task that was offered the learning. */
export interface OfferedTask {
  taskId: string;
  executionId: string;
  endedAt: Date;
  category: string | null;
  agentTypes: string[];
  /** Of the learning, as it was offered. */
  version: number;
  /** False where chance withheld it. */
  shown: boolean;
  /** With which it was shown. */
  probability: number;
  /** How well it fitted. */
  score: number;
  /** Whether an agent says that it used it. */
  applied: boolean;
  /** False where no agent was started: nobody saw it, and the task counts neither way. */
  counted: boolean;
  /** How it went, as it is known now. */
  outcome: Outcome;
  /** Whether later words changed success. */
  corrected: boolean;
}

/** The learning as agents were shown it, in one version. */
export interface ShownVersion {
  version: number;
  /** Null where the version was not kept. */
  lesson: Lesson | null;
}

export interface LearningTrace {
  learning: Learning;
  /** Executions so far, each version with the others. */
  counts: { shown: number; withheld: number; applied: number };
  /** What showing it is worth; null while it was never withheld, or never shown, in a task of known outcome. */
  lift: Lift | null;
  /** Newest first. */
  tasks: OfferedTask[];
  /** Those that {@link tasks} were offered and the current one, newest first. */
  versions: ShownVersion[];
}

type Row = Pick<Interaction, '_id' | 'taskId' | 'endedAt' | 'attempts' | 'outcome'> & {
  learnings: OfferedItem[];
  analysis: { category: string } | null;
};

/** Traces a learning through a tenant's records; @param limit tasks at most, the newest. */
export async function traceLearning(store: Store, learning: Learning, limit: number): Promise<LearningTrace> {
  const { tenant, id } = learning;
  const [rows, [usage]] = await Promise.all([
    offeredRows(store, tenant, id, limit),
    store.run((options) => readLiveCounters(store, LEARNING_USAGE, tenant, ['id'], { id }, options)),
  ]);
  const now = await outcomesNow(
    store,
    tenant,
    rows.map(({ _id }) => _id),
  );
  const tasks = rows.map((row) => offeredTask(row, id, now.get(row._id) ?? row.outcome));
  const sums = usage?.sums ?? {};
  return {
    learning,
    counts: {
      shown: sums['shown'] ?? 0,
      withheld: sums['withheld'] ?? 0,
      applied: sums['applied'] ?? 0,
    },
    lift: liftOf(sums),
    tasks,
    versions: await shownVersions(store, learning, new Set(tasks.map(({ version }) => version))),
  };
}

function offeredRows(store: Store, tenant: string, id: string, limit: number): Promise<Row[]> {
  return store.run((options) =>
    interactions(store)
      .find({ tenant, 'learnings.id': id }, options)
      .sort({ endedAt: -1 })
      .limit(limit)
      .project<Row>({
        ...{ taskId: 1, endedAt: 1, outcome: 1, 'analysis.category': 1 },
        ...{ 'attempts.agentType': 1, 'attempts.started': 1, 'attempts.unanswered': 1 },
        'attempts.report.applied': 1,
        learnings: { $elemMatch: { id } },
      })
      .toArray(),
  );
}

function offeredTask(row: Row, id: string, outcome: Outcome): OfferedTask {
  const [offer] = row.learnings;
  return {
    taskId: row.taskId,
    executionId: row._id,
    endedAt: new Date(row.endedAt),
    category: row.analysis?.category ?? null,
    agentTypes: [...new Set(row.attempts.map(({ agentType }) => agentType))],
    version: offer?.version ?? 0,
    shown: offer?.shown ?? false,
    probability: offer?.probability ?? 0,
    score: offer?.score ?? 0,
    applied: row.attempts.some(({ report }) => report.applied.includes(id)),
    counted: startedAttempts(row).length > 0,
    outcome,
    corrected: outcome.success !== row.outcome.success,
  };
}

/** What later words made of executions: each of them holds what was believed after it. */
async function outcomesNow(
  store: Store,
  tenant: string,
  executionIds: readonly string[],
): Promise<Map<string, Outcome>> {
  if (executionIds.length === 0) return new Map();
  const found = await store.run((options) =>
    events(store)
      .find({ tenant, kind: 'outcome', executionId: { $in: [...executionIds] } }, options)
      .sort({ _id: 1 })
      .toArray(),
  );
  return new Map((found as OutcomeEvent[]).map(({ executionId, after }) => [executionId, after]));
}

async function shownVersions(
  store: Store,
  learning: Learning,
  versions: ReadonlySet<number>,
): Promise<ShownVersion[]> {
  const { tenant, id } = learning;
  const wanted = [...new Set([learning.version, ...versions])].sort((one, other) => other - one);
  const kept = await store.run((options) =>
    learningVersions(store)
      .find({ tenant, _id: { $in: wanted.map((version) => `${tenant}|${id}|${version}`) } }, options)
      .toArray(),
  );
  const byVersion = new Map(kept.map((version) => [version.version, toLesson(version)]));
  byVersion.set(learning.version, toLesson(learning));
  return wanted.map((version) => ({ version, lesson: byVersion.get(version) ?? null }));
}
