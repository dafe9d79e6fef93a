import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { addOutcome } from '../../src/recording/outcomes.js';
import { ownPlace } from './own-place.js';
import { journeyman, type ProgramEnd, type ProgramOptions } from './run-program.js';

const agent = `
import { readFileSync } from 'node:fs';
const { context, description } = JSON.parse(readFileSync(0, 'utf8'));
if (context.wait) await new Promise((resolve) => setTimeout(resolve, Number(context.wait)));
const success = context.outcome !== 'bad';
console.log(JSON.stringify({
  success,
  output: 'did: ' + description,
  actions: [{ type: 'think', input: {} }],
  results: [{ success }],
  errors: success ? [] : ['TypeError: x is not a function'],
  cost: 0.25,
  iterations: 3,
  tokens: { input: 1200, output: 34 },
}));
`;

const kind = { kind: 'command', command: [process.execPath, './agent.mjs'] };
const { name, folder, store, env, here } = await ownPlace('tasks', (name) => ({
  agents: [
    { type: 'alpha', ...kind, limits: { heartbeatSeconds: 1 } },
    { type: 'beta', ...kind },
  ].map((each) => ({ ...each, taskQueue: `${name}-${each.type}` })),
  temporal: { taskQueue: name },
}));
await writeFile(path.join(folder, 'agent.mjs'), agent);
env['TEMPORAL_UI_URL'] = 'http://ui.test';
const options: ProgramOptions = { cwd: folder, env };

const run = (...args: string[]): Promise<ProgramEnd> => journeyman(args, options);
/** The one document on stdout; a failure shows what was said instead. */
function json({ stdout, stderr }: ProgramEnd): unknown {
  expect(stdout, stderr).not.toBe('');
  return JSON.parse(stdout);
}

describe('tasks through the command line', () => {
  it('sets up', async () => {
    const end = await here('setup');
    expect(end.stderr).toBe('');
    expect(end).toMatchObject({ code: 0, stdout: expect.stringContaining(`tenant ${name}`) });
  });

  it('runs a task with a worker of its own, and shows how it went', async () => {
    const end = await run('run', 'Fix the failing test', '--agent', 'alpha', '--task-id', 'one');
    expect(end.stderr).not.toContain('ran before');
    expect(end.code, end.stderr).toBe(0);
    expect(end.stdout).toMatch(/Result +success \(agent\)/);
    expect(end.stdout).toContain('did: Fix the failing test');
    expect(end.stdout).toContain(`http://ui.test/namespaces/default/workflows/${name}%2Fone`);
    expect(end.stderr).toMatch(/plan +single\(alpha\): /);
    expect(end.stderr).not.toContain('No worker took');
  });

  it('runs a fixed plan with a check, and says by exit code that it failed', async () => {
    const end = await run(
      ...['run', 'Review the release', '--strategy', 'sequential', '--agent', 'beta', '--agent', 'alpha'],
      ...['--verify', `"${process.execPath}" -e 'process.exit(3)'`, '--task-id', 'two', '--json'],
    );
    expect(end.code, end.stderr).toBe(1);
    expect(json(end)).toMatchObject({
      taskId: 'two',
      success: false,
      source: 'verifier',
      plan: 'sequential(beta>alpha)',
      cost: 0.5,
    });
  });

  it('finds a task again by its id instead of running it twice', async () => {
    const end = await run('run', 'Something else', '--task-id', 'one', '--json');
    expect(end.code).toBe(0);
    expect(json(end)).toMatchObject({ output: 'did: Fix the failing test' });
    expect(end.stderr).toContain('The task one ran before, and the same id never runs twice');
  });

  it('lists tasks with their outcome as it is known now', async () => {
    const listed = json(await here('tasks', '--json')) as {
      taskId: string;
      executionId: string;
      success: boolean;
    }[];
    expect(listed.map(({ taskId, success }) => [taskId, success])).toEqual([
      ['two', false],
      ['one', true],
    ]);
    await addOutcome(store, {
      tenant: name,
      executionId: listed[0]?.executionId ?? '',
      outcome: { success: true, source: 'human' },
      by: 'ann',
      comment: 'the check was wrong',
    });
    const good = await here('tasks', '--success', 'yes', '--agent', 'beta');
    expect(good.stdout).toMatch(/two .* sequential\(beta>alpha\) +success \(human\) .*\$0\.50/);
    expect(good.stdout).not.toMatch(/^one /m);
  });

  it('shows one task', async () => {
    const { stdout, code } = await here('show', 'two');
    expect(code).toBe(0);
    expect(stdout).toMatch(/Result +success \(human\): the check was wrong$/m);
    expect(stdout).toMatch(/\* ann +human +success +\S+ \S+ +the check was wrong/);
    expect(stdout).toMatch(/Plan +sequential\(beta>alpha\) asked for by the caller/);
    expect(stdout).toMatch(/\* alpha +failed \(verifier\) .* \$0\.25 +1\.2K\+34 +3 +1$/m);
    expect(stdout).toMatch(/^ +beta +failed \(verifier\) /m);
    expect(stdout).toContain(`http://ui.test/namespaces/default/workflows/${name}%2Ftwo/`);
    expect(json(await here('show', 'one', '--json'))).toMatchObject({
      taskId: 'one',
      executions: [{ choice: { plan: { key: 'single(alpha)' } }, effectiveOutcome: { success: true } }],
    });
    const unknown = await here('show', 'three');
    expect(unknown).toMatchObject({ code: 2, stderr: expect.stringContaining('task "three" was not found') });
  });

  it('maintains, lists what is known, and rebuilds without a change', async () => {
    const maintained = await run('maintain', 'all', '--json');
    expect(maintained.code, maintained.stderr).toBe(0);
    expect(json(maintained)).toMatchObject({ patterns: { finished: true }, knowledge: { finished: true } });
    const rebuilt = await here('rebuild');
    expect(rebuilt.stdout).toMatch(/^2 interactions, \d+ events, \d+ counters; 0 changed$/m);
    const performance = await here('performance', '--json');
    const strategy = await here('strategy');
    const learnings = await here('learnings');
    const knowledge = await here('knowledge', '--json');
    expect(json(performance)).toMatchObject({
      agents: [
        { agentType: 'alpha', executions: 2 },
        { agentType: 'beta', executions: 1 },
      ],
    });
    expect(strategy.stdout).toMatch(/single\(alpha\) +1 +100%/);
    expect(learnings.stdout).toContain('Nothing is learned yet');
    expect(json(knowledge)).toEqual([]);
  });

  it('cancels the task at Ctrl-C and waits for its end', async () => {
    let interrupted = false;
    const end = await journeyman(
      ['run', 'Take long', '--agent', 'alpha', '--context', 'wait=60000', '--task-id', 'long', '--json'],
      {
        ...options,
        onStderr: (text, kill) => {
          if (interrupted || !text.includes('alpha: running')) return;
          interrupted = true;
          kill('SIGINT');
        },
      },
    );
    expect(end.code, end.stderr).toBe(130);
    expect(json(end)).toMatchObject({ taskId: 'long', success: null, error: { type: 'Cancelled' } });
    const shown = json(await here('show', 'long', '--json')) as { executions: { ending: string }[] };
    expect(shown.executions.map(({ ending }) => ending)).toEqual(['cancelled']);
  });
});
