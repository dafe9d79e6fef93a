import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { createAgentRunner } from '../../src/agents/agent-runner.js';
import { parseConfig } from '../../src/config.js';
import type { AgentOutcome } from '../../src/shared/agent-call.js';
import type { AgentHeartbeat, AgentTask, Lesson } from '../../src/shared/agent-contract.js';
import { isHosted } from '../../src/shared/agent-declaration.js';
import { agentTask } from '../fixtures/agent-task.js';
import { type LlmStub, type StubAnswer, type StubScript, startLlmStub } from '../fixtures/llm-stub.mjs';

const top = await mkdtemp(path.join(tmpdir(), 'journeyman-llm-'));
let folders = 0;
const newFolder = async (): Promise<string> => {
  folders += 1;
  const folder = path.join(top, String(folders));
  await mkdir(folder);
  return folder;
};

const stubs: LlmStub[] = [];
afterEach(async () => {
  await Promise.all(stubs.splice(0).map((stub) => stub.close()));
});
afterAll(async () => {
  await rm(top, { recursive: true });
});

const stubOf = async (script: StubScript): Promise<LlmStub> => {
  const stub = await startLlmStub(script);
  stubs.push(stub);
  return stub;
};

const task = (more: Partial<AgentTask> = {}): AgentTask =>
  agentTask({ description: 'mach es schön', ...more });

interface Ran {
  outcome: AgentOutcome;
  heartbeats: AgentHeartbeat[];
  requests: LlmStub['requests'];
}

const declare = (baseUrl: string, more: object) => {
  const agents = [{ type: 'test', kind: 'llm', baseUrl, model: 'small', ...more }];
  const [agent] = parseConfig({ agents }, path.join(top, 'journeyman.config.json')).agents;
  if (agent === undefined || !isHosted(agent)) throw new Error('not hosted');
  return agent;
};

/** Runs an agent against an endpoint that answers by a script. */
const run = async (
  script: StubScript,
  {
    agent = {},
    given = {},
    signal,
  }: { agent?: object; given?: Partial<AgentTask>; signal?: AbortSignal } = {},
): Promise<Ran> => {
  const stub = await stubOf(script);
  const heartbeats: AgentHeartbeat[] = [];
  const outcome = await createAgentRunner(declare(stub.baseUrl, agent))(task(given), {
    signal: signal ?? new AbortController().signal,
    heartbeat: (details) => heartbeats.push(details),
    attempt: 1,
  });
  return { outcome, heartbeats, requests: stub.requests };
};

const calls = (...list: [name: string, given: object | string][]): StubAnswer => ({
  calls: list.map(([name, given]) => ({ name, arguments: given })),
});
const finish = (success = true, output = 'all done', applied: string[] = []): StubAnswer =>
  calls(['finish', { success, output, applied }]);
/** What the model was told of the tools it called in the step before. */
const toldIn = ({ requests }: Ran, index: number): (string | null)[] =>
  (requests[index]?.body.messages ?? []).filter(({ role }) => role === 'tool').map(({ content }) => content);
/** One call of a tool over a folder, and what the model was told of it. */
const useTool = async (workspace: string, name: string, given: object, tools: object = { write: true }) => {
  const ran = await run([calls([name, given]), finish()], { agent: { tools }, given: { workspace } });
  return { ...ran, told: toldIn(ran, 1)[0] ?? '' };
};

const lesson: Lesson = {
  id: 'lesson-7',
  version: 1,
  type: 'SUCCESS_PATTERN',
  title: 'Round late',
  condition: 'money',
  advice: 'round at the end',
  confidence: 'HIGH',
  state: 'asserted',
};

