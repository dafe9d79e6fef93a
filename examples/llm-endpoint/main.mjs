/** Has a model write small modules, with tools over a folder of its own. */
import { cp, mkdtemp, readdir } from 'node:fs/promises';
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
import { startLlmStub } from '../../test/fixtures/llm-stub.mjs';
import { heading, learn, plural, printAttempts, printPatch, say } from '../shared/print.mjs';
import { quiet } from '../shared/quiet.mjs';
import { answer } from './script.mjs';

quiet();
const declared = await loadConfig(path.join(import.meta.dirname, 'journeyman.config.json'));
const tenant = process.env.JOURNEYMAN_TENANT ?? 'acme';

const { baseUrl, model, stub } = await endpoint();
const config = { ...declared, agents: declared.agents.map((agent) => ({ ...agent, baseUrl, model })) };
say(`\nModel ${model} at ${baseUrl}`);

const texts = path.join(await mkdtemp(path.join(tmpdir(), 'texts-')), 'texts');
await cp(path.join(import.meta.dirname, 'texts'), texts, { recursive: true });

const store = connectStore(config);
const { connection, namespace } = await connectTemporalWorker(config);
await setUpStore(store);
const worker = await createWorker({ config, store, connection, namespace });
const working = worker.run();
const client = await JourneymanClient.connect({ tenant, config });

/** Every attempt works in a copy of its own; what passes the test goes into the folder. */
async function write(name) {
  heading(`Write src/${name}.mjs`);
  const task = await client.startTask({
    description: `Write src/${name}.mjs so that the tests in test/${name}.test.mjs pass`,
    agents: ['llm-writer'],
    workspace: { source: texts, isolation: 'copy', apply: 'success', maxBytes: 10_000_000 },
    verify: ['node', '--test', `test/${name}.test.mjs`],
    caps: { usd: 0.2, tokens: 200_000, seconds: 300 },
  });
  const result = await task.result();
  const { attempts } = await printAttempts(client, result.taskId);
  for (const { report } of attempts)
    say(
      `     ${report.actions.map(({ type }, at) => (report.results[at]?.success ? type : `${type} ✗`)).join(', ')}`,
    );
  printPatch((await task.diff()) ?? '');
  return { ...result, applied: attempts.flatMap(({ report }) => report.applied) };
}

try {
  const results = [];
  for (const name of ['slug', 'initials', 'shorten']) results.push(await write(name));
  await learn(client, 'ERROR_RECOVERY');
  const last = await write('indent');
  say(
    `   ${plural(last.lessons.length, 'lesson')} in its prompt, used: ${last.applied.join(', ') || 'none'}`,
  );
  heading('Written');
  say(`   ${(await readdir(path.join(texts, 'src')).catch(() => [])).join(', ')}`);
  if ([...results, last].some(({ success }) => success !== true)) process.exitCode = 1;
} finally {
  worker.shutdown();
  await working;
  await client.close();
  await Promise.all([store.close(), connection.close()]);
  await stub?.close();
}

/** The endpoint that the environment names, or a stub that speaks its protocol. */
async function endpoint() {
  const names = ['LLM_BASE_URL', 'LLM_MODEL', 'LLM_API_KEY'];
  const missing = names.filter((name) => !process.env[name]);
  if (missing.length === 0) return { baseUrl: process.env.LLM_BASE_URL, model: process.env.LLM_MODEL };
  if (missing.length < names.length) {
    process.stderr.write(
      `${missing.join(' and ')} must be set too: a real endpoint needs ${names.join(', ')}\n`,
    );
    process.exit(2);
  }
  process.env.LLM_API_KEY = 'the stub asks for none';
  const stub = await startLlmStub(answer);
  return { baseUrl: stub.baseUrl, model: 'stub', stub };
}
