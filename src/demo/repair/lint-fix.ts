/** Repair by a linter's fixes: mends names that nothing declares, members that nothing has, broken imports. */
import { type Finding, lint } from './lint-rules.js';
import type { RepairSession } from './repair-session.js';
import { applyEdits, type Edit, parseSource } from './source.js';

/**
 * First applies the likeliest fix of every finding at once; when the tests still fail, goes through the other
 * fixes of each finding with the rest at their likeliest.
 */
export async function repairByLintFix(session: RepairSession): Promise<void> {
  const failures = await session.reproduce();
  if (failures.length === 0) return;
  const suites = [...session.suites].flatMap(([path, text]) => parseSource(path, text) ?? []);
  const findings = lint(session.parse(), suites);
  if (findings.length === 0) return session.giveUp('the linter finds nothing to fix');
  const firsts = findings.map(() => 0);
  const choices = [
    firsts,
    ...findings.flatMap(({ fixes }, index) =>
      fixes.slice(1).map((_, other) => firsts.map((first, at) => (at === index ? other + 1 : first))),
    ),
  ];
  for (const [attempt, choice] of choices.entries()) {
    if (!session.canRun) return session.giveUp('the budget of test runs is spent');
    const varied = findings.findIndex((_, index) => choice[index] !== 0);
    const about = findings[varied] ?? findings[0];
    const action = {
      type: 'lint-fix',
      input: {
        rule: about?.rule ?? 'none',
        likeliest: attempt === 0,
        at: { file: about?.path ?? '', line: about?.line ?? 0 },
      },
    };
    if (await session.attempt(action, changesOf(session, findings, choice))) return;
  }
  session.giveUp('no fix of the linter made the tests pass');
}

function changesOf(
  session: RepairSession,
  findings: readonly Finding[],
  choice: readonly number[],
): Map<string, string> {
  const edits = new Map<string, Edit[]>();
  for (const [index, { fixes }] of findings.entries()) {
    const fix = fixes[choice[index] ?? 0];
    if (fix === undefined) continue;
    const list = edits.get(fix.path) ?? [];
    const known = list.some(({ start, text }) => start === fix.edit.start && text === fix.edit.text);
    edits.set(fix.path, known ? list : [...list, fix.edit]);
  }
  return new Map([...edits].map(([path, list]) => [path, applyEdits(session.texts.get(path) ?? '', list)]));
}
