import { existsSync } from 'node:fs';
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, describe, expect, it } from 'vitest';
import { createAgentRunner } from '../../src/agents/agent-runner.js';
import { parseConfig } from '../../src/config.js';
import type { AgentOutcome } from '../../src/shared/agent-call.js';
import type { AgentTask } from '../../src/shared/agent-contract.js';
import { type HostedAgent, isHosted } from '../../src/shared/agent-declaration.js';
import { agentTask } from '../fixtures/agent-task.js';
import { isAlive } from './agents-is-alive.js';

const folder = await mkdtemp(path.join(tmpdir(), 'journeyman-agents-'));
await writeFile(path.join(folder, 'readable'), 'true', { mode: 0o644 });

afterAll(async () => {
  await rm(folder, { recursive: true });
});

const declare = (command: string[], more: object = {}): HostedAgent => {
  const agents = [{ type: 'test', kind: 'command', command, ...more }];
  const [agent] = parseConfig({ agents }, path.join(folder, 'journeyman.config.json')).agents;
  if (agent === undefined || !isHosted(agent)) throw new Error('not hosted');
  return agent;
};
/** An agent whose program is JavaScript. */
const js = (source: string, more: object = {}): HostedAgent =>
  declare([process.execPath, '-e', source], more);
const sh = (source: string, more: object = {}): HostedAgent => declare(['sh', '-c', source], more);

const run = (
  agent: HostedAgent,
  given: Partial<AgentTask> = {},
  signal?: AbortSignal,
): Promise<AgentOutcome> =>
  createAgentRunner(agent)(agentTask(given), {
    signal: signal ?? new AbortController().signal,
    heartbeat: () => undefined,
    attempt: 1,
  });

const lineOf = async (file: string): Promise<string> => {
  for (let tries = 0; tries < 200; tries += 1) {
    const text = existsSync(file) ? await readFile(file, 'utf8') : '';
    if (text.endsWith('\n')) return text;
    await sleep(25);
  }
  throw new Error(`nothing came in ${file}`);
};

describe('what the program is given', () => {
  it('has the task on stdin, in a file and in the environment, and no secret of the worker', async () => {
    process.env['WORKER_SECRET'] = 'hidden';
    process.env['WANTED'] = 'passed';
    const agent = js(
      `const fs = require('node:fs');
       const input = fs.readFileSync(0, 'utf8');
       const same = input === fs.readFileSync(process.env.JOURNEYMAN_TASK_FILE, 'utf8') && input === process.env.JOURNEYMAN_TASK;
       console.log(JSON.stringify({ success: true, output: { task: JSON.parse(input), same, env: process.env, cwd: process.cwd() } }));`,
      { env: { OWN: 'declared' }, passEnv: ['WANTED', 'NOT_SET_ANYWHERE'] },
    );
    const { report, source, durationMs } = await run(agent, { workspace: folder });
    delete process.env['WORKER_SECRET'];
    const output = report.output as {
      task: AgentTask;
      same: boolean;
      env: Record<string, string>;
      cwd: string;
    };
    expect(output).toMatchObject({ same: true, cwd: folder, task: { idempotencyKey: 'key-1' } });
    const given = Object.keys(output.env).filter((name) => !name.startsWith('JOURNEYMAN_'));
    expect(['PATH', 'HOME', 'LANG', 'TMPDIR', 'OWN', 'WANTED']).toEqual(expect.arrayContaining(given));
    expect(output.env).toMatchObject({
      OWN: 'declared',
      WANTED: 'passed',
      JOURNEYMAN_TASK_ID: 'task-1',
      JOURNEYMAN_EXECUTION_ID: 't/task-1/run',
      JOURNEYMAN_IDEMPOTENCY_KEY: 'key-1',
    });
    expect(existsSync(output.env['JOURNEYMAN_TASK_FILE'] ?? '')).toBe(false);
    expect(source).toBe('agent');
    expect(durationMs).toBeGreaterThan(0);
  });

  it('need not read a large task', async () => {
    const outcome = await run(sh('test -z "$JOURNEYMAN_TASK" && echo done'), {
      context: { large: 'x'.repeat(3_000_000) },
    });
    expect(outcome.report).toMatchObject({ success: null, output: 'done' });
  });

  it('gets no shell', async () => {
    const { report } = await run(declare(['echo', '$HOME', ';', 'ls', '`id`']));
    expect(report.output).toBe('$HOME ; ls `id`');
  });
});