describe('what the model is asked', () => {
  it('has the task, its lessons, the declared system text and settings', async () => {
    const { requests, outcome } = await run([finish(true, 'schön', ['lesson-7', 'never-shown'])], {
      agent: { system: 'You are terse.', temperature: 0.3, maxOutputTokens: 500 },
      given: { lessons: [lesson], context: { colour: 'blue' } },
    });
    const body = requests[0]?.body;
    expect(requests[0]?.path).toBe('/v1/chat/completions');
    expect(body).toMatchObject({
      model: 'small',
      stream: true,
      stream_options: { include_usage: true },
      temperature: 0.3,
      max_tokens: 500,
    });
    expect(body?.messages.map(({ role }) => role)).toEqual(['system', 'user']);
    expect(body?.messages[0]?.content).toMatch(/^You are terse\.\n/);
    for (const part of ['mach es schön', 'lesson-7', 'round at the end', 'blue'])
      expect(body?.messages[1]?.content).toContain(part);
    expect(outcome).toMatchObject({
      report: { success: true, output: 'schön', applied: ['lesson-7'], actions: [], iterations: 1 },
      source: 'agent',
    });
  });

  it('follows the declared template', async () => {
    const { requests } = await run([{ text: 'ok' }], { agent: { prompt: { template: 'Bitte: {{task}}' } } });
    expect(requests[0]?.body.messages[1]?.content).toMatch(/^Bitte: [\s\S]*mach es schön/);
  });

  it('offers the tools that are declared, and only those', async () => {
    const workspace = await newFolder();
    const offered = async (tools: object, given: Partial<AgentTask>): Promise<string[]> =>
      ((await run([{ text: 'ok' }], { agent: { tools }, given })).requests[0]?.body.tools ?? []).map(
        ({ function: { name } }) => name,
      );
    expect(await offered({}, { workspace })).toEqual(['read_file', 'list_files', 'finish']);
    expect(await offered({ write: true, run: ['ls'] }, { workspace })).toEqual([
      'read_file',
      'list_files',
      'write_file',
      'remove_file',
      'run_program',
      'finish',
    ]);
    expect(await offered({ write: true, run: ['ls'] }, {})).toEqual(['finish']);
    expect(await offered({ read: false }, { workspace })).toEqual([]);
  });

  it('carries key and headers from the environment', async () => {
    process.env['LLM_TEST_KEY'] = 'key-of-the-endpoint';
    process.env['LLM_TEST_HEADER'] = 'value-of-the-header';
    const { requests } = await run([{ text: 'ok' }], {
      agent: { apiKeyEnv: 'LLM_TEST_KEY', headers: { 'X-Own': 'env:LLM_TEST_HEADER', 'x-plain': 'text' } },
    });
    expect(requests[0]?.headers).toMatchObject({
      authorization: 'Bearer key-of-the-endpoint',
      'x-own': 'value-of-the-header',
      'x-plain': 'text',
    });
  });

  it.each([
    [{ apiKeyEnv: 'NOT_SET_ANYWHERE' }, 'apiKeyEnv: the environment variable NOT_SET_ANYWHERE is not set'],
    [
      { headers: { 'x-own': 'env:NOT_SET_ANYWHERE' } },
      'header x-own: the environment variable NOT_SET_ANYWHERE is not set',
    ],
  ])('fails by name without %j', async (agent, reason) => {
    const { outcome, requests } = await run([{ text: 'ok' }], { agent });
    expect(outcome).toMatchObject({ report: { success: false }, reason });
    expect(requests).toEqual([]);
  });

  it('keeps the query of the address, and sends what the model thought back to it', async () => {
    const stub = await stubOf([{ ...calls(['list_files', {}]), reasoning: 'let me look' }, finish()]);
    await createAgentRunner(declare(`${stub.baseUrl}?api-version=3`, {}))(
      task({ workspace: await newFolder() }),
      {
        signal: new AbortController().signal,
        heartbeat: () => undefined,
        attempt: 1,
      },
    );
    expect(stub.requests[1]?.path).toBe('/v1/chat/completions?api-version=3');
    expect(stub.requests[1]?.body.messages[2]).toMatchObject({
      role: 'assistant',
      reasoning_content: 'let me look',
      tool_calls: [{ id: 'call_0', function: { name: 'list_files', arguments: '{}' } }],
    });
  });
});

