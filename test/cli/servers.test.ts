import { once } from 'node:events';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { type AddressInfo, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { openStore } from '../../src/store/store.js';
import { journeyman, type ProgramEnd } from './run-program.js';

let folder: string;
const anyPorts = ['--temporal-port', '0', '--ui-port', '0', '--mongo-port', '0'];

beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'journeyman-cli-'));
});

afterAll(() => rm(folder, { recursive: true, force: true }));

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  return port;
}

describe('up', () => {
  it('keeps servers that other commands find, until it is told to stop', async () => {
    const home = path.join(folder, 'kept');
    const looks: Promise<ProgramEnd>[] = [];
    let stdout = '';
    const end = await journeyman(['up', '--data', home, ...anyPorts], {
      cwd: folder,
      env: {},
      onStdout(text, kill) {
        stdout = text;
        if (looks.length > 0 || !text.includes('Ctrl-C stops')) return;
        const env = { JOURNEYMAN_HOME: home, NO_COLOR: '1' };
        looks.push(
          journeyman(['tasks'], { cwd: folder, env }),
          journeyman(['up', '--json'], { cwd: folder, env }),
        );
        void Promise.allSettled(looks).then(() => kill('SIGINT'));
      },
    });
    expect(end.code, end.stderr).toBe(0);
    expect(stdout).toMatch(/Temporal +127\.0\.0\.1:\d+/);
    expect(stdout).toMatch(/Temporal UI +http:\/\/127\.0\.0\.1:\d+/);
    expect(stdout).toMatch(/MongoDB +mongodb:\/\/127\.0\.0\.1:\d+/);
    const [tasks, second] = await Promise.all(looks);
    expect(tasks).toMatchObject({ code: 0, stdout: expect.stringContaining('No tasks are recorded') });
    expect(second?.code).toBe(0);
    expect(JSON.parse(second?.stdout ?? '')).toMatchObject({ started: false, dataDir: home });
  });

  it('ends with exit code 1 when a server ends by itself', async () => {
    const home = path.join(folder, 'broken');
    let broken = false;
    const end = await journeyman(['up', ...anyPorts], {
      cwd: folder,
      env: { JOURNEYMAN_HOME: home },
      onStdout(text) {
        if (broken || !text.includes('Ctrl-C stops')) return;
        broken = true;
        void readFile(path.join(home, 'servers.json'), 'utf8').then((state) =>
          process.kill(
            (JSON.parse(state) as { mongo: { process: { pid: number } } }).mongo.process.pid,
            'SIGKILL',
          ),
        );
      },
    });
    expect(end.code).toBe(1);
    expect(end.stderr).toMatch(/error: .*mongod/);
  });
});

describe('worker', () => {
  it('serves metrics, logs JSON lines, and ends in order at SIGTERM', async () => {
    const name = `cli-worker-${process.pid}-${Date.now().toString(36)}`;
    await writeFile(
      path.join(folder, 'journeyman.config.json'),
      JSON.stringify({ tenant: name, temporal: { taskQueue: name } }),
    );
    const address = `127.0.0.1:${await freePort()}`;
    const env = {
      JOURNEYMAN_MONGODB_URI: inject('mongoUri'),
      JOURNEYMAN_DATABASE: name,
      TEMPORAL_ADDRESS: inject('temporalAddress'),
      JOURNEYMAN_METRICS_ADDRESS: address,
    };
    const metrics: Promise<string>[] = [];
    const end = await journeyman(['worker'], {
      cwd: folder,
      env,
      onStderr(text, kill) {
        if (metrics.length > 0 || !text.includes('Worker started')) return;
        metrics.push(fetch(`http://${address}/metrics`).then((answer) => answer.text()));
        void Promise.allSettled(metrics).then(() => kill('SIGTERM'));
      },
    });
    expect(end.code, end.stderr).toBe(0);
    expect((await Promise.all(metrics)).join('')).toContain('temporal_');
    const lines = end.stderr
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as { msg: string; taskQueue?: string });
    expect(lines[0]).toMatchObject({ msg: 'Worker started', taskQueue: name, tenant: name });
    expect(lines.at(-1)).toMatchObject({ msg: 'Worker stopped' });
    const store = openStore({ uri: env.JOURNEYMAN_MONGODB_URI, database: name });
    await store.db.dropDatabase();
    await store.close();
  });
});
