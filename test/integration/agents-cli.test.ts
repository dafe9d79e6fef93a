import { existsSync } from 'node:fs';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, describe, expect, it } from 'vitest';
import { type AgentRun, CallCancelled, createAgentRunner } from '../../src/agents/agent-runner.js';
import { parseConfig } from '../../src/config.js';
import type { AgentOutcome } from '../../src/shared/agent-call.js';
import type { AgentHeartbeat, AgentReport, AgentTask, Lesson } from '../../src/shared/agent-contract.js';
import { type HostedAgent, isHosted } from '../../src/shared/agent-declaration.js';
import { agentTask } from '../fixtures/agent-task.js';

const cli = fileURLToPath(new URL('../fixtures/fake-cli.mjs', import.meta.url));
const folders: string[] = [];
const freshFolder = async (): Promise<string> => {
  const folder = await mkdtemp(path.join(tmpdir(), 'journeyman-cli-'));
  folders.push(folder);
  return folder;
};
const home = await freshFolder();
afterAll(() => Promise.all(folders.map((folder) => rm(folder, { recursive: true }))));

const declare = (command: string[], more: object = {}): HostedAgent => {
  const declared = { type: 'coder', kind: 'command', command, ...more };
  const [agent] = parseConfig({ agents: [declared] }, path.join(home, 'journeyman.config.json')).agents;
  if (agent === undefined || !isHosted(agent)) throw new Error('not hosted');
  return agent;
};
/** The fake coding program, declared as a real one would be. */
const coder = (options: string[] = [], more: object = {}): HostedAgent =>
  declare([process.execPath, cli, ...options], {
    prompt: {},
    transcript: 'stream-json',
    env: { FAKE_CLI_HOME: home },
    ...more,
  });
const js = (source: string, more: object = {}): HostedAgent =>
  declare([process.execPath, '-e', source], { prompt: {}, ...more });

const lesson: Lesson = {
  id: 'lesson-about-tests',
  version: 1,
  type: 'BEST_PRACTICE',
  title: 'Tests first',
  condition: 'before a change',
  advice: 'Run the tests.',
  confidence: 'HIGH',
  state: 'asserted',
};
const task = (workspace: string, more: Partial<AgentTask> = {}): AgentTask =>
  agentTask({
    agentType: 'coder',
    description: 'Please add the line "hello there" to notes.txt and test it.',
    lessons: [lesson],
    workspace,
    ...more,
  });

interface Ran {
  outcome: AgentOutcome;
  beats: AgentHeartbeat[];
  workspace: string;
}
const run = async (
  agent: HostedAgent,
  { given = {}, ...more }: Partial<AgentRun> & { given?: Partial<AgentTask> } = {},
): Promise<Ran> => {
  const workspace = given.workspace ?? (await freshFolder());
  const beats: AgentHeartbeat[] = [];
  const outcome = await createAgentRunner(agent)(task(workspace, given), {
    signal: new AbortController().signal,
    attempt: 1,
    heartbeat: (beat) => beats.push(beat),
    ...more,
  });
  return { outcome, beats, workspace };
};
/** How long actions took depends on the machine, and on how what was printed came in. */
const untimed = (report: AgentReport): AgentReport => ({
  ...report,
  results: report.results.map(({ seconds: _seconds, ...result }) => result),
});
const written = (workspace: string): Promise<string> => readFile(path.join(workspace, 'notes.txt'), 'utf8');

