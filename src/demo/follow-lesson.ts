/** Follows one lesson from the tasks that taught it to the tasks that used it. */
import type { JourneymanClient } from '../client.js';
import { interactions } from '../learning/interactions.js';
import type { Learning } from '../learning/learning.js';

/** A task that a lesson was used in, or that speaks for or against it. */
export interface LessonTask {
  taskId: string;
  success: boolean | null;
}

export interface FollowedLesson {
  learning: Learning;
  evidence: { for: LessonTask[]; against: LessonTask[] };
  /** Tasks whose agent said that it used the lesson. */
  used: LessonTask[];
  /** Tasks it was given to, used or not. */
  shown: number;
  withheld: number;
}

/** An asserted lesson that agents used, else the candidate they used most, with its trail; null when none was used. */
export async function followLesson(client: JourneymanClient): Promise<FollowedLesson | null> {
  const { store, tenant } = client;
  const recorded = await store.run((options) =>
    interactions(store).find({ tenant }, options).sort({ endedAt: 1 }).limit(1_000).toArray(),
  );
  const uses = new Map<string, LessonTask[]>();
  for (const { taskId, outcome, attempts } of recorded)
    for (const id of new Set(attempts.flatMap(({ report }) => report.applied)))
      uses.set(id, [...(uses.get(id) ?? []), { taskId, success: outcome.success }]);
  const standing = (await client.learning.list({ limit: 1_000 })).filter(({ state }) => state !== 'retired');
  // What is asserted goes before what was used most: it says more.
  const [learning] = standing
    .filter(({ id }) => uses.has(id))
    .sort(
      (a, b) =>
        Number(b.state === 'asserted') - Number(a.state === 'asserted') ||
        (uses.get(b.id)?.length ?? 0) - (uses.get(a.id)?.length ?? 0) ||
        a.id.localeCompare(b.id),
    );
  if (learning === undefined) return null;
  const trail = await client.learning.evidence(learning.id);
  const byExecution = new Map(recorded.map((interaction) => [interaction._id, interaction]));
  const tasksOf = (executions: readonly { executionId: string }[]): LessonTask[] =>
    executions.flatMap(({ executionId }) => {
      const interaction = byExecution.get(executionId);
      return interaction === undefined
        ? []
        : [{ taskId: interaction.taskId, success: interaction.outcome.success }];
    });
  const offers = recorded.flatMap((interaction) =>
    interaction.learnings.filter(({ id }) => id === learning.id),
  );
  return {
    learning,
    evidence: { for: tasksOf(trail.for), against: tasksOf(trail.against) },
    used: uses.get(learning.id) ?? [],
    shown: offers.filter(({ shown }) => shown).length,
    withheld: offers.filter(({ shown }) => !shown).length,
  };
}