describe('the tool loop', () => {
  it('reads, writes, runs and removes, and records each action with its result', async () => {
    const workspace = await newFolder();
    await writeFile(path.join(workspace, 'in.txt'), 'größer');
    const ran = await run(
      [
        { ...calls(['list_files', {}], ['read_file', { path: 'in.txt' }]), text: 'First I look.' },
        calls(['write_file', { path: 'src/deep/out.txt', content: 'grüße' }]),
        calls(['run_program', { command: ['cat', 'src/deep/out.txt'] }]),
        calls(['run_program', { command: ['sh', '-c', 'cat; echo oh >&2; exit 3'], stdin: 'given' }]),
        calls(['remove_file', { path: 'in.txt' }]),
        finish(true, 'wrote out.txt'),
      ],
      { agent: { tools: { write: true, run: ['cat', 'sh'] } }, given: { workspace } },
    );
    expect(toldIn(ran, 5)).toEqual([
      'in.txt',
      'größer',
      'wrote 7 bytes',
      'grüße',
      'error: exited with code 3\ngiven\n[stderr]\noh',
      'removed',
    ]);
    expect(await readFile(path.join(workspace, 'src/deep/out.txt'), 'utf8')).toBe('grüße');
    expect(existsSync(path.join(workspace, 'in.txt'))).toBe(false);
    const error = 'exited with code 3\ngiven\n[stderr]\noh';
    expect(ran.outcome.report).toEqual({
      success: true,
      output: 'wrote out.txt',
      actions: [
        { type: 'list_files', input: {} },
        { type: 'read_file', input: { path: 'in.txt' } },
        { type: 'write_file', input: { path: 'src/deep/out.txt', content: 'grüße' } },
        { type: 'run_program', input: { command: ['cat', 'src/deep/out.txt'] } },
        { type: 'run_program', input: { command: ['sh', '-c', 'cat; echo oh >&2; exit 3'], stdin: 'given' } },
        { type: 'remove_file', input: { path: 'in.txt' } },
      ],
      results: [
        { success: true, output: 'in.txt' },
        { success: true, output: 'größer' },
        { success: true, output: 'wrote 7 bytes' },
        { success: true, output: 'grüße' },
        { success: false, error },
        { success: true, output: 'removed' },
      ].map((result) => ({ ...result, seconds: expect.any(Number) })),
      iterations: 6,
      errors: [`run_program: ${error}`],
      tokens: expect.objectContaining({ input: expect.any(Number), output: expect.any(Number) }),
      discoveries: [],
      applied: [],
    });
  });

  it('goes on by offset through a file, and cuts no character in two', async () => {
    const workspace = await newFolder();
    const text = `x${'ü'.repeat(12_000)}`;
    await writeFile(path.join(workspace, 'long.txt'), text);
    const first = await useTool(workspace, 'read_file', { path: 'long.txt' });
    const [, part = '', next = ''] =
      /^([xü]+)\n\[bytes 0 to \d+ of 24001; go on with offset (\d+)\]$/.exec(first.told) ?? [];
    const second = await useTool(workspace, 'read_file', { path: 'long.txt', offset: Number(next) });
    expect(second.told).toBe(`${text.slice(part.length)}\n[bytes ${next} to 24001 of 24001]`);
    expect((await useTool(workspace, 'read_file', { path: 'long.txt', offset: 24_001 })).told).toBe(
      'error: long.txt: offset: 24001 is not allowed; expected less than its 24001 bytes',
    );
  });

  it('lists what is near the top first, and only so much', async () => {
    const workspace = await newFolder();
    await mkdir(path.join(workspace, 'many'));
    await mkdir(path.join(workspace, '.git'));
    await writeFile(path.join(workspace, '.git/HEAD'), '');
    await writeFile(path.join(workspace, 'z.txt'), '');
    for (let count = 0; count < 450; count += 1) await writeFile(path.join(workspace, `many/${count}`), '');
    const { told } = await useTool(workspace, 'list_files', {});
    const lines = told.split('\n');
    expect(lines.slice(0, 4)).toEqual(['.git/', 'many/', 'z.txt', 'many/0']);
    expect(lines).toHaveLength(401);
    expect(lines.at(-1)).toBe('[there is more; list a folder of it]');
  });

  it('gives the model its mistakes back: no JSON, no such tool, arguments that do not fit', async () => {
    const workspace = await newFolder();
    const ran = await run(
      [
        calls(
          ['read_file', '{"path": "a'],
          ['fly', { to: 'moon' }],
          ['read_file', { path: 7 }],
          ['read_file', { path: 'gone' }],
        ),
        finish(),
      ],
      { given: { workspace } },
    );
    const told = toldIn(ran, 1);
    expect(told).toEqual([
      'error: the arguments are not JSON; expected an object',
      'error: there is no tool "fly"; there are: read_file, list_files, finish',
      'error: path: 7 is not allowed; expected string',
      'error: gone: there is no such file or folder',
    ]);
    expect(ran.requests[1]?.body.messages[2]?.tool_calls).toHaveLength(4);
    expect(ran.outcome.report).toMatchObject({
      success: true,
      actions: [
        { type: 'read_file', input: '{"path": "a' },
        { type: 'fly' },
        { type: 'read_file' },
        { type: 'read_file' },
      ],
      results: told.map((text) => ({ success: false, error: text?.replace('error: ', '') })),
    });
    expect(ran.outcome.report.errors).toHaveLength(4);
  });

  it('does not take the end together with a call that failed', async () => {
    const ran = await run(
      [
        calls(['finish', { success: true, output: 'too early' }], ['read_file', { path: '../x' }]),
        finish(false, 'could not read it\nat all'),
      ],
      { given: { workspace: await newFolder() } },
    );
    expect(toldIn(ran, 1)).toContain('error: not yet: another call beside it failed; look at that first');
    expect(ran.outcome).toMatchObject({ report: { success: false }, reason: 'could not read it' });
  });

  it('takes a plain answer, whose success nobody knows; JSON where the plan reads it', async () => {
    expect((await run([{ text: 'Die Antwort: 42' }])).outcome.report).toMatchObject({
      success: null,
      output: 'Die Antwort: 42',
    });
    const { outcome } = await run([finish(true, 'I split it:\n```json\n{"parts": ["a", "b"]}\n```')], {
      given: { role: 'lead-split' },
    });
    expect(outcome.report.output).toEqual({ parts: ['a', 'b'] });
  });

  it('takes the ids of lessons from a plain answer too', async () => {
    const { outcome } = await run([{ text: 'Done.\nApplied: lesson-7, other-1' }], {
      given: { lessons: [lesson] },
    });
    expect(outcome.report.applied).toEqual(['lesson-7']);
  });

  it('takes the last words for an end without any', async () => {
    const { outcome } = await run([{ ...calls(['finish', { success: true }]), text: 'It is 42.' }]);
    expect(outcome.report).toMatchObject({ success: true, output: 'It is 42.' });
  });

  it('stops after maxSteps', async () => {
    const { outcome, requests } = await run([calls(['list_files', {}])], {
      agent: { maxSteps: 3 },
      given: { workspace: await newFolder() },
    });
    expect(requests).toHaveLength(3);
    expect(outcome.reason).toBe('stopped after 3 steps (maxSteps) without an end');
    expect(outcome.report).toMatchObject({ success: false, iterations: 3 });
    expect(outcome.report.actions).toHaveLength(3);
  });

  it('may be verified like any other', async () => {
    const workspace = await newFolder();
    const { outcome } = await run([calls(['write_file', { path: 'proof', content: '' }]), finish()], {
      agent: { tools: { write: true }, verify: ['test', '-e', 'proof'] },
      given: { workspace },
    });
    expect(outcome).toMatchObject({ report: { success: true }, source: 'verifier', claimed: true });
  });
});

