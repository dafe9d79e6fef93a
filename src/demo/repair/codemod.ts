/** Repair by codemods: applies the standard corrections of well-known slips. */
import type { AgentTask } from '../../shared/agent-contract.js';
import { asyncNamesOf, codemodRules, correctionsOf } from './codemods.js';
import { rankByLessons } from './lessons.js';
import type { RepairSession } from './repair-session.js';
import { applyEdits, type Edit, type SourceFile } from './source.js';

/**
 * Applies each rule everywhere at once and, when that does not mend it, at each place alone. The lessons of
 * the task decide which rule comes first.
 */
export async function repairByCodemod(session: RepairSession, task: AgentTask): Promise<void> {
  const failures = await session.reproduce();
  if (failures.length === 0) return;
  const sources = session.parse();
  const asyncNames = asyncNamesOf(sources);
  const ranked = rankByLessons({
    choices: codemodRules,
    lessons: task.lessons,
    actionType: 'codemod',
    argument: 'rule',
    errors: failures.map((failure) => failure.error),
    seed: task.idempotencyKey,
  });
  const single: { rule: string; file: SourceFile; edit: Edit; lessonIds: readonly string[] }[] = [];
  for (const { choice: rule, lessonIds } of ranked) {
    const changes = new Map<string, string>();
    const places = sources.flatMap((file) =>
      correctionsOf(file, rule, asyncNames).map((edit) => ({ rule, file, edit, lessonIds })),
    );
    if (places.length === 0) continue;
    if (!session.canRun) return session.giveUp('the budget of test runs is spent');
    for (const file of sources) {
      const edits = places.filter((place) => place.file === file).map((place) => place.edit);
      if (edits.length > 0) changes.set(file.path, applyEdits(file.text, edits));
    }
    for (const id of lessonIds) session.applied.add(id);
    const action = { type: 'codemod', input: { rule, everywhere: true } };
    if (await session.attempt(action, changes)) return;
    if (places.length > 1) single.push(...places);
  }
  for (const { rule, file, edit, lessonIds } of single) {
    if (!session.canRun) return session.giveUp('the budget of test runs is spent');
    for (const id of lessonIds) session.applied.add(id);
    const at = { file: file.path, line: file.text.slice(0, edit.start).split('\n').length };
    const action = { type: 'codemod', input: { rule, everywhere: false, at } };
    if (await session.attempt(action, new Map([[file.path, applyEdits(file.text, [edit])]]))) return;
  }
  session.giveUp(
    session.actions.length === 1 ? 'no rule finds anything to correct' : 'no rule made the tests pass',
  );
}
