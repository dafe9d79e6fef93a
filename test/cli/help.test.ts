import type { Command } from 'commander';
import { describe, expect, it } from 'vitest';
import { createProgram } from '../../src/cli/program.js';

const ours = [
  'up',
  'worker',
  'setup',
  'models',
  'run',
  'tasks',
  'show',
  'feedback',
  'webhook',
  'approvals',
  'approve',
  'reject',
  'learnings',
  'knowledge',
  'performance',
  'strategy',
  'maintain',
  'rebuild',
];

function helpOf(command: Command): string {
  let text = '';
  command.configureOutput({ writeOut: (part) => void (text += part) });
  command.outputHelp();
  return text;
}

describe('help', () => {
  const program = createProgram();

  it('lists every command with a summary', () => {
    const names = program.commands.map((command) => command.name());
    expect(names).toEqual(expect.arrayContaining([...ours, 'evaluate', 'demo']));
    const help = helpOf(program);
    for (const command of program.commands) {
      expect(command.summary() || command.description()).not.toBe('');
      expect(help).toContain(command.name());
    }
  });

  it.each(ours)('%s explains itself with examples and the common options', (name) => {
    const command = program.commands.find((each) => each.name() === name);
    const help = helpOf(command as Command);
    expect(help).toMatch(new RegExp(`Examples:\\n(.*\\n)*.*journeyman ${name}`));
    for (const option of ['--config', '--tenant', '--json']) expect(help).toContain(option);
  });
});
