import { expect, it } from 'vitest';
import { AgentRegistry } from '../../../src/agents/registry.js';
import { parseConfig } from '../../../src/config.js';
import { UnknownAgentError } from '../../../src/shared/errors.js';

const registry = new AgentRegistry(
  parseConfig(
    {
      agents: [
        { type: 'fix', kind: 'command', command: ['true'] },
        { type: 'py', kind: 'activity', taskQueue: 'python' },
      ],
    },
    'journeyman.config.json',
  ),
);

it('finds declarations and task queues', () => {
  expect(registry.get('fix').kind).toBe('command');
  expect(registry.taskQueueOf('fix')).toBe('journeyman-agent-fix');
  expect(registry.taskQueueOf('py')).toBe('python');
  expect(registry.hosted.map(({ type }) => type)).toEqual(['fix']);
});

it('names an unknown type and the known ones', () => {
  expect(() => registry.get('fxi')).toThrow(UnknownAgentError);
  expect(() => registry.taskQueueOf('fxi')).toThrow('agent: "fxi" is not allowed; expected one of fix, py');
  expect(() => new AgentRegistry({ agents: [] }).get('a')).toThrow('a declared agent, and none is declared');
});