describe('nothing leads out of the workspace', () => {
  it.each(['/etc/passwd', '../secret', 'a/../../secret', 'etc/passwd', 'etc', 'file', 'nested/up/secret'])(
    '%s',
    async (wanted) => {
      const outer = await newFolder();
      const workspace = path.join(outer, 'inner');
      await mkdir(path.join(workspace, 'nested'), { recursive: true });
      await writeFile(path.join(outer, 'secret'), 'do not show');
      await symlink('/etc', path.join(workspace, 'etc'));
      await symlink('../secret', path.join(workspace, 'file'));
      await symlink('../..', path.join(workspace, 'nested/up'));
      for (const [name, given] of [
        ['read_file', { path: wanted }],
        ['write_file', { path: wanted, content: 'overwritten' }],
        ['list_files', { path: wanted }],
      ] as const) {
        const { told, outcome } = await useTool(workspace, name, given);
        expect(told).toMatch(/^error: path: ".*" is not allowed; (it leads out|expected a path relative)/);
        expect(outcome.report.results[0]?.success).toBe(false);
      }
      expect(await readFile(path.join(outer, 'secret'), 'utf8')).toBe('do not show');
    },
  );

  it('not through links that the agent makes itself, nor through a link to nothing', async () => {
    const outer = await newFolder();
    const workspace = path.join(outer, 'inner');
    await mkdir(workspace);
    const ran = await run(
      [
        calls(['run_program', { command: ['ln', '-s', '..', 'way'] }]),
        calls(['write_file', { path: 'way/new', content: 'x' }]),
        calls(['run_program', { command: ['ln', '-s', '../fresh', 'dangling'] }]),
        calls(['write_file', { path: 'dangling', content: 'x' }]),
        calls(['remove_file', { path: 'way/inner' }]),
        calls(['remove_file', { path: 'dangling' }]),
        finish(),
      ],
      { agent: { tools: { write: true, run: ['ln'] } }, given: { workspace } },
    );
    const told = toldIn(ran, 6);
    expect(told[1]).toMatch(/it leads out of the folder/);
    expect(told[3]).toMatch(/it goes through a link to nothing/);
    expect(told[4]).toMatch(/it leads out of the folder/);
    expect(told[5]).toBe('removed');
    expect(existsSync(path.join(outer, 'new'))).toBe(false);
    expect(existsSync(path.join(outer, 'fresh'))).toBe(false);
  });

  it('though links inside may be followed, and removed without what they point to', async () => {
    const workspace = await newFolder();
    await writeFile(path.join(workspace, 'real'), 'here');
    await symlink('real', path.join(workspace, 'link'));
    expect((await useTool(workspace, 'read_file', { path: './link' })).told).toBe('here');
    expect((await useTool(workspace, 'remove_file', { path: 'link' })).told).toBe('removed');
    expect(await readFile(path.join(workspace, 'real'), 'utf8')).toBe('here');
  });

  it("nor into git's own files", async () => {
    const workspace = await newFolder();
    await mkdir(path.join(workspace, '.git/hooks'), { recursive: true });
    await symlink('.git', path.join(workspace, 'innocent'));
    for (const file of ['.git/hooks/pre-commit', 'sub/.GIT/config', 'innocent/config', '.git']) {
      const { told } = await useTool(workspace, 'write_file', { path: file, content: 'x' });
      expect(told).toMatch(/the files of git itself are not to be changed$/);
    }
    expect(existsSync(path.join(workspace, '.git/hooks/pre-commit'))).toBe(false);
  });

  it('and a pipe is not waited for', async () => {
    const workspace = await newFolder();
    const ran = await run(
      [
        calls(['run_program', { command: ['mkfifo', 'pipe'] }]),
        calls(['read_file', { path: 'pipe' }], ['write_file', { path: 'pipe', content: 'x' }]),
        finish(),
      ],
      { agent: { tools: { write: true, run: ['mkfifo'] } }, given: { workspace } },
    );
    expect(toldIn(ran, 2).slice(1)).toEqual([
      'error: pipe: it is no ordinary file',
      'error: pipe: it is no ordinary file',
    ]);
  });
});

