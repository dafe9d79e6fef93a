/** Has a coding CLI mend a small shop, test by test. */
import { execFileSync } from 'node:child_process';
import { cp, mkdtemp, rename } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import {
  connectStore,
  connectTemporalWorker,
  createWorker,
  JourneymanClient,
  loadConfig,
  setUpStore,
} from 'journeyman';
import { heading, learn, plural, printAttempts, printPatch, say } from '../shared/print.mjs';
import { quiet } from '../shared/quiet.mjs';

quiet();
const config = await loadConfig(path.join(import.meta.dirname, 'journeyman.config.json'));
const tenant = process.env.JOURNEYMAN_TENANT ?? 'acme';
const shop = await sampleRepository();

const store = connectStore(config);
const { connection, namespace } = await connectTemporalWorker(config);
await setUpStore(store);
const worker = await createWorker({ config, store, connection, namespace });
const working = worker.run();
const client = await JourneymanClient.connect({ tenant, config });

/** Every attempt works in a clone of its own; what passes the test goes into the shop. */
async function mend(name) {
  const test = `test/${name}.test.mjs`;
  heading(`Fix the failing test in ${test}`);
  const task = await client.startTask({
    description: `Fix the failing test in ${test}`,
    plan: { strategy: 'sequential', agents: ['cli-small', 'cli-large'], onFailure: 'next' },
    workspace: { source: shop, isolation: 'git', apply: 'success' },
    verify: ['node', '--test', test],
    caps: { usd: 0.5, seconds: 600 },
  });
  const result = await task.result();
  const { attempts } = await printAttempts(client, result.taskId);
  if (result.change?.applied !== true)
    throw new Error(`${test} is not mended: ${result.change?.reason ?? result.reason}`);
  printPatch((await task.diff()) ?? '');
  git(shop, 'commit', '--quiet', '--all', '--message', `Fix ${name}`);
  return { lessons: result.lessons, applied: attempts.flatMap(({ report }) => report.applied) };
}

try {
  for (const name of ['price', 'cart', 'coupon']) await mend(name);
  await learn(client, 'ERROR_RECOVERY');
  const { lessons, applied } = await mend('shipping');
  say(`   ${plural(lessons.length, 'lesson')} in its prompt, used: ${applied.join(', ') || 'none'}`);
  heading('The shop now');
  execFileSync('npm', ['run', '--silent', 'generate'], { cwd: shop });
  execFileSync('npm', ['test', '--silent'], { cwd: shop });
  say('   all its tests pass; its history:');
  for (const line of git(shop, 'log', '--format=%s').trim().split('\n')) say(`     ${line}`);
} finally {
  worker.shutdown();
  await working;
  await client.close();
  await Promise.all([store.close(), connection.close()]);
}

/** A repository with the sample's files, in a temporary folder. */
async function sampleRepository() {
  const folder = await mkdtemp(path.join(tmpdir(), 'shop-'));
  await cp(path.join(import.meta.dirname, 'shop'), folder, { recursive: true });
  await rename(path.join(folder, 'gitignore'), path.join(folder, '.gitignore'));
  git(folder, 'init', '--quiet');
  git(folder, 'add', '--all');
  git(folder, 'commit', '--quiet', '--message', 'The shop');
  return folder;
}

function git(cwd, ...args) {
  const identity = [
    '-c',
    'user.name=Example',
    '-c',
    'user.email=example@example.org',
    '-c',
    'commit.gpgsign=false',
  ];
  return execFileSync('git', [...identity, ...args], { cwd, encoding: 'utf8' });
}
