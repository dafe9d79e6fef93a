/** Search-based repair: small mutations, one at a time, until the tests pass or the budget is spent. */
import type { AgentTask } from '../../shared/agent-contract.js';
import { drawFrom } from './draw.js';
import { rankByLessons } from './lessons.js';
import { mutationOperators, mutationsOf } from './mutations.js';
import type { RepairSession } from './repair-session.js';
import { applyEdits } from './source.js';
import { suspicionOf } from './suspects.js';

/**
 * Tries the mutations of one operator after the other, in the places that the failing tests can have reached.
 * The lessons of the task decide the order of the operators; without lessons it is drawn from the task's
 * idempotency key.
 */
export async function repairByMutation(session: RepairSession, task: AgentTask): Promise<void> {
  const failures = await session.reproduce();
  if (failures.length === 0) return;
  const sources = session.parse();
  const suspect = suspicionOf(sources, session.suites, failures);
  const ranked = rankByLessons({
    choices: mutationOperators,
    lessons: task.lessons,
    actionType: 'mutate',
    argument: 'operator',
    errors: failures.map((failure) => failure.error),
    seed: task.idempotencyKey,
  });
  const draw = drawFrom(`${task.idempotencyKey}/places`);
  const tried = new Set<string>();
  for (const { choice: operator, lessonIds } of ranked) {
    const mutations = sources
      .flatMap((file) => mutationsOf(file, operator))
      .filter(({ path, edit }) => suspect(path, edit.start));
    for (const mutation of draw.shuffle(mutations)) {
      const text = applyEdits(session.texts.get(mutation.path) ?? '', [mutation.edit]);
      if (tried.has(text)) continue;
      if (!session.canRun) return session.giveUp('the budget of test runs is spent');
      tried.add(text);
      for (const id of lessonIds) session.applied.add(id);
      const action = {
        type: 'mutate',
        input: { operator, at: { file: mutation.path, line: mutation.line } },
      };
      if (await session.attempt(action, new Map([[mutation.path, text]]))) return;
    }
  }
  session.giveUp('no mutation made the tests pass');
}
