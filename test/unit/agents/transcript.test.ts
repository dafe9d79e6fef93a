import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import fc from 'fast-check';
import { afterAll, describe, expect, it } from 'vitest';
import { createParser } from '../../../src/agents/transcript/create-parser.js';
import { LineSplitter } from '../../../src/agents/transcript/line-splitter.js';
import type { TranscriptState } from '../../../src/agents/transcript/transcript-parser.js';
import { spendingOf } from '../../../src/agents/transcript/transcript-report.js';

const folder = await mkdtemp(path.join(tmpdir(), 'journeyman-transcript-'));
afterAll(() => rm(folder, { recursive: true }));

const read = async (name: string, lines: readonly (object | string)[]): Promise<TranscriptState> => {
  const parser = await createParser(name);
  for (const line of lines) parser.push(typeof line === 'string' ? line : JSON.stringify(line));
  return parser.state;
};
const stream = (...lines: (object | string)[]): Promise<TranscriptState> => read('stream-json', lines);
const text = (...lines: string[]): Promise<TranscriptState> => read('text', lines);

const usage = {
  input_tokens: 10,
  cache_creation_input_tokens: 5,
  cache_read_input_tokens: 100,
  output_tokens: 7,
};
const init = { type: 'system', subtype: 'init', session_id: 's-1', tools: [] };
const assistant = (id: string, block: object, more: object = {}) => ({
  type: 'assistant',
  message: { id, role: 'assistant', content: [block], usage },
  parent_tool_use_id: null,
  session_id: 's-1',
  ...more,
});
const says = (said: string) => ({ type: 'text', text: said });
const uses = (id: string, name: string, input: object) => ({ type: 'tool_use', id, name, input });
const answers = (id: string, content: unknown, is_error?: boolean) => ({
  type: 'user',
  message: { role: 'user', content: [{ type: 'tool_result', tool_use_id: id, content, is_error }] },
});
const result = (more: object = {}) => ({
  type: 'result',
  subtype: 'success',
  is_error: false,
  num_turns: 2,
  result: 'All done.',
  session_id: 's-1',
  total_cost_usd: 0.25,
  usage: { ...usage, output_tokens: 20 },
  permission_denials: [],
  ...more,
});

