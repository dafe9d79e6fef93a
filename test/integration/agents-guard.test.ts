import { spawn } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect, it } from 'vitest';
import { isAlive } from './agents-is-alive.js';

it.runIf(process.platform === 'linux')('an agent does not outlive a worker that is killed', async () => {
  const folder = await mkdtemp(path.join(tmpdir(), 'journeyman-guard-'));
  const root = path.join(import.meta.dirname, '../..');
  const pids = path.join(folder, 'pids');
  const script = path.join(folder, 'worker.ts');
  await writeFile(
    script,
    `import { runProcess } from ${JSON.stringify(path.join(root, 'src/agents/run-process.ts'))};
     void runProcess({
       command: ['sh', '-c', 'setsid sleep 60 & sleep 60 & echo $$ $! > ${pids}; wait'],
       cwd: ${JSON.stringify(folder)}, env: { PATH: process.env.PATH ?? '' }, stdin: '',
       signal: new AbortController().signal, graceMs: 100, onOutput: () => undefined,
     });`,
  );
  const worker = spawn(process.execPath, ['--import', 'tsx', script], { cwd: root, stdio: 'inherit' });
  let running: number[] = [];
  for (let tries = 0; running.length < 2 && tries < 400; tries += 1) {
    await sleep(25);
    const text = await readFile(pids, 'utf8').catch(() => '');
    if (text.endsWith('\n')) running = text.trim().split(' ').map(Number);
  }
  expect(running).toHaveLength(2);
  expect(running.every(isAlive)).toBe(true);
  worker.kill('SIGKILL');
  for (let tries = 0; running.some(isAlive) && tries < 400; tries += 1) await sleep(25);
  expect(running.filter(isAlive)).toEqual([]);
  await rm(folder, { recursive: true });
});