describe('what the program answers', () => {
  it('is unknown success for plain text, and failure for an exit code', async () => {
    expect(await run(sh('echo hello'))).toMatchObject({
      report: { success: null, output: 'hello', errors: [] },
      source: 'agent',
    });
    expect(await run(sh('echo half; echo oh no >&2; exit 3'))).toMatchObject({
      report: { success: false, output: 'half', errors: ['exited with code 3', 'oh no'] },
      reason: 'exited with code 3',
    });
  });

  it('takes its report, its own failure and its cost', async () => {
    const reported = await run(sh(`echo log; echo '{"success":false,"errors":["too hard"],"cost":2}'`));
    expect(reported).toMatchObject({ report: { success: false, cost: 2 }, reason: 'too hard' });
    const { report } = await run(sh(`echo '{"success":true}'`, { costPerRun: 0.25 }));
    expect(report).toMatchObject({ success: true, cost: 0.25 });
  });

  it('does not believe a success with a failing exit code', async () => {
    const outcome = await run(sh(`echo '{"success":true}'; exit 1`));
    expect(outcome).toMatchObject({
      report: { success: false },
      reason: 'exited with code 1, whatever its report says',
    });
  });

  it('is bounded', async () => {
    const { report } = await run(
      js('console.log(JSON.stringify({ success: true, output: "x".repeat(3e6) }))', {
        limits: { maxReportBytes: 20_000 },
      }),
    );
    expect(Buffer.byteLength(JSON.stringify(report))).toBeLessThanOrEqual(20_000);
    expect(report.success).toBe(true);
  });
});

describe('a program that misbehaves is a failure with a reason', () => {
  it.each([
    ['garbage', sh('head -c 5000 /dev/urandom'), /^garbage on stdout/],
    ['half a report', sh(`printf '{"success": tr'`), /^malformed report: stdout begins like JSON/],
    [
      'a malformed report',
      sh(`echo '{"success":"yes"}'`),
      /^malformed report: success: "yes" is not allowed/,
    ],
    [
      'a report too large to read',
      js('console.log(JSON.stringify({ success: true, output: "x".repeat(2e7) }))'),
      /^malformed report: .*larger than/,
    ],
    ['suicide', sh('kill -9 $$'), /^killed by SIGKILL$/],
    ['no program', declare(['no-such-program-anywhere']), /could not be started: there is no such program/],
    ['no permission', declare([path.join(folder, 'readable')]), /could not be started: it is not executable/],
  ])('%s', async (_what, agent, reason) => {
    const outcome = await run(agent);
    expect(outcome.report.success).toBe(false);
    expect(outcome.report.errors.length).toBeGreaterThan(0);
    expect(outcome.reason).toMatch(reason);
    expect(outcome.source).toBe('system');
  });

  it('a hang, though it ignores SIGTERM', async () => {
    const outcome = await run(
      sh('trap "" TERM; echo started; while :; do sleep 0.05; done', { limits: { startToCloseSeconds: 2 } }),
    );
    expect(outcome).toMatchObject({
      reason: 'timed out after 1.5 s',
      report: { success: false, output: 'started' },
    });
    expect(outcome.durationMs).toBeLessThan(4_000);
  });

  it('200 MB of output', async () => {
    const before = process.memoryUsage().rss;
    const outcome = await run(sh('head -c 209715200 /dev/zero | tr "\\0" x'));
    expect(outcome.reason).toBe('output limit: stopped after it printed more than 64 MiB');
    expect(outcome.report.success).toBe(false);
    expect(process.memoryUsage().rss - before).toBeLessThan(150 * 1024 * 1024);
  });
});

describe('cancellation', () => {
  it('ends the whole tree, also what left the group, and tells what was done', async () => {
    const file = path.join(folder, 'pids');
    const cancel = new AbortController();
    const nap = 'sleep 60 & echo $!';
    const running = run(
      sh(
        `a=$(sleep 60 >/dev/null & echo $!); b=$(setsid sh -c 'sleep 60 >/dev/null & echo $!'); echo $$ $a $b > ${file}; ${nap}; wait`,
      ),
      {},
      cancel.signal,
    );
    const pids = (await lineOf(file)).trim().split(' ').map(Number);
    expect(pids).toHaveLength(3);
    expect(pids.every(isAlive)).toBe(true);
    cancel.abort(new Error('stop it'));
    await expect(running).rejects.toMatchObject({
      name: 'CallCancelled',
      outcome: { report: { success: false, errors: ['stop it'] } },
    });
    expect(pids.filter(isAlive)).toEqual([]);
  });

  it('starts nothing when it came first', async () => {
    const file = path.join(folder, 'never');
    await expect(run(sh(`touch ${file}`), {}, AbortSignal.abort(new Error('early')))).rejects.toThrow(
      'early',
    );
    expect(existsSync(file)).toBe(false);
  });

  it('leaves no grandchild when the program ends by itself', async () => {
    const { report } = await run(sh('sleep 60 & echo $!'));
    expect(isAlive(Number(report.output))).toBe(false);
  });
});