describe("Claude Code's events", () => {
  it('become actions, results, errors, turns, tokens and cost', async () => {
    const state = await stream(
      init,
      { type: 'stream_event', event: { type: 'message_start' } },
      { type: 'something_new', of: 'a later version' },
      assistant('m1', says('I look around.')),
      assistant('m1', uses('t1', 'Bash', { command: 'make' })),
      answers('t1', 'Exit code 2\nmake: no rule', true),
      assistant('m2', uses('t2', 'Read', { file_path: 'a.ts' })),
      answers('t2', [{ type: 'text', text: 'const a = 1;' }]),
      result(),
    );
    expect(state.actions).toEqual([
      { type: 'Bash', input: { command: 'make' } },
      { type: 'Read', input: { file_path: 'a.ts' } },
    ]);
    expect(state.results).toEqual([
      { success: false, output: 'Exit code 2\nmake: no rule', error: 'Exit code 2: make: no rule' },
      { success: true, output: 'const a = 1;' },
    ]);
    expect(state).toMatchObject({
      errors: ['Exit code 2: make: no rule'],
      iterations: 2,
      tokens: { input: 115, cachedInput: 100, output: 20 },
      cost: 0.25,
      output: 'All done.',
      success: true,
      ended: true,
      session: 's-1',
    });
    expect(state.failure).toBeUndefined();
  });

  it('count a message once, however many events tell of it, and until the end each as it comes', async () => {
    const state = await stream(
      init,
      assistant('m1', says('one')),
      assistant('m1', says('two')),
      assistant('sub', uses('t1', 'Grep', { pattern: 'x' }), { parent_tool_use_id: 'task-1' }),
      assistant('m2', says('three')),
    );
    expect(state).toMatchObject({
      iterations: 2,
      tokens: { input: 345, output: 21, cachedInput: 300 },
      output: 'three',
      success: null,
      ended: false,
    });
    expect(state.results).toEqual([{ success: false, error: 'no result' }]);
    const price = { inputPerMillion: 10, cachedInputPerMillion: 1, outputPerMillion: 100 };
    expect(spendingOf(state, price)).toEqual({
      cost: (45 * 10 + 300 * 1 + 21 * 100) / 1e6,
      tokens: { input: 345, output: 21 },
      iterations: 2,
    });
  });

  it('count the tokens of all models at the end', async () => {
    const modelUsage = {
      big: { inputTokens: 1, outputTokens: 2, cacheReadInputTokens: 30, cacheCreationInputTokens: 4 },
      small: { inputTokens: 100, outputTokens: 200 },
    };
    expect((await stream(result({ modelUsage }))).tokens).toEqual({
      input: 135,
      output: 202,
      cachedInput: 30,
    });
  });

  it.each([
    [{ subtype: 'error_max_turns', result: undefined }, 'error_max_turns'],
    [{ subtype: 'error_during_execution', errors: ['it broke'] }, 'error_during_execution: it broke'],
    [{ is_error: true, result: 'API Error: 403' }, 'error: API Error: 403'],
  ])('say that it failed: %j', async (more, failure) => {
    expect(await stream(init, result(more))).toMatchObject({ success: false, failure, ended: true });
  });

  it('say what was not permitted', async () => {
    const state = await stream(
      assistant('m1', uses('t1', 'Bash', { command: 'rm x' })),
      result({ permission_denials: [{ tool_name: 'Bash', tool_use_id: 't1', tool_input: {} }] }),
    );
    expect(state.results).toEqual([{ success: false, error: 'permission denied' }]);
  });

  it("may hold Cursor's tool calls", async () => {
    const call = (subtype: string, tool_call: object) => ({
      type: 'tool_call',
      subtype,
      call_id: 'c1',
      tool_call,
    });
    const args = { command: 'ls' };
    const state = await stream(
      init,
      call('started', { shellToolCall: { args } }),
      call('completed', {
        shellToolCall: { args, result: { success: { exitCode: 1, stdout: '', stderr: 'no ls' } } },
      }),
      {
        ...call('completed', {
          readToolCall: { args: { path: 'a' }, result: { success: { content: 'x' } } },
        }),
        call_id: 'c2',
      },
      {
        type: 'result',
        subtype: 'success',
        is_error: false,
        result: 'ok',
        usage: { inputTokens: 5, outputTokens: 6, cacheReadTokens: 7 },
      },
    );
    expect(state.actions).toEqual([
      { type: 'shell', input: args },
      { type: 'read', input: { path: 'a' } },
    ]);
    expect(state.results).toMatchObject([{ success: false, error: 'exit code 1: no ls' }, { success: true }]);
    expect(state).toMatchObject({ success: true, output: 'ok', tokens: { input: 12, output: 6 } });
  });
});

describe("Codex's events", () => {
  const item = (type: string, id: string, more: object) => ({ type: `item.${type}`, item: { id, ...more } });
  const command = { type: 'command_execution', command: 'make' };

  it('become actions, results, errors and tokens', async () => {
    const state = await stream(
      { type: 'thread.started', thread_id: 'th-1' },
      { type: 'turn.started' },
      item('completed', 'i0', { type: 'error', message: 'A setting is deprecated.' }),
      item('completed', 'i1', { type: 'reasoning', text: 'Looking at the files' }),
      item('started', 'i2', { ...command, aggregated_output: '', exit_code: null, status: 'in_progress' }),
      item('completed', 'i2', { ...command, aggregated_output: 'no rule\n', exit_code: 2, status: 'failed' }),
      item('completed', 'i3', {
        type: 'file_change',
        changes: [{ path: 'a.ts', kind: 'update' }],
        status: 'completed',
      }),
      item('completed', 'i4', {
        type: 'mcp_tool_call',
        server: 'docs',
        tool: 'find',
        arguments: { q: 'x' },
        result: { content: [{ type: 'text', text: 'found' }] },
        status: 'completed',
      }),
      item('completed', 'i5', { type: 'web_search', query: 'how' }),
      item('updated', 'i6', { type: 'todo_list', items: [] }),
      item('completed', 'i7', { type: 'agent_message', text: 'Done.' }),
      { type: 'turn.completed', usage: { input_tokens: 100, cached_input_tokens: 60, output_tokens: 9 } },
    );
    expect(state.actions).toEqual([
      { type: 'command_execution', input: { command: 'make' } },
      { type: 'file_change', input: { changes: [{ path: 'a.ts', kind: 'update' }] } },
      { type: 'docs.find', input: { q: 'x' } },
      { type: 'web_search', input: { query: 'how' } },
    ]);
    expect(state.results).toEqual([
      { success: false, output: 'no rule\n', error: 'exit code 2: no rule' },
      { success: true },
      { success: true, output: 'found' },
      { success: true },
    ]);
    expect(state).toMatchObject({
      errors: ['A setting is deprecated.', 'exit code 2: no rule'],
      iterations: 1,
      tokens: { input: 100, cachedInput: 60, output: 9 },
      output: 'Done.',
      success: true,
      session: 'th-1',
    });
  });

  it('say why a turn failed, and that one went on after all', async () => {
    const answer = JSON.stringify({ type: 'error', status: 400, error: { message: 'no such model' } });
    const failed = await stream(
      { type: 'error', message: answer },
      { type: 'turn.failed', error: { message: answer } },
    );
    expect(failed).toMatchObject({ success: false, failure: 'no such model', ended: true });
    const mended = await stream(
      { type: 'error', message: 'Reconnecting... 1/5' },
      { type: 'turn.completed', usage: {} },
    );
    expect(mended.success).toBe(true);
    expect(mended.failure).toBeUndefined();
  });
});

