import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';
import { Connection } from '@temporalio/client';
import { MongoClient } from 'mongodb';
import { afterAll, beforeAll, expect, inject, test } from 'vitest';
import { LocalServerError, type LocalServers, startLocalServers } from '../../src/embedded/index.js';
import { identifyProcess } from '../../src/embedded/process-identity.js';
import { requiredSearchAttributes } from '../../src/shared/search-attributes.js';

let scratch: string;
beforeAll(async () => {
  scratch = await mkdtemp(join(tmpdir(), 'embedded-test-'));
});
afterAll(() => rm(scratch, { recursive: true, force: true }));

/** The developer's environment without settings that name running servers. */
const env = Object.fromEntries(
  Object.entries(process.env).filter(
    ([name]) => name !== 'TEMPORAL_ADDRESS' && name !== 'JOURNEYMAN_MONGODB_URI',
  ),
);
const freePorts = { temporalPort: 0, uiPort: null, mongoPort: 0, env };

/** Which of the guard and the servers still run. One that has ended but was not yet collected does not. */
async function running({ pids }: Pick<LocalServers, 'pids'>): Promise<string[]> {
  const identities = await Promise.all(Object.values(pids).map((pid) => identifyProcess(pid ?? 0)));
  return Object.keys(pids).filter((_, index) => identities[index]?.started !== null);
}

async function rejection(promise: Promise<unknown>): Promise<string> {
  const error = await promise.then(
    () => null,
    (reason: unknown) => reason,
  );
  expect(error).toBeInstanceOf(LocalServerError);
  return (error as LocalServerError).message;
}

/** Starts servers from a process of its own, and returns it and what it started. */
async function startInChild(dataDir: string | null): Promise<{ child: ChildProcess; servers: LocalServers }> {
  const script = `
    import { startLocalServers } from ${JSON.stringify(join(process.cwd(), 'src/embedded/index.ts'))};
    const dataDir = ${JSON.stringify(dataDir)};
    const servers = await startLocalServers({ dataDir, temporalPort: 0, uiPort: null, mongoPort: 0 });
    console.log(JSON.stringify(servers));`;
  const args = ['--import', 'tsx', '--input-type=module', '-e', script];
  const child = spawn(process.execPath, args, {
    stdio: ['ignore', 'pipe', 'inherit'],
    env: { ...env, TMPDIR: scratch },
  });
  const [line] = (await once(createInterface({ input: child.stdout }), 'line')) as [string];
  return { child, servers: JSON.parse(line) as LocalServers };
}

test('kept servers are ready for tasks, shared between starts, and keep their data', async () => {
  const dataDir = join(scratch, 'kept');
  const [one, other] = await Promise.all([
    startLocalServers({ dataDir, ...freePorts, uiPort: 0 }),
    startLocalServers({ dataDir, ...freePorts, uiPort: 0 }),
  ]);
  const [first, second] = one.attached ? [other, one] : [one, other];
  expect([first.attached, second.attached]).toEqual([false, true]);
  expect(second.temporal).toEqual(first.temporal);
  expect(second.mongo).toEqual(first.mongo);
  expect((await fetch(first.temporal.uiUrl ?? '')).status).toBe(200);

  const connection = await Connection.connect({ address: first.temporal.address });
  const { namespace } = first.temporal;
  const attributes = await connection.operatorService.listSearchAttributes({ namespace });
  expect(Object.keys(attributes.customAttributes ?? {})).toEqual(
    expect.arrayContaining(requiredSearchAttributes.map(({ name }) => name)),
  );
  const described = await connection.workflowService.describeNamespace({ namespace });
  expect(Number(described.config?.workflowExecutionRetentionTtl?.seconds)).toBe(30 * 24 * 3600);
  await connection.close();

  const client = new MongoClient(first.mongo.uri);
  await client.withSession((session) =>
    session.withTransaction(() =>
      client.db('kept').collection('notes').insertOne({ text: 'a' }, { session }),
    ),
  );
  await client.close();
  await second.stop();
  expect(await running(first)).toEqual(['guard', 'temporal', 'mongod']);
  await first.stop();
  expect(await running(first)).toEqual([]);

  // Free ports differ from the last ones, so this also moves the replica set.
  const again = await startLocalServers({ dataDir, ...freePorts });
  expect(again.attached).toBe(false);
  const reader = new MongoClient(again.mongo.uri);
  expect(await reader.db('kept').collection('notes').countDocuments()).toBe(1);
  await reader.close();
  await again.stop();
});

test('SIGKILL of the parent leaves no process and no temporary folder', async () => {
  const { child, servers } = await startInChild(null);
  expect(await running(servers)).toEqual(['guard', 'temporal', 'mongod']);
  child.kill('SIGKILL');
  const deadline = Date.now() + 10_000;
  while ((await running(servers)).length > 0 && Date.now() < deadline) await sleep(50);
  expect(await running(servers)).toEqual([]);
  expect((await readdir(scratch)).filter((name) => name.startsWith('journeyman-'))).toEqual([]);
});