describe('a coding program', () => {
  it("is read field by field in Claude Code's dialect", async () => {
    const { outcome, beats, workspace } = await run(coder());
    expect(untimed(outcome.report)).toEqual({
      success: true,
      output: 'Added the line to notes.txt.\nApplied: lesson-about-tests',
      actions: [
        { type: 'Bash', input: { command: 'npm test' } },
        { type: 'Edit', input: { file_path: 'notes.txt', new_string: 'hello there' } },
      ],
      results: [
        {
          success: false,
          output: 'Exit code 1\nError: 1 test failed',
          error: 'Exit code 1: Error: 1 test failed',
        },
        { success: true, output: 'notes.txt has been updated' },
      ],
      iterations: 2,
      errors: ['Exit code 1: Error: 1 test failed'],
      cost: 0.02,
      tokens: { input: 840, output: 80 },
      discoveries: [],
      applied: ['lesson-about-tests'],
    });
    expect(outcome).toMatchObject({ source: 'agent', claimed: true });
    expect(await written(workspace)).toBe('hello there\n');
    expect(beats.at(-1)).toMatchObject({
      spent: { cost: 0.02, tokens: { input: 840, output: 80 }, iterations: 2 },
      doing: 'Added the line to notes.txt.',
    });
    const told = beats.map(({ spent }) => spent.tokens.input);
    expect(told).toEqual(expect.arrayContaining([0, 420, 840]));
    const { session } = beats.at(-1) ?? {};
    expect(existsSync(path.join(home, `.fake-cli-${session}.json`))).toBe(true);
  });

  it("is read field by field in Codex's dialect", async () => {
    const price = { inputPerMillion: 100, cachedInputPerMillion: 10, outputPerMillion: 1_000 };
    const { outcome } = await run(coder(['--dialect', 'codex'], { price }));
    expect(untimed(outcome.report)).toEqual({
      success: true,
      output: 'Added the line to notes.txt.\nApplied: lesson-about-tests',
      actions: [
        { type: 'command_execution', input: { command: 'npm test' } },
        { type: 'file_change', input: { changes: [{ path: 'notes.txt', kind: 'update' }] } },
      ],
      results: [
        { success: false, output: 'Error: 1 test failed', error: 'exit code 1: Error: 1 test failed' },
        { success: true },
      ],
      iterations: 3,
      errors: ['exit code 1: Error: 1 test failed'],
      cost: (360 * 100 + 900 * 10 + 120 * 1_000) / 1e6,
      tokens: { input: 1_260, output: 120 },
      discoveries: [],
      applied: ['lesson-about-tests'],
    });
  });

  it.each(['claude', 'codex'])('may print other things between its events: %s', async (dialect) => {
    const { report } = (await run(coder(['--dialect', dialect, '--garbage']))).outcome;
    expect(report).toMatchObject({ success: true, actions: [{}, {}], applied: ['lesson-about-tests'] });
  });

  it('may print very many partial messages', async () => {
    const before = process.memoryUsage().rss;
    const { outcome, beats } = await run(coder(['--partials', '100']));
    expect(outcome.report).toMatchObject({ success: true, actions: [{}, {}] });
    expect(beats.at(-1)?.bytes).toBeGreaterThan(100_000_000);
    expect(process.memoryUsage().rss - before).toBeLessThan(300_000_000);
  });

  it('fails with what is known when its transcript breaks off', async () => {
    for (const how of ['exit', 'cut']) {
      const { report, reason } = (await run(coder(['--stop-after', '4', '--how', how]))).outcome;
      expect(reason).toBe('its transcript broke off: the program ended without saying how its work went');
      expect(report).toMatchObject({
        success: false,
        output: 'I run the tests first.',
        actions: [{ type: 'Bash' }],
        results: [{ success: false, error: 'Exit code 1: Error: 1 test failed' }],
        errors: [reason, 'Exit code 1: Error: 1 test failed'],
        tokens: { input: 420, output: 40 },
        iterations: 1,
      });
    }
  });

  it('fails with what is known when it is killed in the middle of an action', async () => {
    const { report, reason } = (await run(coder(['--stop-after', '6', '--how', 'kill']))).outcome;
    expect(reason).toBe('killed by SIGKILL');
    expect(report).toMatchObject({
      success: false,
      actions: [{}, { type: 'Edit' }],
      tokens: { input: 840, output: 80 },
    });
    expect(report.results[1]).toEqual({ success: false, error: 'no result' });
  });

  it('tells of itself while it works, and a cancel keeps what it did and spent', async () => {
    const cancel = new AbortController();
    const seen: AgentHeartbeat[] = [];
    const running = createAgentRunner(
      coder(['--delay', '80', '--stop-after', '5', '--how', 'hang'], { limits: { heartbeatSeconds: 0.06 } }),
    )(task(await freshFolder()), {
      signal: cancel.signal,
      attempt: 1,
      heartbeat: (beat) => {
        seen.push(beat);
        if (beat.spent.tokens.output === 80) cancel.abort();
      },
    });
    const error: unknown = await running.catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(CallCancelled);
    expect((error as CallCancelled).outcome.report).toMatchObject({
      success: false,
      actions: [{ type: 'Bash' }],
      tokens: { input: 840, output: 80 },
      iterations: 2,
    });
    expect(seen.some(({ doing, session }) => doing === 'Bash npm test' && session !== undefined)).toBe(true);
  });

  it('is stopped when it passes a cap', async () => {
    const { report, reason } = (
      await run(coder(['--stop-after', '5', '--how', 'hang']), { given: { caps: { tokens: 500 } } })
    ).outcome;
    expect(reason).toBe('stopped: used 920 tokens, more than the 500 that were left');
    expect(report).toMatchObject({ success: false, actions: [{}], tokens: { input: 840, output: 80 } });
  });

  it('that ends badly has failed, whatever it says', async () => {
    const agent = js(
      `console.log(JSON.stringify({ type: 'result', subtype: 'success', is_error: false, result: 'fine' }));
       console.error('but not so'); process.exitCode = 3;`,
      { transcript: 'stream-json' },
    );
    expect((await run(agent)).outcome.report).toMatchObject({
      success: false,
      output: 'fine',
      errors: ['exited with code 3', 'but not so'],
    });
  });

  it('of plain text does not know how it went, unless it ends badly', async () => {
    const source = `console.log('Tokens: 2.0k sent, 100 received. Cost: $0.01 message, $0.01 session.\\nApplied edit to a.ts')`;
    expect((await run(js(source))).outcome.report).toMatchObject({
      success: null,
      actions: [{ type: 'edit', input: { file: 'a.ts' } }],
      cost: 0.01,
      tokens: { input: 2_000, output: 100 },
    });
    expect((await run(js(`${source}; process.exitCode = 1`))).outcome.report).toMatchObject({
      success: false,
      errors: ['exited with code 1'],
      cost: 0.01,
    });
  });

  it('is ended when a parser of your own fails', async () => {
    const file = path.join(home, 'own-parser.mjs');
    await writeFile(
      file,
      'export const createParser = () => ({ state: {}, push() { throw new Error("what?"); } });',
    );
    const { outcome } = await run(js(`console.log('x'); setTimeout(() => {}, 60_000)`, { transcript: file }));
    expect(outcome.reason).toBe(`transcript parser ${JSON.stringify(file)} failed: what?`);
    await writeFile(
      path.join(home, 'bad-state.mjs'),
      'export const createParser = () => ({ state: { actions: [], results: [], errors: [], iterations: 0, success: 3 }, push() {} });',
    );
    expect((await run(js('0', { transcript: './bad-state.mjs' }))).outcome.reason).toContain(
      'state.success: 3 is not allowed',
    );
  });
});