describe('programs', () => {
  it('are run by the names that are allowed, and no other way', async () => {
    const workspace = await newFolder();
    await writeFile(path.join(workspace, 'echo'), '#!/bin/sh\necho planted\n', { mode: 0o755 });
    const tools = { run: ['echo', 'no-such-program-anywhere'] };
    for (const command of [['ls'], ['/bin/echo', 'x'], ['./echo'], ['echo x'], ['../bin/echo']])
      expect((await useTool(workspace, 'run_program', { command }, tools)).told).toMatch(
        /^error: command\[0\]: ".*" is not allowed; expected one of echo, no-such-program-anywhere$/,
      );
    const before = process.env['PATH'];
    process.env['PATH'] = `.:${before}`;
    const { told } = await useTool(
      workspace,
      'run_program',
      { command: ['echo', '$HOME', ';', 'ls'] },
      tools,
    );
    process.env['PATH'] = before;
    expect(told).toBe('$HOME ; ls');
    expect(
      (await useTool(workspace, 'run_program', { command: ['no-such-program-anywhere'] }, tools)).told,
    ).toMatch(/^error: program "no-such-program-anywhere" could not be started: there is no such program/);
  });

  it('have none of the secrets of the worker, and little time', async () => {
    process.env['WORKER_SECRET'] = 'hidden';
    const workspace = await newFolder();
    const env = await useTool(workspace, 'run_program', { command: ['env'] }, { run: ['env'] });
    delete process.env['WORKER_SECRET'];
    expect(env.told).toContain('PATH=');
    expect(env.told).not.toContain('WORKER_SECRET');
    const slow = await useTool(
      workspace,
      'run_program',
      { command: ['sh', '-c', 'echo begun; sleep 60'] },
      { run: ['sh'], runSeconds: 0.3 },
    );
    expect(slow.told).toBe('error: stopped after 0.3 s\nbegun');
    expect(slow.outcome.report.success).toBe(true);
  });
});

