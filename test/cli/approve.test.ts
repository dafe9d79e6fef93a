import { execFile } from 'node:child_process';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { promisify } from 'node:util';
import { Client, Connection } from '@temporalio/client';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { setUpSearchAttributes } from '../../src/setup.js';
import { waitUntil } from '../workflow/wait-until.js';
import { ownPlace } from './own-place.js';
import { journeyman, journeymanHere, type ProgramEnd } from './run-program.js';

const execute = promisify(execFile);
const agent = `
import { readFileSync, writeFileSync } from 'node:fs';
const { context, workspace } = JSON.parse(readFileSync(0, 'utf8'));
if (context.edit) writeFileSync('price.txt', Buffer.from('caf\\u00e9 ' + context.edit + '\\n', 'latin1'));
console.log(JSON.stringify({ success: true, output: 'done' }));
`;

const { name, folder, env, here } = await ownPlace('approve', (name) => ({
  agents: [{ type: 'coder', kind: 'command', command: [process.execPath, './agent.mjs'] }],
  temporal: { taskQueue: name },
  workspaces: { root: './workspaces' },
  redact: ['SHOP-[0-9]+'],
}));
const shop = path.join(folder, 'shop');
let connection: Connection;

beforeAll(async () => {
  await writeFile(path.join(folder, 'agent.mjs'), agent);
  await mkdir(shop);
  await writeFile(path.join(shop, 'price.txt'), Buffer.from('caf\u00e9 2\n', 'latin1'));
  const git = (...args: string[]) =>
    execute('git', ['-c', 'user.name=a', '-c', 'user.email=a@b', ...args], { cwd: shop });
  await git('init', '--quiet');
  await git('add', '.');
  await git('commit', '--quiet', '--message', 'one');
  connection = await Connection.connect({ address: inject('temporalAddress') });
  await setUpSearchAttributes(connection, 'default');
});

afterAll(() => connection.close());

const run = (...args: string[]): Promise<ProgramEnd> => journeyman(['run', ...args], { cwd: folder, env });
const listed = (taskId: string) =>
  waitUntil(`${taskId} is listed`, async () => {
    const { stdout } = await here('approvals', '--json');
    const waiting = JSON.parse(stdout || '[]') as { taskId: string; approval: { question: string } }[];
    return waiting.find((task) => task.taskId === taskId);
  });