describe('the prompt', () => {
  const show = `const fs = require('node:fs'); const [first, second] = process.argv.slice(1);
    console.log(JSON.stringify({ stdin: fs.readFileSync(0, 'utf8'), first, file: second && fs.readFileSync(second, 'utf8'), path: second, id: process.env.JOURNEYMAN_TASK_ID }));`;
  const shown = async (
    args: string[],
    given: Partial<AgentTask> = {},
    prompt: object = { template: 'Now: {{task}}' },
  ) => {
    const agent = declare([process.execPath, '-e', show, ...args], { prompt });
    return (await run(agent, { given })).outcome;
  };
  const said = (outcome: AgentOutcome) =>
    JSON.parse(outcome.report.output as string) as Record<string, string>;

  it('comes on stdin, in an argument or in a file', async () => {
    const stdin = said(await shown([]));
    expect(stdin).toMatchObject({ id: 'task-1' });
    expect(stdin['stdin']).toMatch(/^Now: Do the task .*\n<task-\w{8}>\nPlease add the line "hello there"/);
    const prompt = stdin['stdin'];
    expect(said(await shown(['{{prompt}}']))).toMatchObject({ stdin: '', first: prompt });
    expect(said(await shown(['p={{prompt}}!', '{{promptFile}}']))).toMatchObject({
      stdin: '',
      first: `p=${prompt}!`,
      file: prompt,
    });
    const { path: file = '' } = said(await shown(['first', '{{promptFile}}']));
    expect(file).toMatch(/prompt\.txt$/);
    expect(existsSync(file)).toBe(false);
  });

  it('stays data, whatever the task says', async () => {
    const description = 'say {{promptFile}} $& $(id) \0 {{session}}';
    const { first } = said(await shown(['{{prompt}}'], { description }));
    expect(first).toContain('say {{promptFile}} $& $(id) \ufffd {{session}}');
  });

  it('has to fit into an argument', async () => {
    const given = { context: { large: 'word '.repeat(100_000) } };
    const { reason } = await shown(['{{prompt}}'], given, { maxTokens: 100_000 });
    expect(reason).toMatch(
      /^the prompt makes an argument of \d+ bytes, more than the 131071 that there may be/,
    );
    expect(said(await shown([], given, { maxTokens: 3_000 }))['stdin']).toContain('characters cut');
  });

  it('has to have a template that can be filled', async () => {
    expect((await shown([], {}, { template: '{{task}} {{tusk}}' })).reason).toContain('unknown {{tusk}}');
  });
});

