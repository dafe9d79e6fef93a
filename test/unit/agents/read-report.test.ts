import { describe, expect, it } from 'vitest';
import { AgentFailure } from '../../../src/agents/agent-failure.js';
import { checkedReport, readPrinted } from '../../../src/agents/read-report.js';

const failure = (read: () => unknown): AgentFailure => {
  try {
    read();
  } catch (error) {
    if (error instanceof AgentFailure) return error;
    throw error;
  }
  throw new Error('nothing was thrown');
};

describe('checkedReport', () => {
  it('names field, value and what is allowed', () => {
    const { message, errors } = failure(() =>
      checkedReport({ success: true, actions: [{ type: 7 }], iterations: -1, cost: 'free' }),
    );
    expect(message).toBe('malformed report: actions[0].type: 7 is not allowed; expected string');
    expect(errors).toEqual([
      'iterations: -1 is not allowed; expected number to be >=0',
      'cost: "free" is not allowed; expected number',
    ]);
  });

  it('takes null for absent', () => {
    expect(checkedReport({ success: null, output: null, cost: null, errors: null })).toMatchObject({
      success: null,
      output: null,
      errors: [],
    });
  });

  it('survives absurd nesting', () => {
    const deep: unknown = JSON.parse('['.repeat(50_000) + ']'.repeat(50_000));
    expect(failure(() => checkedReport({ success: true, output: deep })).message).toContain(
      'nested too deeply',
    );
  });
});

describe('readPrinted', () => {
  it('takes a report alone, over many lines, or in the last line', () => {
    for (const text of ['{"success":true}', '{\n"success": true\n}\n', 'log 1\nlog 2\n{"success":true}\n']) {
      expect(readPrinted(text, true)).toMatchObject({
        report: { success: true, actions: [], iterations: 1 },
      });
    }
    expect(readPrinted('head\n[... 9 bytes cut ...]\n{"success":false}', false)).toMatchObject({
      report: { success: false },
    });
  });

  it('takes other JSON and plain text as output', () => {
    expect(readPrinted('{"answer":42}', true)).toEqual({ output: { answer: 42 } });
    expect(readPrinted(' [x] done\n', true)).toEqual({ output: '[x] done' });
    expect(readPrinted('', true)).toEqual({ output: '' });
    expect(readPrinted('an old caf\ufffd', true)).toEqual({ output: 'an old caf\ufffd' });
  });

  it('refuses a report without a verdict, broken JSON and bytes that are no text', () => {
    expect(failure(() => readPrinted('{"actions":[]}', true)).message).toMatch(
      /success: undefined is not allowed; expected true, false or null/,
    );
    expect(failure(() => readPrinted('{"success": tru', true)).message).toContain('begins like JSON');
    expect(failure(() => readPrinted('a\u0000b', true)).message).toContain('garbage');
  });
});
