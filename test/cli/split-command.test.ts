import { describe, expect, it } from 'vitest';
import { splitCommand } from '../../src/cli/split-command.js';
import { InvalidInputError } from '../../src/shared/errors.js';

const split = (text: string): string[] => splitCommand('--verify', text);

describe('splitCommand', () => {
  it.each([
    ['npm test', ['npm', 'test']],
    ['  npm \t test\n', ['npm', 'test']],
    [`node -e 'process.exit(1)'`, ['node', '-e', 'process.exit(1)']],
    [`grep "two words" 'and $HOME' file`, ['grep', 'two words', 'and $HOME', 'file']],
    [`say "a \\"quoted\\" \\\\ part" \\n`, ['say', 'a "quoted" \\ part', 'n']],
    [`say 'kept \\ as it is'`, ['say', 'kept \\ as it is']],
    [`a"b c"'d e'f`, ['ab cd ef']],
    [`program "" ''`, ['program', '', '']],
    ['two\\ words', ['two words']],
    ['trailing\\', ['trailing\\']],
    ['echo $(rm x); a|b > c *', ['echo', '$(rm', 'x);', 'a|b', '>', 'c', '*']],
  ])('%j', (text, parts) => {
    expect(split(text)).toEqual(parts);
  });

  it.each(['', '   ', `""`, `npm 'test`, `npm "test`])('refuses %j', (text) => {
    expect(() => split(text)).toThrow(InvalidInputError);
    expect(() => split(text)).toThrow(/--verify: .* expected a program and its arguments/);
  });
});