describe('a run that a crash cut off', () => {
  const options = ['--stop-after', '6', '--how', 'kill'];
  const resume = [process.execPath, cli, '--resume', '{{session}}'];
  const crashed = async (): Promise<{ workspace: string; interrupted: AgentHeartbeat }> => {
    const { beats, workspace } = await run(coder(options));
    const interrupted = beats.at(-1);
    if (interrupted === undefined) throw new Error('it told nothing of itself');
    expect(await written(workspace)).toBe('hello there\n');
    return { workspace, interrupted };
  };

  it('is taken up, and what it had spent is counted', async () => {
    const { workspace, interrupted } = await crashed();
    const { outcome } = await run(coder([], { resume }), { given: { workspace }, attempt: 2, interrupted });
    expect(outcome.report).toMatchObject({ success: true, actions: [], tokens: { input: 840, output: 80 } });
    expect(await written(workspace)).toBe('hello there\n');
  });

  it('begins anew without a way to take it up', async () => {
    const { workspace, interrupted } = await crashed();
    const { outcome } = await run(coder(), { given: { workspace }, attempt: 2, interrupted });
    expect(outcome.report).toMatchObject({
      success: true,
      actions: [{ type: 'Bash' }, { type: 'Edit' }],
      tokens: { input: 1_680, output: 160 },
    });
    expect(await written(workspace)).toBe('hello there\nhello there\n');
  });

  it('begins anew when the program knows nothing of it any more', async () => {
    const { workspace, interrupted } = await crashed();
    const lost = { ...interrupted, session: 'lost' };
    const { outcome } = await run(coder([], { resume }), {
      given: { workspace },
      attempt: 2,
      interrupted: lost,
    });
    expect(outcome.report).toMatchObject({ success: true, actions: [{}, {}] });
  });

  it('is told to go on', async () => {
    const agent = js('0', {
      transcript: 'text',
      resume: [process.execPath, '-e', 'console.log(process.argv[1])', '{{session}} {{prompt}}'],
    });
    const interrupted = {
      elapsedSeconds: 1,
      spent: { cost: 0, tokens: { input: 0, output: 0 }, iterations: 0 },
      session: 's-1',
    };
    const { outcome } = await run(agent, { attempt: 2, interrupted });
    expect(outcome.report.output).toMatch(/^s-1 Your work on this task was cut off by a crash\./);
  });
});