describe('what it costs', () => {
  const price = { inputPerMillion: 2, cachedInputPerMillion: 0.5, outputPerMillion: 10 };

  it('is summed over the steps, with the price of cached input, and told while it runs', async () => {
    const { outcome, heartbeats } = await run(
      [
        { ...calls(['list_files', {}]), usage: { input: 1_000, output: 100 } },
        { ...finish(), usage: { input: 2_000, output: 50, cached: 1_500 } },
      ],
      { agent: { price }, given: { workspace: await newFolder() } },
    );
    expect(outcome.report.tokens).toEqual({ input: 3_000, output: 150 });
    expect(outcome.report.cost).toBeCloseTo((1_500 * 2 + 1_500 * 0.5 + 150 * 10) / 1e6, 10);
    expect(heartbeats.map(({ spent }) => spent.tokens.input)).toContain(1_000);
    expect(heartbeats.at(-1)?.spent).toMatchObject({ tokens: { input: 3_000, output: 150 }, iterations: 2 });
    expect(heartbeats.at(-1)?.bytes).toBeGreaterThan(500);
    expect(heartbeats.map(({ doing }) => doing)).toContain('step 1: reads the answer: list_files');
  });

  it('is unknown without a price', async () => {
    const { outcome } = await run([{ text: 'ok', usage: { input: 10, output: 1 } }]);
    expect(outcome.report).toMatchObject({ tokens: { input: 10, output: 1 } });
    expect(outcome.report.cost).toBeUndefined();
  });

  it('is estimated where the endpoint does not count', async () => {
    const { outcome } = await run([{ text: 'x'.repeat(400) }], { given: { description: 'y'.repeat(4_000) } });
    expect(outcome.report.tokens?.output).toBe(100);
    expect(outcome.report.tokens?.input).toBeGreaterThan(1_000);
    expect(outcome.report.tokens?.input).toBeLessThan(1_600);
  });

  it('over the cap of tokens ends the work before another tool is run', async () => {
    const workspace = await newFolder();
    const { outcome, requests } = await run(
      [
        { ...calls(['list_files', {}]), usage: { input: 500, output: 10 } },
        { ...calls(['write_file', { path: 'late', content: '' }]), usage: { input: 600, output: 10 } },
      ],
      { agent: { price, tools: { write: true } }, given: { workspace, caps: { tokens: 1_000 } } },
    );
    expect(outcome.reason).toBe('stopped: used 1120 tokens, more than the 1000 that were left');
    expect(outcome.report).toMatchObject({
      success: false,
      actions: [{ type: 'list_files' }],
      results: [{ success: true }],
      tokens: { input: 1_100, output: 20 },
      iterations: 2,
    });
    expect(outcome.report.cost).toBeCloseTo((1_100 * 2 + 20 * 10) / 1e6, 10);
    expect(existsSync(path.join(workspace, 'late'))).toBe(false);
    expect(requests).toHaveLength(2);
  });

  it('over the cap ends an endless answer in the middle, by the estimate', async () => {
    const { outcome, requests } = await run([{ text: 'blah '.repeat(20_000), pauseMs: 2 }], {
      given: { caps: { tokens: 500 } },
    });
    expect(outcome.reason).toMatch(/^stopped: used \d+ tokens, more than the 500 that were left$/);
    expect(outcome.report.output).toMatch(/^blah blah/);
    expect(await requests[0]?.closed).toEqual({ complete: false });
  });
});

describe('an end from outside', () => {
  it('hangs up in the middle of the stream, and what came is kept', async () => {
    const stub = await stubOf([{ text: 'half an answer that never ends', hangAfter: 4 }]);
    const started = performance.now();
    const outcome = await createAgentRunner(declare(stub.baseUrl, { limits: { startToCloseSeconds: 0.8 } }))(
      task(),
      {
        signal: new AbortController().signal,
        heartbeat: () => undefined,
        attempt: 1,
      },
    );
    expect(outcome).toMatchObject({
      reason: 'timed out after 0.6 s',
      report: { success: false, iterations: 1 },
    });
    expect(outcome.report.tokens?.input).toBeGreaterThan(0);
    expect(await stub.requests[0]?.closed).toEqual({ complete: false });
    expect(performance.now() - started).toBeLessThan(3_000);
  });

  it('by cancellation hangs up on an endpoint that says nothing, and throws the reason', async () => {
    const cancel = new AbortController();
    const stub = await stubOf(() => {
      setTimeout(() => cancel.abort(new Error('stop it')), 50);
      return { silent: true };
    });
    await expect(
      createAgentRunner(declare(stub.baseUrl, {}))(task(), {
        signal: cancel.signal,
        heartbeat: () => undefined,
        attempt: 1,
      }),
    ).rejects.toMatchObject({ name: 'CallCancelled' });
    expect(await stub.requests[0]?.closed).toEqual({ complete: false });
  });

  it('ends the program that runs', async () => {
    const workspace = await newFolder();
    const { outcome } = await run(
      [calls(['run_program', { command: ['sh', '-c', 'echo begun; sleep 60; touch late'] }])],
      {
        agent: { tools: { run: ['sh'] }, limits: { startToCloseSeconds: 1 } },
        given: { workspace },
      },
    );
    expect(outcome.reason).toBe('timed out after 0.75 s');
    expect(outcome.durationMs).toBeLessThan(5_000);
    expect(outcome.report).toMatchObject({
      actions: [{ type: 'run_program' }],
      results: [{ success: false, error: 'stopped before its end\nbegun' }],
    });
  });
});