test.each([{ killed: 'the parent' }, { killed: 'the parent and the guard' }])(
  'after SIGKILL of $killed the next start sees the servers end and starts anew',
  async ({ killed }) => {
    const dataDir = join(scratch, `after SIGKILL of ${killed}`);
    const { child, servers } = await startInChild(dataDir);
    const exited = once(child, 'exit');
    if (killed.endsWith('guard')) process.kill(servers.pids.guard ?? 0, 'SIGKILL');
    child.kill('SIGKILL');
    await exited;
    const next = await startLocalServers({ dataDir, ...freePorts });
    expect(next.attached).toBe(false);
    expect(await running(servers)).toEqual([]);
    await next.stop();
  },
);

test('what a crash left in the data folder does not hinder a start', async () => {
  const dataDir = join(scratch, 'stale');
  await mkdir(dataDir);
  const dead = { pid: 4_194_303, started: '1' };
  await writeFile(join(dataDir, 'servers.lock'), JSON.stringify(dead));
  const temporal = { process: dead, address: '127.0.0.1:1', namespace: 'default', uiUrl: null };
  const mongo = { process: dead, uri: 'mongodb://127.0.0.1:1' };
  await writeFile(
    join(dataDir, 'servers.json'),
    JSON.stringify({ owner: dead, guard: dead, temporal, mongo }),
  );
  const servers = await startLocalServers({ dataDir, ...freePorts });
  expect(servers.attached).toBe(false);
  await servers.stop();
});

test('a server that ends by itself is reported with its last words', async () => {
  let report: (error: LocalServerError) => void = () => {};
  const reported = new Promise<LocalServerError>((resolve) => {
    report = resolve;
  });
  const servers = await startLocalServers({ dataDir: null, env, onFailure: (error) => report(error) });
  process.kill(servers.pids.mongod ?? 0, 'SIGKILL');
  expect((await reported).message).toMatch(
    /^mongod ended \(signal SIGKILL\)\.\nThe last lines of .*mongod\.log:/,
  );
  await servers.stop();
  expect(await running(servers)).toEqual([]);
});

test('a taken port is explained: who has it and what to do', async () => {
  const foreign = createServer().listen(0, '127.0.0.1');
  await once(foreign, 'listening');
  const address = foreign.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;
  const dataDir = join(scratch, 'taken');
  const message = await rejection(startLocalServers({ dataDir, ...freePorts, temporalPort: port }));
  expect(message).toContain(`Port ${port}, wanted for Temporal, is taken`);
  expect(message).toContain('--temporal-port');
  if (process.platform === 'linux') expect(message).toContain(`pid ${process.pid}: `);
  expect(await rejection(startLocalServers({ dataDir, ...freePorts, mongoPort: 70_000 }))).toContain(
    '--mongo-port: 70000 is not a port',
  );
  foreign.close();
});

test('programs that cannot be found are explained: every step, why it failed, what to do', async () => {
  const nowhere = {
    PATH: join(scratch, 'empty'),
    JOURNEYMAN_CACHE: join(scratch, 'cache'),
    JOURNEYMAN_TEMPORAL_MIRROR: 'http://127.0.0.1:1',
    MONGOMS_DOWNLOAD_MIRROR: 'http://127.0.0.1:1',
  };
  const steps: string[] = [];
  const message = await rejection(
    startLocalServers({ dataDir: null, env: nowhere, onStep: (text) => steps.push(text) }),
  );
  expect(message).toMatch(/^No usable Temporal CLI was found.*^No usable MongoDB server/ms);
  expect(message).toContain('1. MONGOD_PATH: not set');
  expect(message).toContain('2. PATH: no mongod on PATH');
  expect(message).toContain('3. cache folder: no mongod in ');
  expect(message).toContain('4. official download: 127.0.0.1:1 cannot be reached');
  expect(message).toContain('5. Python wheel: python3 was not found');
  expect(message).toContain('set JOURNEYMAN_MONGODB_URI to a server that already runs');
  expect(steps).toContainEqual(expect.stringContaining('trying the official download'));

  const binding = { ...env, TEMPORAL_CLI_PATH: join(scratch, 'no-such-program') };
  expect(await rejection(startLocalServers({ dataDir: null, env: binding }))).toMatch(
    /TEMPORAL_CLI_PATH: .*no-such-program was not found/,
  );
});

test('servers named by the environment are used, and left alone by stop', async () => {
  const named = {
    ...env,
    TEMPORAL_ADDRESS: inject('temporalAddress'),
    JOURNEYMAN_MONGODB_URI: inject('mongoUri'),
  };
  const servers = await startLocalServers({ dataDir: null, env: named });
  expect(servers).toMatchObject({
    attached: true,
    temporal: { address: inject('temporalAddress'), namespace: 'default', uiUrl: null },
    mongo: { uri: inject('mongoUri') },
    binaries: { temporal: null, mongod: null },
  });
  await servers.stop();
  const client = new MongoClient(inject('mongoUri'));
  expect(await client.db('admin').command({ ping: 1 })).toMatchObject({ ok: 1 });
  await client.close();

  const wrong = { ...named, TEMPORAL_ADDRESS: '127.0.0.1:1' };
  expect(await rejection(startLocalServers({ dataDir: null, env: wrong }))).toContain(
    'TEMPORAL_ADDRESS names a Temporal server at 127.0.0.1:1, but none answers there',
  );
});