it("understands Gemini CLI's events", async () => {
  const state = await stream(
    { type: 'init', session_id: 'g-1', model: 'm' },
    { type: 'message', role: 'user', content: 'Do it' },
    { type: 'message', role: 'assistant', content: 'I will ', delta: true },
    { type: 'message', role: 'assistant', content: 'read.', delta: true },
    { type: 'tool_use', tool_name: 'read_file', tool_id: 't1', parameters: { path: 'a' } },
    {
      type: 'tool_result',
      tool_id: 't1',
      status: 'error',
      output: 'x',
      error: { type: 'E', message: 'no such file' },
    },
    { type: 'message', role: 'assistant', content: 'Done.', delta: true },
    { type: 'result', status: 'success', stats: { input_tokens: 50, output_tokens: 5, cached: 20 } },
  );
  expect(state.actions).toEqual([{ type: 'read_file', input: { path: 'a' } }]);
  expect(state.results).toEqual([{ success: false, output: 'x', error: 'no such file' }]);
  expect(state).toMatchObject({
    iterations: 2,
    output: 'Done.',
    success: true,
    session: 'g-1',
    tokens: { input: 50, output: 5, cachedInput: 20 },
  });
});

describe('a stream of events', () => {
  it('may hold anything', () =>
    fc.assert(
      fc.asyncProperty(
        fc.array(
          fc.oneof(
            fc.string(),
            fc.json(),
            fc
              .record({
                type: fc.constantFrom(
                  'assistant',
                  'user',
                  'result',
                  'system',
                  'item.completed',
                  'turn.completed',
                  'message',
                  'tool_call',
                  'tool_use',
                ),
                message: fc.anything(),
                item: fc.anything(),
                usage: fc.anything(),
                tool_call: fc.anything(),
                num_turns: fc.anything(),
              })
              .map((event) =>
                JSON.stringify(event, (_, value) => (typeof value === 'bigint' ? null : value)),
              ),
          ),
        ),
        async (lines) => {
          const state = await read('stream-json', lines);
          expect(state.actions).toHaveLength(state.results.length);
          expect(Number.isInteger(state.iterations)).toBe(true);
        },
      ),
    ));

  it('that is none is kept as text', async () => {
    const state = await stream('Error: not logged in', '{"type":"assistant","mess');
    expect(state.output).toBe('Error: not logged in\n{"type":"assistant","mess');
    expect(state.ended).toBe(false);
  });

  it('times its actions by when they were printed, but not those whose end came with their beginning', async () => {
    let now = 100;
    const parser = await createParser('stream-json', () => now);
    const push = (...lines: object[]): void => {
      for (const line of lines) parser.push(JSON.stringify(line));
    };
    push(assistant('m1', uses('t1', 'Bash', { command: 'make' })), assistant('m1', uses('t2', 'Read', {})));
    now = 102.5;
    push(answers('t2', 'text'), assistant('m2', uses('t3', 'Read', {})), answers('t3', 'text'));
    now = 107.0404;
    push(answers('t1', 'built'));
    expect(parser.state.results.map(({ seconds }) => seconds)).toEqual([7.04, 2.5, undefined]);
  });

  it('is kept in bounded memory', async () => {
    const parser = await createParser('stream-json');
    const large = 'x'.repeat(50_000);
    for (let step = 0; step < 5_000; step += 1) {
      parser.push(
        JSON.stringify(
          assistant(`m${step}`, uses(`t${step}`, 'Write', { path: `f${step}`, content: large })),
        ),
      );
      parser.push(JSON.stringify(answers(`t${step}`, large, step % 2 === 0)));
    }
    const { state } = parser;
    expect(state.actions).toHaveLength(1_000);
    expect(state.actions[0]?.input).toMatchObject({ path: 'f0' });
    expect(state.actions.at(-1)?.input).toMatchObject({ path: 'f4999' });
    expect(state.results.every(({ output }) => typeof output === 'string' && output.length <= 8_000)).toBe(
      true,
    );
    expect(JSON.stringify(state.actions).length).toBeLessThan(3_000_000);
    expect(state.errors.length).toBeLessThanOrEqual(100);
    expect(state.iterations).toBe(5_000);
    expect(state.tokens?.output).toBe(35_000);
  });
});

