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
  const searches = ranked.map((rank) => ({
    ...rank,
    mutations: draw.shuffle(
      sources
        .flatMap((file) => mutationsOf(file, rank.choice))
        .filter(({ path, edit }) => suspect(path, edit.start)),
    ),
  }));
  const untried = new Set(searches.filter(({ mutations }) => mutations.length > 0));
  const tried = new Set<string>();
  search: for (const each of searches) {
    for (const { operator, path, line, edit } of each.mutations) {
      const text = applyEdits(session.texts.get(path) ?? '', [edit]);
      if (tried.has(text)) continue;
      if (!session.canRun) {
        session.giveUp('the budget of test runs is spent');
        break search;
      }
      tried.add(text);
      untried.delete(each);
      for (const id of each.lessonIds) session.applied.add(id);
      const action = { type: 'mutate', input: { operator, at: { file: path, line } } };
      if (await session.attempt(action, new Map([[path, text]]))) break search;
    }
  }
  // A lesson to avoid was of use when its operator could have been tried and was put off.
  for (const { avoided, lessonIds } of tried.size === 0 ? [] : untried) {
    if (avoided) for (const id of lessonIds) session.applied.add(id);
  }
}