describe('an endpoint that misbehaves', () => {
  it.each<[string, StubAnswer, RegExp]>([
    [
      '401',
      { status: 401, body: { error: { message: 'who are you?' } } },
      /answered 401: access was refused \(no apiKeyEnv is declared\)$/,
    ],
    ['403', { status: 403 }, /answered 403: access was refused/],
    ['404', { status: 404 }, /answered 404: it has no model "small", or nothing at this address$/],
    [
      '400',
      { status: 400, body: { error: { message: 'too long a prompt' } } },
      /answered 400: too long a prompt$/,
    ],
    [
      'redirect',
      { status: 307, headers: { location: '/else' } },
      /answered 307: redirects are not followed$/,
    ],
    [
      'no quota',
      { status: 429, body: { error: { message: 'pay', code: 'insufficient_quota' } } },
      /answered 429: its quota is used up$/,
    ],
    ['empty', { text: '' }, /^the model answered with nothing$/],
    ['cut off', { text: 'a long', finish: 'length' }, /^the answer was cut off: .*\(maxOutputTokens\)$/],
    [
      'filtered',
      { text: '', finish: 'content_filter' },
      /^the endpoint's content filter held the answer back$/,
    ],
    [
      'bad request in the stream',
      { error: { message: 'no', code: 400 } },
      /sent an error in the middle of its answer$/,
    ],
  ])('for good is a failure at once: %s', async (_what, answer, reason) => {
    const { outcome, requests } = await run([answer]);
    expect(outcome).toMatchObject({ report: { success: false }, source: 'system' });
    expect(outcome.reason).toMatch(reason);
    expect(requests).toHaveLength(1);
  });

  it('keeps what it said', async () => {
    const { outcome } = await run([{ status: 401, body: { error: { message: 'who are you?' } } }]);
    expect(outcome.report.errors[1]).toContain('who are you?');
  });

  const later = { 'retry-after-ms': '30' };
  it.each<[string, StubAnswer]>([
    ['429', { status: 429, headers: later }],
    ['500', { status: 500, headers: later }],
    ['503', { status: 503, headers: later, body: 'over capacity' }],
    ['a reset', { reset: true }],
    ['a cut', { text: 'some words that are cut', cutAfter: 3 }],
    ['a stream without an end', { raw: 'data: {"choices":[{"delta":{"content":"x"}}]}\n\n' }],
    ['a stream that is no JSON', { raw: 'data: {"choi\n\ndata: [DONE]\n\n' }],
    ['a stream of something else', { raw: 'data: {"hello": 1}\n\n' }],
    ['an error in the stream', { text: 'some', error: { message: 'overloaded', type: 'server_error' } }],
  ])('for the moment is asked again: %s', async (_what, answer) => {
    const { outcome, requests } = await run([answer, finish()]);
    expect(outcome.report).toMatchObject({ success: true, iterations: 1 });
    expect(outcome.report.errors).toHaveLength(1);
    expect(requests).toHaveLength(2);
    expect(requests[1]?.body).toEqual(requests[0]?.body);
  });

  it('repeats no tool when it is asked again', async () => {
    const workspace = await newFolder();
    const append = calls(['run_program', { command: ['sh', '-c', 'echo once >> log'] }]);
    const { outcome } = await run(
      [
        append,
        { status: 503, headers: later },
        { ...append, cutAfter: 6 },
        { status: 429, headers: later },
        finish(),
      ],
      { agent: { tools: { run: ['sh'] } }, given: { workspace } },
    );
    expect(outcome.report).toMatchObject({ success: true, iterations: 2 });
    expect(await readFile(path.join(workspace, 'log'), 'utf8')).toBe('once\n');
  });

  it('is given up after 5 tries', async () => {
    const { outcome, requests } = await run([{ status: 500, headers: later, body: 'broken' }]);
    expect(outcome.reason).toMatch(/answered 500: Internal Server Error \(5 tries\)$/);
    expect(requests).toHaveLength(5);
  });

  it('is waited for as often as it asks, and the wait is told', async () => {
    const { outcome, requests, heartbeats } = await run((_request, index) =>
      index < 8 ? { status: 429, headers: { 'retry-after': '0.02' } } : finish(),
    );
    expect(outcome.report.success).toBe(true);
    expect(requests).toHaveLength(9);
    expect(heartbeats.length).toBeGreaterThan(0);
    const inTwo = new Date(Date.now() + 2_500).toUTCString();
    const slow = await run([{ status: 429, headers: { 'retry-after': inTwo } }, finish()], {
      agent: { limits: { heartbeatSeconds: 0.6 } },
    });
    expect(slow.outcome.report.success).toBe(true);
    expect(slow.heartbeats.map(({ doing }) => doing).join('\n')).toMatch(
      /step 1: waiting [123] s for the rate limit/,
    );
  });

  it('that wants a longer wait than there is time is given up at once', async () => {
    const { outcome } = await run([{ status: 429, headers: { 'retry-after': '3600' } }], {
      agent: { limits: { startToCloseSeconds: 100 } },
    });
    expect(outcome.reason).toMatch(
      /answered 429: too many requests; another try would have to wait 3600 s, and \d+ s are left$/,
    );
    expect(outcome.durationMs).toBeLessThan(2_000);
  });

  it('that is not there, without a word of credentials or query', async () => {
    const stub = await stubOf([]);
    await stub.close();
    const address = stub.baseUrl.replace('//', '//user:pass123@');
    const outcome = await createAgentRunner(
      declare(`${address}?key=secret`, { limits: { startToCloseSeconds: 2 } }),
    )(task(), { signal: new AbortController().signal, heartbeat: () => undefined, attempt: 1 });
    expect(JSON.stringify(outcome)).toContain('ECONNREFUSED');
    expect(JSON.stringify(outcome)).not.toMatch(/pass123|key=|secret/);
  });
});

