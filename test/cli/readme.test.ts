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

/** The README's marked blocks of code, by their mark. */
async function markedBlocks(): Promise<Map<string, string>> {
  const readme = await readFile(path.join(root, 'README.md'), 'utf8');
  const found = readme.matchAll(/<!-- (.+?) -->\n```\w+\n([\s\S]*?)```/g);
  return new Map([...found].map(([, mark = '', code = '']) => [mark, code]));
}

beforeAll(async () => {
  blocks = await markedBlocks();
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
  const program = (blocks.get('run: worker and client') ?? '').replace(
    "from 'journeyman'",
    `from '${path.join(root, 'dist/index.js')}'`,
  );
  await writeFile(path.join(folder, 'platform.mts'), program);
});
afterAll(() => rm(folder, { recursive: true, force: true }));

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
