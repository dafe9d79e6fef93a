/**
 * Runs an example: `node examples/run.mjs <name> [--stay]`, or `npm run example -- <name>` on a fresh clone.
 *
 * Temporal and MongoDB are started for it, unless TEMPORAL_ADDRESS and JOURNEYMAN_MONGODB_URI name running ones.
 * All that it makes lies in one temporary folder, which goes with it.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { LocalServerError, startLocalServers } from '../dist/embedded/index.js';

const examples = {
  'coding-cli': 'a coding CLI mends a repository: transcripts, workspaces, tests that decide, fallback',
  'llm-endpoint': 'a model behind an OpenAI-compatible endpoint works on files with tools',
  'python-agent': 'an agent in Python: lessons, heartbeats, caps, cancellation',
  'platform-workflow': "a platform's own Temporal workflows: with learning, and as an agent",
};
const INTERRUPTED = 130;
const GRACE_MS = 5_000;

const usage = () => {
  const names = Object.entries(examples).map(([name, what]) => `  ${name.padEnd(19)}${what}`);
  return [
    'Usage: npm run example -- <name> [--stay]',
    '',
    ...names,
    '',
    '--stay leaves the servers running after it, to look around until Ctrl-C.',
    '',
  ].join('\n');
};

/** Waits for a process to end, and gives its exit code. */
async function ended(child) {
  const [code, signal] = await once(child, 'close');
  return signal === null ? code : 1;
}

async function run(name, stay) {
  const stopping = new AbortController();
  const stop = () => stopping.abort();
  process.on('SIGINT', stop).on('SIGTERM', stop);
  const stopped = once(stopping.signal, 'abort');
  // Sockets' paths must be short, so it has a short name.
  const folder = await mkdtemp(path.join(tmpdir(), 'jm-'));
  let servers;
  try {
    servers = await startLocalServers({
      dataDir: path.join(folder, 'data'),
      temporalPort: 0,
      uiPort: 0,
      mongoPort: 0,
      onStep: (text) => process.stderr.write(`${text}\n`),
    });
    if (stopping.signal.aborted) return INTERRUPTED;
    const { temporal, mongo } = servers;
    const tenant =
      process.env.JOURNEYMAN_TENANT ??
      `${name}-${new Date().toISOString().slice(0, 19).replace(/[-:]/g, '').replace('T', '-')}`;
    const located = {
      TEMPORAL_ADDRESS: temporal.address,
      TEMPORAL_NAMESPACE: temporal.namespace,
      JOURNEYMAN_MONGODB_URI: mongo.uri,
      JOURNEYMAN_TENANT: tenant,
    };
    const child = spawn(process.execPath, [path.join(import.meta.dirname, name, 'main.mjs')], {
      env: { ...process.env, ...located, TMPDIR: folder, TMP: folder, TEMP: folder },
      stdio: 'inherit',
    });
    const code = await Promise.race([ended(child), stopped.then(() => null)]);
    if (code === null) {
      await end(child);
      return INTERRUPTED;
    }
    await tellWhere({ stay, started: !servers.attached, uiUrl: temporal.uiUrl, located, stopped });
    return code;
  } catch (error) {
    if (!(error instanceof LocalServerError)) throw error;
    process.stderr.write(`${error.message}\n`);
    return 1;
  } finally {
    await servers?.stop();
    await rm(folder, { recursive: true, force: true, maxRetries: 5 });
    process.off('SIGINT', stop).off('SIGTERM', stop);
  }
}

/** Ends the example; its agents end with it. */
async function end(child) {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const closed = once(child, 'close');
  child.kill('SIGTERM');
  const late = setTimeout(() => child.kill('SIGKILL'), GRACE_MS);
  await closed;
  clearTimeout(late);
}

/** Says where to look, and waits there when told to. */
async function tellWhere({ stay, started, uiUrl, located, stopped }) {
  const tenant = located.JOURNEYMAN_TENANT;
  const commands = ['tasks', 'learnings'].map(
    (name) => `  npm run -s journeyman -- ${name} --tenant ${tenant}`,
  );
  if (!started) {
    process.stdout.write(`\nLook further:\n${commands.join('\n')}\n`);
    return;
  }
  if (!stay) {
    process.stdout.write('\nLook further, in the Temporal UI and by command: run it with --stay.\n');
    return;
  }
  const settings = ['TEMPORAL_ADDRESS', 'JOURNEYMAN_MONGODB_URI'].map(
    (name) => `  export ${name}='${located[name]}'`,
  );
  const look = ['\nLook further until Ctrl-C:', `  Temporal UI: ${uiUrl}`, ...settings, ...commands];
  process.stdout.write(`${look.join('\n')}\n`);
  // A signal's listener alone does not keep a process alive.
  const awake = setInterval(() => {}, 60_000);
  await stopped;
  clearInterval(awake);
}

const [name, ...options] = process.argv.slice(2);
const unknown = options.find((option) => option !== '--stay');
if (name === undefined || name === '--help') process.stdout.write(usage());
else if (!Object.hasOwn(examples, name) || unknown !== undefined) {
  const [what, value] = unknown === undefined ? ['example', name] : ['option', unknown];
  process.stderr.write(`Unknown ${what}: ${value}\n\n${usage()}`);
  process.exitCode = 2;
} else process.exitCode = await run(name, options.includes('--stay'));