describe('secrets', () => {
  const key = 'very-"secret"-key-0815';
  const header = 'Token other-secret-4711';
  const agent = {
    apiKeyEnv: 'LLM_TEST_KEY',
    headers: { 'x-own': 'env:LLM_TEST_HEADER' },
    tools: { write: true, run: ['echo'] },
  };
  const expectNone = (ran: Ran): void => {
    const all = JSON.stringify([ran.outcome, ran.heartbeats]);
    expect(all).toContain('[redacted]');
    expect(all).not.toMatch(/0815|4711/);
  };
  beforeAll(() => {
    process.env['LLM_TEST_KEY'] = key;
    process.env['LLM_TEST_HEADER'] = header;
  });

  it.each([401, 400, 500])('never come back from an endpoint that echoes them with a %s', async (status) => {
    const ran = await run([{ status, echo: true, headers: { 'retry-after-ms': '1' } }], { agent });
    expect(ran.requests[0]?.headers['authorization']).toBe(`Bearer ${key}`);
    expectNone(ran);
  });

  it('never come back by way of the model: in its words, its calls, their results and the progress', async () => {
    const workspace = await newFolder();
    const token = header.split(' ')[1] ?? '';
    const ran = await run(
      [
        { ...calls(['write_file', { path: 'note', content: key }]), text: `I know ${key}` },
        calls(['run_program', { command: ['echo', `${key} ${token}`] }]),
        calls(['read_file', { path: 'note' }], [token, {}], ['read_file', `{"${token}`]),
        finish(false, `the key is ${key}, the token ${token}`),
      ],
      { agent, given: { workspace } },
    );
    expect(ran.outcome.report.actions).toHaveLength(5);
    expectNone(ran);
  });

  it('never come back in halves, where what was said is cut', async () => {
    for (let before = 940; before <= 980; before += 10) {
      const body = `${'x'.repeat(before)}${key}${'y'.repeat(3_000)}`;
      const { outcome } = await run([{ status: 400, body }], { agent });
      expect(JSON.stringify(outcome)).toContain('characters cut');
      expect(JSON.stringify(outcome)).not.toContain('very-');
    }
  });

  it('never come back when they cannot even be sent', async () => {
    process.env['LLM_TEST_HEADER'] = `${header}\nsecond line`;
    const ran = await run([finish()], { agent });
    process.env['LLM_TEST_HEADER'] = header;
    expect(ran.outcome.report.success).toBe(false);
    expectNone(ran);
  });

  it('never come back from a broken stream, or an unfinished answer', async () => {
    expectNone(
      await run([{ raw: `data: {"${header}\n\n` }, { text: `leaks ${key}`, finish: 'length' }], { agent }),
    );
    expectNone(await run([{ error: { message: `your ${header}`, code: 400 } }], { agent }));
  });
});