describe('the verify command', () => {
  const verify = (source: string): string[] => ['sh', '-c', source];

  it('decides, whatever the agent says', async () => {
    await writeFile(path.join(folder, 'proof'), '');
    const agent = sh(`echo '{"success":false,"errors":["I gave up"]}'`, { verify: verify('test -e proof') });
    expect(await run(agent, { workspace: folder })).toMatchObject({
      report: { success: true, errors: ['I gave up'] },
      source: 'verifier',
    });
    const refused = await run(sh(`echo '{"success":true}'`), {
      verify: verify('echo 1 test failed; exit 7'),
    });
    expect(refused).toMatchObject({ report: { success: false, actions: [] }, source: 'verifier' });
    expect(refused.reason).toMatch(/^verify command "sh -c echo.*" exited with code 7$/);
    expect(refused.report.errors[0]).toMatch(/exited with code 7\n1 test failed$/);
  });

  it("of the task goes before the declaration's, which is not for splits", async () => {
    const agent = sh('true', { verify: verify('exit 1') });
    expect((await run(agent, { verify: ['true'] })).report.success).toBe(true);
    expect(await run(agent, { role: 'lead-split' })).toMatchObject({
      report: { success: null },
      source: 'agent',
    });
  });

  it('fails when it is killed', async () => {
    expect((await run(sh('true'), { verify: verify('kill -9 $$') })).reason).toContain('killed by SIGKILL');
  });

  it.each<[string, string[], RegExp]>([
    ['is missing', ['no-such-check'], /there is no such program/],
    ['lies in a file', ['/etc/hostname/check'], /could not be started: ENOTDIR/],
    ['has an argument that none can have', ['true', 'a\0b'], /could not be started: .*null bytes/],
    ['is cut short', ['sleep', '60'], /^verify command "sleep 60" was stopped: timed out after 0\.75 s$/],
  ])('says nothing of the work when it %s', async (_what, command, reason) => {
    const limits = { startToCloseSeconds: 1 };
    expect(await run(sh('true', { limits }), { verify: command })).toMatchObject({
      source: 'agent',
      report: { success: null },
      words: [{ success: null, by: 'verify', reason: expect.stringMatching(reason) }],
    });
  });

  it('is not asked about an agent that broke off', async () => {
    const outcome = await run(sh('kill -9 $$'), { verify: ['true'] });
    expect(outcome).toMatchObject({
      report: { success: false },
      source: 'system',
      reason: 'killed by SIGKILL',
    });
  });
});

describe('the call', () => {
  it('has heartbeats with progress', async () => {
    const beats: unknown[] = [];
    await createAgentRunner(sh('echo hello; sleep 0.5', { limits: { heartbeatSeconds: 0.3 } }))(agentTask(), {
      signal: new AbortController().signal,
      heartbeat: (details) => beats.push(details),
      attempt: 1,
    });
    expect(beats.length).toBeGreaterThan(2);
    expect(beats[0]).toEqual({
      elapsedSeconds: 0,
      spent: { cost: 0, tokens: { input: 0, output: 0 }, iterations: 0 },
    });
    expect(beats.at(-1)).toMatchObject({ bytes: 6 });
  });

  it('refuses a task that does not fit the contract', async () => {
    await expect(run(sh('true'), { role: 'boss' as 'worker' })).rejects.toThrow(
      /role: "boss" is not allowed/,
    );
  });

  it('leaves no file behind', async () => {
    const tmp = await mkdtemp(path.join(folder, 'tmp-'));
    const before = process.env['TMPDIR'];
    process.env['TMPDIR'] = tmp;
    await run(sh('exit 1'));
    if (before === undefined) delete process.env['TMPDIR'];
    else process.env['TMPDIR'] = before;
    expect(await readdir(tmp)).toEqual([]);
  });
});
