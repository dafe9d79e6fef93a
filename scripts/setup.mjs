/**
 * Makes a fresh clone ready to run: installs the dependencies and builds, each only when its inputs changed.
 * Needs nothing but Node and npm; prints to stderr, so that a command run after it owns stdout.
 */
import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import {
  appendFileSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

const ROOT = fileURLToPath(new URL('..', import.meta.url));
const MIN_NODE = [20, 19];
const INSTALL_STAMP = path.join(ROOT, 'node_modules', '.journeyman-setup');
const BUILD_STAMP = path.join(ROOT, 'dist', '.build-stamp');
const BUILD_OUTPUTS = ['dist/cli/main.js', 'dist/workflow-bundle.js'];
const LOCK = path.join(ROOT, '.journeyman', 'setup.lock');
/** One process id a line: the set-up that holds the lock, then the steps it started, which may outlive it. */
const LOCK_OWNERS = path.join(LOCK, 'pids');
/** Held for the instant in which a dead owner's lock is removed, so that nobody removes its successor. */
const BREAKER = `${LOCK}.break`;
/** A lock that names no owner this long after it was made is one whose maker died between two system calls. */
const OWNERLESS_MS = 5_000;

const say = (line) => process.stderr.write(`setup: ${line}\n`);

class SetupError extends Error {}

function checkNode() {
  const [major, minor] = process.versions.node.split('.').map(Number);
  if (major > MIN_NODE[0] || (major === MIN_NODE[0] && minor >= MIN_NODE[1])) return;
  throw new SetupError(
    `Node ${process.versions.node} is too old: Journeyman needs Node ${MIN_NODE.join('.')} or newer (nodejs.org).`,
  );
}

/** The files below `folder`, relative to the root, in an order that does not depend on the machine. */
function filesBelow(folder) {
  return readdirSync(path.join(ROOT, folder), { withFileTypes: true })
    .flatMap((entry) => {
      const name = `${folder}/${entry.name}`;
      if (entry.isDirectory()) return filesBelow(name);
      return entry.isFile() ? [name] : [];
    })
    .sort((a, b) => (a < b ? -1 : 1));
}

function hashOf(files) {
  const hash = createHash('sha256');
  for (const file of files)
    hash
      .update(`${file}\0`)
      .update(readFileSync(path.join(ROOT, file)))
      .update('\0');
  return hash.digest('hex');
}

function readIfThere(file) {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    if (error.code === 'ENOENT') return undefined;
    throw error;
  }
}

const installHash = () =>
  createHash('sha256')
    .update(readFileSync(path.join(ROOT, 'package-lock.json')))
    .digest('hex');

function buildHash() {
  const configs = readdirSync(ROOT).filter((name) => /^tsconfig.*\.json$/.test(name));
  return hashOf([...configs.sort(), 'package-lock.json', ...filesBelow('src')]);
}

const needsInstall = () => readIfThere(INSTALL_STAMP) !== installHash();

const needsBuild = () =>
  readIfThere(BUILD_STAMP) !== buildHash() ||
  BUILD_OUTPUTS.some((output) => !existsSync(path.join(ROOT, output)));

/** Runs one step quietly; its output is shown only when it fails. */
async function step(title, command, args) {
  say(`${title} …`);
  const started = performance.now();
  // npm is a script with an extension of its own on Windows, which only a shell finds.
  const child = spawn(command, args, {
    cwd: ROOT,
    stdio: ['ignore', 'pipe', 'pipe'],
    shell: process.platform === 'win32',
    // What its install script would fetch runs on graphics cards only, and fails without a network.
    env: { ...process.env, ONNXRUNTIME_NODE_INSTALL: 'skip' },
  });
  if (child.pid !== undefined) appendFileSync(LOCK_OWNERS, `${child.pid}\n`);
  const output = [];
  child.stdout.on('data', (chunk) => output.push(chunk));
  child.stderr.on('data', (chunk) => output.push(chunk));
  const forward = (signal) => child.kill(signal);
  process.on('SIGINT', forward).on('SIGTERM', forward);
  const outcome = await new Promise((resolve) => {
    child.once('error', (error) => resolve(`could not start: ${error.message}`));
    child.once('close', (code, signal) =>
      resolve(code === 0 ? undefined : signal ? `was ended by ${signal}` : `exited with code ${code}`),
    );
  });
  process.off('SIGINT', forward).off('SIGTERM', forward);
  if (outcome !== undefined) {
    process.stderr.write(Buffer.concat(output));
    throw new SetupError(`${title} failed: \`${[command, ...args].join(' ')}\` ${outcome}.`);
  }
  say(`${title} done in ${((performance.now() - started) / 1000).toFixed(1)} s`);
}

async function install() {
  if (!needsInstall()) return;
  const hash = installHash();
  // A stamp of an install that then fails half way must not be trusted by the next run.
  rmSync(INSTALL_STAMP, { force: true });
  await step('installing dependencies', 'npm', ['ci', '--include=dev', '--no-audit', '--no-fund']);
  writeFileSync(INSTALL_STAMP, hash);
}

async function build() {
  if (!needsBuild()) return;
  const hash = buildHash();
  // Outputs of deleted sources must not linger, in the build or in the incremental state that describes it.
  rmSync(path.join(ROOT, 'dist'), { recursive: true, force: true });
  await step('compiling', process.execPath, ['node_modules/typescript/bin/tsc', '-p', 'tsconfig.build.json']);
  await step('bundling workflows', process.execPath, ['dist/build-bundle.js']);
  writeFileSync(BUILD_STAMP, hash);
}

function isAlive(pid) {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error.code === 'EPERM';
  }
}

const ageOf = (folder) => Date.now() - (statSync(folder, { throwIfNoEntry: false })?.mtimeMs ?? Date.now());

/** Makes a folder; false when it is there already. */
function claim(folder) {
  try {
    mkdirSync(folder);
    return true;
  } catch (error) {
    if (error.code === 'EEXIST') return false;
    throw error;
  }
}

const lockOwners = () => (readIfThere(LOCK_OWNERS) ?? '').split('\n').filter(Boolean).map(Number);

/** Removes the lock when its owner is gone. */
function breakStaleLock() {
  if (!claim(BREAKER)) {
    if (ageOf(BREAKER) > OWNERLESS_MS) rmSync(BREAKER, { recursive: true, force: true });
    return;
  }
  const owners = lockOwners();
  const stale = owners.length > 0 ? !owners.some(isAlive) : ageOf(LOCK) > OWNERLESS_MS;
  if (stale) rmSync(LOCK, { recursive: true, force: true });
  rmSync(BREAKER, { recursive: true, force: true });
}

async function withLock(work) {
  mkdirSync(path.dirname(LOCK), { recursive: true });
  let told = false;
  while (!claim(LOCK)) {
    if (!told) say(`waiting for another set-up, process ${lockOwners()[0] ?? 'unknown'} (lock: ${LOCK})`);
    told = true;
    breakStaleLock();
    await new Promise((resolve) => setTimeout(resolve, 200));
  }
  try {
    writeFileSync(LOCK_OWNERS, `${process.pid}\n`);
    await work();
  } finally {
    rmSync(LOCK, { recursive: true, force: true });
  }
}

try {
  checkNode();
  if (needsInstall() || needsBuild()) {
    await withLock(async () => {
      await install();
      await build();
    });
  }
} catch (error) {
  say(error instanceof SetupError ? error.message : (error.stack ?? String(error)));
  process.exitCode = 1;
}