describe('a task that waits for a person', () => {
  it('is listed and shown, ends as was decided, and takes no second answer', async () => {
    const running = run('Release it', '--approve', 'before', '--task-id', 'one');
    expect(await listed('one')).toMatchObject({
      plan: 'single(coder)',
      approval: { when: 'before', question: 'May the agents start?', onDeadline: 'reject' },
    });
    const table = await here('approvals');
    expect(table.stdout).toMatch(
      /^one +May the agents start\? +\d{4}-\d\d-\d\d \d\d:\d\d:\d\d +reject +single\(coder\)$/m,
    );
    const shown = await here('show', 'one');
    expect(shown.stdout).toMatch(/^one tenant .* is not recorded yet: awaiting approval$/m);
    expect(shown.stdout).toMatch(/waits {4}May the agents start\?\n +until .*, then: reject\n/);
    expect(shown.stdout).toContain('journeyman approve one\n         journeyman reject one\n');
    expect(await here('show', 'one', '--diff')).toMatchObject({
      code: 1,
      stderr: 'error: task "one" has no patch: it has no result yet\n',
    });

    const comment = 'not before SHOP-12 is done; password=hunter2000';
    const rejected = await here('reject', 'one', '--by', 'ana', '--comment', comment);
    expect(rejected).toMatchObject({ code: 0, stdout: 'one: its agents do not start\n' });
    const end = await running;
    expect(end.code, end.stderr).toBe(1);
    expect(end.stderr).toMatch(/waits {4}May the agents start\?\n +until .*\n +journeyman approve one\n/);
    expect(end.stdout).toMatch(
      /^Approval +start rejected by ana, \S+ \S+: not before \[redacted\] is done; password=\[redacted\]$/m,
    );

    const history = await new Client({ connection }).workflow.getHandle(`${name}/one`).fetchHistory();
    // Payloads stand there in base64.
    const payloads = JSON.stringify(history, (key, value: unknown) =>
      key === 'data' && typeof value === 'string' ? Buffer.from(value, 'base64').toString('utf8') : value,
    );
    expect(payloads).toContain('not before [redacted] is done');
    expect(payloads).not.toMatch(/SHOP-12|hunter2000/);

    const again = await here('approve', 'one');
    expect(again.code).toBe(2);
    expect(again.stderr).toMatch(
      /task: "one" .* a task that waits for approval; this one is over \(start rejected by ana, /,
    );
    expect((await here('show', 'one')).stdout).toMatch(/^Approval +start rejected by ana, /m);
    expect((await here('approvals')).stdout).toBe('No task waits for approval.\n');
  });

  it('unknown tasks and tasks that ask nothing are refused', async () => {
    const unknown = await here('approve', 'nobodys');
    expect(unknown).toMatchObject({ code: 2, stderr: 'error: task "nobodys" was not found\n' });
    expect((await run('Just do it', '--task-id', 'unasked')).code).toBe(0);
    const over = await here('approve', 'unasked');
    expect(over.code).toBe(2);
    expect(over.stderr).toMatch(/task: "unasked" .* a task that waits for approval; this one is over$/m);
    expect((await run('Just do it', '--task-id', 'unrecorded', '--learning', 'off')).code).toBe(0);
    const gone = await here('approve', 'unrecorded');
    expect(gone.stderr).toMatch(/task: "unrecorded" .* a task that waits for approval; this one is over$/m);
  });

  it('is refused clearly where the namespace cannot tell who waits', async () => {
    const namespace = `${name}-bare`;
    await connection.workflowService.registerNamespace({
      namespace,
      workflowExecutionRetentionPeriod: { seconds: 86_400 as never },
    });
    const end = await waitUntil('the namespace is there', async () => {
      const bare = await journeymanHere(
        ['approvals', '--config', path.join(folder, 'journeyman.config.json')],
        {
          ...env,
          TEMPORAL_NAMESPACE: namespace,
        },
      );
      return /namespace .*not found/i.test(bare.stderr) ? undefined : bare;
    });
    expect(end.code).toBe(1);
    expect(end.stderr).toContain(
      `the namespace ${namespace} has no search attribute AwaitingApproval: run "journeyman setup"`,
    );
  });
});

describe('a change in a workspace of its own', () => {
  it('is shown, printed byte for byte as a patch, and applied when a person accepts it', async () => {
    const running = run(
      ...[
        'Raise the price',
        '--task-id',
        'two',
        '--workspace',
        'shop',
        '--isolate',
        'git',
        '--keep',
        'always',
      ],
      ...['--apply', '--approve', 'after', '--context', 'edit=3', '--json'],
    );
    await listed('two');
    expect(await readFile(path.join(shop, 'price.txt'), 'latin1')).toBe('caf\u00e9 2\n');
    const approved = await here('approve', 'two', '--by', 'ana', '--json');
    expect(JSON.parse(approved.stdout)).toMatchObject({ taskId: 'two', approved: true, when: 'after' });
    const end = await running;
    expect(end.code, end.stderr).toBe(0);
    expect(JSON.parse(end.stdout)).toMatchObject({
      source: 'human',
      change: { files: 1, additions: 1, deletions: 1, applied: true },
      approvals: [{ approved: true, by: 'ana', when: 'after' }],
    });
    expect(await readFile(path.join(shop, 'price.txt'), 'latin1')).toBe('caf\u00e9 3\n');
    const shown = await here('show', 'two');
    expect(shown.stdout).toMatch(/^Change +1 file, \+1 -1, applied\n +folder kept: \S+workspaces\S+$/m);
    expect(shown.stdout).toMatch(/^Approval +result approved by ana, /m);

    const inJson = JSON.parse((await here('show', 'two', '--diff', '--json')).stdout) as Record<
      string,
      string
    >;
    expect(inJson).toMatchObject({ taskId: 'two', encoding: 'base64' });
    await execute('git', ['checkout', '--quiet', '.'], { cwd: shop });
    // In bytes, as a pipe has it.
    const cli = path.resolve('src/cli/main.ts');
    const tsx = path.resolve('node_modules/tsx/dist/loader.mjs');
    await execute(
      'sh',
      [
        '-c',
        '"$1" --import "$2" "$3" show two --diff --config ../journeyman.config.json | git apply',
        'sh',
        process.execPath,
        tsx,
        cli,
      ],
      { cwd: shop, env: { ...process.env, ...env } },
    );
    expect(await readFile(path.join(shop, 'price.txt'), 'latin1')).toBe('caf\u00e9 3\n');
  });

  it('is missing for a reason', async () => {
    await run('Look around', '--task-id', 'three', '--workspace', 'shop', '--isolate', 'copy');
    await run('Look around', '--task-id', 'four');
    await run(
      'Raise it',
      '--task-id',
      'five',
      '--workspace',
      'shop',
      '--isolate',
      'copy',
      '--context',
      'edit=4',
      '--learning',
      'off',
    );
    expect(await here('show', 'three', '--diff')).toMatchObject({
      code: 1,
      stderr: 'error: task "three" has no patch: nothing was changed\n',
    });
    expect((await here('show', 'three')).stdout).toMatch(/^Change +nothing$/m);
    expect(await here('show', 'four', '--diff')).toMatchObject({
      code: 1,
      stderr: 'error: task "four" has no patch: its agent had no workspace of its own\n',
    });
    expect((await here('show', 'nobodys', '--diff')).code).toBe(2);
    // Not recorded; Temporal has its result.
    expect(await here('show', 'five', '--diff')).toMatchObject({
      code: 0,
      stdout: expect.stringMatching(/^diff --git a\/price\.txt b\/price\.txt\n(.*\n)*\+caf. 4\n$/),
    });
  });
});