describe('plain text', () => {
  it("has aider's edits, commits, tokens and costs", async () => {
    const state = await text(
      'Aider v0.86.1',
      '\u001b[1mI will change it.\u001b[0m',
      'Tokens: 2.3k sent, 1.1k received. Cost: $0.0042 message, $0.0042 session.',
      'Applied edit to src/a.ts',
      'Commit 1a2b3c4 fix: the parser',
      'Tokens: 12k sent, 3.5k cache write, 2.0k cache hit, 900 received.',
      'Cost: $0.01 message, $0.0142 session.',
    );
    expect(state.actions).toEqual([
      { type: 'edit', input: { file: 'src/a.ts' } },
      { type: 'commit', input: { hash: '1a2b3c4', message: 'fix: the parser' } },
    ]);
    expect(state.results).toEqual([{ success: true }, { success: true }]);
    expect(state).toMatchObject({
      tokens: { input: 14_300, output: 2_000, cachedInput: 2_000 },
      cost: 0.0142,
      iterations: 2,
      success: null,
      errors: [],
    });
    expect(state.output).toMatch(/^Aider v0.86.1\nI will change it\.\n/);
    expect(state.ended).toBeUndefined();
  });

  it('has errors', async () => {
    const state = await text(
      'No error: all is well',
      'Error: no such model',
      'litellm.AuthenticationError: bad key',
      'Traceback (most recent call last):',
      '  File "a.py", line 1, in <module>',
      'ValueError: not a number',
      'done 10%\rdone 100%',
    );
    expect(state.errors).toEqual([
      'Error: no such model',
      'litellm.AuthenticationError: bad key',
      'ValueError: not a number',
    ]);
    expect(state.doing).toBe('done 100%');
  });
});

describe('a parser of your own', () => {
  const module = async (name: string, source: string): Promise<string> => {
    const file = path.join(folder, name);
    await writeFile(file, source);
    return file;
  };

  it('reads what it likes', async () => {
    const file = await module(
      'own.mjs',
      `export function createParser() {
         const state = { actions: [], results: [], errors: [], iterations: 0, success: null };
         return { state, push(line) { state.iterations += 1; state.output = line; } };
       }`,
    );
    expect(await read(file, ['one', 'two'])).toMatchObject({ iterations: 2, output: 'two' });
  });

  it.each([
    ['none.mjs', 'export const x = 1;', 'exports no function createParser'],
    [
      'wrong.mjs',
      'export const createParser = () => ({});',
      'must return an object with a function push and a state',
    ],
    [
      'throws.mjs',
      'export const createParser = () => { throw new Error("no luck"); };',
      'createParser failed: no luck',
    ],
  ])('is refused: %s', async (name, source, message) => {
    await expect(createParser(await module(name, source))).rejects.toThrow(message);
  });

  it('that is not there is refused', async () => {
    await expect(createParser(path.join(folder, 'not-there.mjs'))).rejects.toThrow('cannot be loaded');
  });
});

it('cuts a stream into lines wherever its pieces end', () => {
  fc.assert(
    fc.property(
      fc.array(fc.string({ unit: 'grapheme' }).map((line) => line.replaceAll('\n', ''))),
      fc.integer({ min: 1, max: 9 }),
      (lines, size) => {
        const read: string[] = [];
        const splitter = new LineSplitter((line) => read.push(line));
        const bytes = Buffer.from(lines.map((line) => `${line}\n`).join(''));
        for (let at = 0; at < bytes.length; at += size) splitter.push(bytes.subarray(at, at + size));
        splitter.push(Buffer.from('rest'));
        splitter.end();
        expect(read).toEqual([...lines, 'rest']);
      },
    ),
  );
});
