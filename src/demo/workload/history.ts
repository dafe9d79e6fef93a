/** Makes up the git history of a task: how the module grew, and where the defect came in. */
import type { Draw } from '../repair/draw.js';
import type { BaseModule } from './modules/base-module.js';
import type { TaskCommit } from './repair-task.js';

/** Whether the first commit holds the defect already, or a later one brings it in. */
export type Origin = 'first-commit' | 'later-commit';

const NEUTRAL_MESSAGES = [
  'Tidy up',
  'Simplify',
  'Rework for readability',
  'Address review',
  'Small clean-up',
];

/**
 * The commits of a workspace, oldest first. Commits beside the defect's touch other files, or add a header
 * comment to the main file, so that taking the defect's change back must keep a later one.
 *
 * @param damaged texts of the damaged files, by path
 */
export function inventHistory(
  base: BaseModule,
  damaged: Readonly<Record<string, string>>,
  origin: Origin,
  draw: Draw,
): TaskCommit[] {
  const suite = { [`${base.name}.test.mjs`]: base.test };
  const main = `${base.name}.mjs`;
  const header = `// This module ${base.about}.\n\n`;
  const withHeader = header + (damaged[main] ?? base.files[main] ?? '');
  const extras: TaskCommit[] = draw.shuffle([
    { message: 'Add a readme', files: { 'README.md': `# ${base.name}\n\nA module that ${base.about}.\n` } },
    { message: 'List the public names', files: { 'index.mjs': `export * from './${main}';\n` } },
    { message: 'Note how to test', files: { 'CONTRIBUTING.md': `Run node ${base.name}.test.mjs first.\n` } },
    { message: 'Add editor settings', files: { '.editorconfig': 'root = true\n[*]\nindent_size = 2\n' } },
    { message: 'Add a change log', files: { 'CHANGELOG.md': `# Changes\n\n- ${base.name} added\n` } },
  ]);
  const documented: TaskCommit = { message: 'Say what the module does', files: { [main]: withHeader } };
  if (origin === 'first-commit') {
    const first = { message: `Add ${base.name}`, files: { ...base.files, ...damaged, ...suite } };
    return [first, ...extras.slice(0, 2 + draw.below(3)), documented];
  }
  const first = { message: `Add ${base.name}`, files: { ...base.files, ...suite } };
  const culprit = { message: draw.pick(NEUTRAL_MESSAGES), files: { ...damaged } };
  const before = 1 + draw.below(3);
  const after = before + 1 + draw.below(extras.length - before);
  return [first, ...extras.slice(0, before), culprit, ...extras.slice(before, after), documented];
}

/** The files after the last commit. */
export function headOf(history: readonly TaskCommit[]): Record<string, string> {
  return Object.assign({}, ...history.map((commit) => commit.files));
}
