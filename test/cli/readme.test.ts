import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { Client, Connection } from '@temporalio/client';
import { afterAll, beforeAll, expect, inject, it } from 'vitest';
import { parseConfig } from '../../src/config.js';

const root = path.resolve(import.meta.dirname, '../..');
const id = `readme-${process.pid}`;
let folder: string;
let blocks: Map<string, string>;

/** A document's marked blocks of code, by their mark. */
async function markedBlocks(document: string): Promise<Map<string, string>> {
  const text = await readFile(path.join(root, document), 'utf8');
  const found = text.matchAll(/<!-- (.+?) -->\n```\w+\n([\s\S]*?)```/g);
  return new Map([...found].map(([, mark = '', code = '']) => [mark, code]));
}

beforeAll(async () => {
  blocks = await markedBlocks('README.md');
  folder = await mkdtemp(path.join(tmpdir(), 'journeyman-readme-'));
  // The names a reader writes, resolved as an installed package would be.
  await symlink(path.join(root, 'node_modules'), path.join(folder, 'node_modules'), 'dir');
  const config = JSON.parse(blocks.get('config') ?? '') as Record<string, unknown>;
  // Queues of their own: other tests run on the same server.
  const agents = (config['agents'] as { type: string }[]).map((agent) => ({
    ...agent,
    taskQueue: `${id}-${agent.type}`,
  }));
  await writeFile(
    path.join(folder, 'journeyman.config.json'),
    JSON.stringify({ ...config, agents, temporal: { taskQueue: id } }),
  );
  await writeFile(path.join(folder, 'greeter.mjs'), blocks.get('file: greeter.mjs') ?? '');
  await writeFile(path.join(folder, 'platform.mts'), resolved(blocks.get('run: worker and client') ?? ''));
  await writeFile(path.join(folder, 'workflows.ts'), resolved(blocks.get('file: workflows.ts') ?? ''));
  await writeFile(path.join(folder, 'activities.ts'), activities);
  await writeFile(
    path.join(folder, 'performance.mts'),
    resolved(performanceOf(blocks.get('part: performance') ?? '')),
  );
  await writeFile(path.join(folder, 'releases.mts'), resolved(releases(blocks.get('part: plugin') ?? '')));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

/** The names that a reader writes, as an installed package would resolve them. */
const resolved = (code: string): string =>
  code
    .replaceAll(/from 'journeyman'/g, `from '${path.join(root, 'dist/index.js')}'`)
    .replaceAll(/from 'journeyman\/(\w+)'/g, (_, entry) => `from '${path.join(root, `dist/${entry}.js`)}'`)
    .replaceAll("'releases'", `'${id}-releases'`);

/** What the README leaves to the reader: activities, and the rest of a worker's program. */
const activities = `
  export const writeNotes = async ({ name }: { name: string; hints: string }) => 'What is new in ' + name;
  export const runChecks = async (_: { suite: string }) => 'passed';`;
const releases = (part: string): string => `
  import { Client, Connection } from '@temporalio/client';
  import { NativeConnection, Worker } from '@temporalio/worker';
  import { JourneymanClient, loadConfig } from 'journeyman';
  import { JourneymanPlugin } from 'journeyman/plugin';
  import * as activities from './activities.js';
  const address = process.env.TEMPORAL_ADDRESS;
  const connection = await NativeConnection.connect({ address });
  const workflowsPath = process.argv[2];
  ${part}
  const client = new Client({ connection: await Connection.connect({ address }) });
  const notes = await worker.runUntil(
    client.workflow.execute('publishRelease', { workflowId: 'release-1', taskQueue: 'releases', args: ['1.0'] }),
  );
  const journeyman = await JourneymanClient.connect({
    tenant: 'acme', config: await loadConfig('journeyman.config.json'), temporal: client,
  });
  const recorded = await journeyman.store.db.collection('interactions').find({ taskId: 'release-1' }).toArray();
  console.log(notes, ...recorded.map(({ attempts }) => attempts[0].report.actions.map(({ type }) => type).join()));
  await journeyman.close();
  process.exit(0);`;

/** Executions to tell of, and a worker that makes advice of them. */
const performanceOf = (part: string): string => `
  import {
    connectStore, connectTemporalWorker, createWorker, JourneymanClient, loadConfig, setUpStore,
  } from 'journeyman';
  const config = await loadConfig('journeyman.config.json');
  const store = connectStore(config);
  const { connection, namespace } = await connectTemporalWorker(config);
  await setUpStore(store);
  const worker = await createWorker({ config, store, connection, namespace });
  const working = worker.run();
  const client = await JourneymanClient.connect({ tenant: '${id}-performance', config });
  const figures = { taskCategory: 'parsing', completionTime: 4, iterations: 1, errors: 0, actionsCount: 1 };
  for (let n = 0; n < 120; n += 1)
    await Promise.all(['coder', 'reviewer'].map((agentType) =>
      client.record.recordExecution({ ...figures, agentType, success: agentType === 'coder' })));
  await (await client.maintain('recommendations')).result();
  ${part}
  await client.close();
  worker.shutdown();
  await working;
  await Promise.all([store.close(), connection.close()]);`;

function run(
  command: string,
  args: string[],
): Promise<{ code: number | null; stdout: string; stderr: string }> {
  return new Promise((resolve, reject) => {
    const child: ChildProcess = spawn(command, args, {
      cwd: folder,
      env: {
        ...process.env,
        TEMPORAL_ADDRESS: inject('temporalAddress'),
        JOURNEYMAN_MONGODB_URI: inject('mongoUri'),
        JOURNEYMAN_DATABASE: id,
      },
    });
    let [stdout, stderr] = ['', ''];
    child.stdout?.on('data', (text: Buffer) => (stdout += text.toString()));
    child.stderr?.on('data', (text: Buffer) => (stderr += text.toString()));
    child.on('error', reject);
    child.on('close', (code) => resolve({ code, stdout, stderr }));
  });
}

it("the README's configuration is valid", () => {
  expect(
    parseConfig(JSON.parse(blocks.get('config') ?? ''), 'README.md').agents.map(({ type }) => type),
  ).toEqual(['greeter', 'echo']);
  const { selection } = JSON.parse(blocks.get('config: selection') ?? '') as { selection: object };
  // Nothing of it is left to a default: the README names all there is.
  expect(parseConfig({ selection }, 'README.md').selection).toEqual(selection);
  expect(Object.keys(selection).sort()).toEqual(['budget', 'proposals', 'rewardPerHour', 'rewardPerUsd']);
});

it("the README's worker and client run a task from start to its later outcome", async () => {
  const tsx = path.join(root, 'node_modules/tsx/dist/esm/index.mjs');
  const { code, stdout, stderr } = await run(process.execPath, ['--import', tsx, 'platform.mts']);
  expect(stderr).not.toContain('Error');
  expect(code).toBe(0);
  expect(stdout).toContain('true Hello, reader!');
  expect(stdout).toContain('totalTasksAnalyzed: 1');
  const connection = await Connection.connect({ address: inject('temporalAddress') });
  const { status, memo } = await new Client({ connection }).workflow.getHandle('acme/greet-1').describe();
  await connection.close();
  expect(status.name).toBe('COMPLETED');
  expect(memo).toMatchObject({ plan: expect.stringContaining('greeter') });
});

it("the README's workflow learns with the plugin in its worker", async () => {
  const tsx = path.join(root, 'node_modules/tsx/dist/esm/index.mjs');
  const workflows = path.join(folder, 'workflows.ts');
  const { code, stdout, stderr } = await run(process.execPath, ['--import', tsx, 'releases.mts', workflows]);
  expect(stderr).not.toContain('Error');
  expect(code).toBe(0);
  expect(stdout).toContain('What is new in 1.0 writeNotes,runChecks');
});

it("the README's questions about performance are answered, and its decision changes something", async () => {
  const tsx = path.join(root, 'node_modules/tsx/dist/esm/index.mjs');
  const { code, stdout, stderr } = await run(process.execPath, ['--import', tsx, 'performance.mts']);
  expect(stderr).not.toContain('Error');
  expect(code, stderr).toBe(0);
  for (const line of [
    /^1 \{ low: 0\.9\d+, high: 1 \} [34]\.?\d*$/m,
    /^coder succeeds more often than reviewer on parsing by \d+-\d+ points/m,
    /^too few days with executions of coder to tell/m,
    /^no step of any task is recorded|^agent:/m,
    /^Prefer coder over reviewer for parsing .* Give parsing to coder in place of reviewer \{$/m,
    /9 of 10 times that a plan of reviewer is drawn for parsing/,
    /^\[\]$/m,
  ])
    expect(stdout).toMatch(line);
});

it('the configurations of the documentation are valid', async () => {
  const documented = await markedBlocks('docs/agents.md');
  const configs = [...documented].filter(([mark]) => mark.startsWith('config: '));
  expect(configs.map(([mark]) => mark)).toEqual([
    'config: coding CLIs',
    'config: language models',
    'config: workflows',
  ]);
  for (const [mark, code] of configs)
    expect(parseConfig(JSON.parse(code), mark).agents.length).toBeGreaterThan(0);
});
