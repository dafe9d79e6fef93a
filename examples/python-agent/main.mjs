/** Has an agent in Python read price lists. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import {
  connectStore,
  connectTemporalWorker,
  createWorker,
  JourneymanClient,
  loadConfig,
  setUpStore,
  TaskFailedError,
} from 'journeyman';
import { heading, learn, plural, printAttempts, recordOf, say } from '../shared/print.mjs';
import { quiet } from '../shared/quiet.mjs';
import { PythonMissing, pythonPackages } from './packages.mjs';

quiet();
const config = await loadConfig(path.join(import.meta.dirname, 'journeyman.config.json'));
const tenant = process.env.JOURNEYMAN_TENANT ?? 'acme';
const packages = await pythonPackages().catch((error) => {
  if (!(error instanceof PythonMissing)) throw error;
  process.stderr.write(`${error.message}\n`);
  process.exit(1);
});
const agent = await startAgent(config.agents[0].taskQueue);

const store = connectStore(config);
const { connection, namespace } = await connectTemporalWorker(config);
await setUpStore(store);
const worker = await createWorker({ config, store, connection, namespace });
const working = worker.run();
const client = await JourneymanClient.connect({ tenant, config });
const folder = await mkdtemp(path.join(tmpdir(), 'prices-'));

const request = async (supplier, more = {}) => {
  const file = path.join(folder, `${supplier}.csv`);
  const text = `article;price\nCafé crème ${supplier};3,20\nThé à la menthe;2,80\n`;
  await writeFile(file, Buffer.from(text, 'latin1'));
  heading(`Load the price list of ${supplier}`);
  return { description: `Load the price list of ${supplier}`, context: { file, ...more } };
};

async function load(supplier) {
  const result = await client.executeTask(await request(supplier));
  const { attempts } = await printAttempts(client, result.taskId);
  say(`     ${JSON.stringify(result.output)}`);
  if (result.success !== true) throw new Error(`${supplier}: ${result.reason}`);
  return { ...result, applied: attempts.flatMap(({ report }) => report.applied) };
}

/** The agent's last heartbeat says what it had spent when its time was up. */
async function runOutOfTime() {
  const result = await client.executeTask({
    ...(await request('Dawdler', { seconds: 60 })),
    caps: { seconds: 3 },
  });
  await printAttempts(client, result.taskId);
  say(`     $${result.cost.toFixed(4)} spent by its last heartbeat`);
}

async function cancelOne() {
  const task = await client.startTask(await request('Sleeper', { seconds: 60 }));
  await sleep(1_500);
  await task.cancel();
  const failed = await task.result().catch((error) => error);
  if (!(failed instanceof TaskFailedError)) throw new Error('the task was not cancelled');
  const { ending } = await recordOf(client, task.taskId);
  say(`   recorded as ${ending}`);
}

try {
  for (const supplier of ['Amélie', 'Bruno', 'Chloé']) await load(supplier);
  await learn(client, 'ERROR_RECOVERY');
  const { lessons, applied } = await load('Denise');
  say(`   ${plural(lessons.length, 'lesson')} in its task, used: ${applied.join(', ') || 'none'}`);
  await runOutOfTime();
  await cancelOne();
} finally {
  worker.shutdown();
  await working;
  await client.close();
  await Promise.all([store.close(), connection.close()]);
  const gone = once(agent, 'close');
  agent.stdin.end();
  await gone;
}

/** The agent's own process; any number of them may poll the queue, on any machine. */
async function startAgent(taskQueue) {
  const child = spawn('python3', [path.join(import.meta.dirname, 'agent.py'), taskQueue], {
    env: { ...process.env, PYTHONPATH: packages, PYTHONDONTWRITEBYTECODE: '1' },
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  const ended = once(child, 'close').then(() => false);
  if (!(await Promise.race([once(child.stdout, 'data').then(() => true), ended]))) {
    process.stderr.write('The agent in Python ended before it was ready; see its error above.\n');
    process.exit(1);
  }
  child.stdout.pipe(process.stdout, { end: false });
  return child;
}
