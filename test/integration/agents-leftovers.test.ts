/** What an agent leaves running when it ends. */
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createAgentRunner } from '../../src/agents/agent-runner.js';
import { Workspaces } from '../../src/agents/workspaces/workspaces.js';
import { parseConfig } from '../../src/config.js';
import type { AgentCall } from '../../src/shared/agent-call.js';
import { agentTaskSchema } from '../../src/shared/agent-contract.js';
import type { HostedAgent } from '../../src/shared/agent-declaration.js';
import { isAlive } from './agents-is-alive.js';
import { memoryArtifacts, request, temporaryFolder, writeFiles } from './workspace-data.js';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'journeyman-leftovers-'));
});
afterAll(() => rm(folder, { recursive: true }));

const task = agentTaskSchema.parse({
  tenant: 'acme',
  taskId: 't',
  executionId: 'acme/t/r',
  idempotencyKey: 'acme/t/r/1',
  agentType: 'leaves',
  description: 'x',
});

async function run(program: string, call?: AgentCall) {
  const config = {
    agents: [{ type: 'leaves', kind: 'command', command: ['sh', '-c', program], cwd: folder }],
  };
  const [agent] = parseConfig(config, 'x.json').agents;
  const workspaces = new Workspaces({ root: join(folder, 'root'), artifacts: memoryArtifacts() });
  const runner = createAgentRunner(agent as HostedAgent, { workspaces });
  const live = { attempt: 1, signal: new AbortController().signal, heartbeat: () => {} };
  return call === undefined ? runner(task, live) : runner(task, live, call);
}

/** A program that leaves its group and forgets its environment. */
async function daemon(body: string): Promise<{ start: string; pid: () => Promise<number> }> {
  const pids = join(folder, `${Math.random()}`);
  const script = `${pids}.sh`;
  await writeFile(script, `trap '' TERM HUP; echo $$ > ${pids}; ${body}\n`);
  return {
    start: `setsid env -i PATH="$PATH" sh ${script} < /dev/null > /dev/null 2>&1 & while ! test -s ${pids}; do sleep 0.05; done`,
    pid: async () => Number(await readFile(pids, 'utf8')),
  };
}

describe.runIf(process.platform === 'linux')('a daemon with an environment of its own', () => {
  it('ends with its agent, also where its parent went before', async () => {
    const { start, pid } = await daemon('cd /; while :; do sleep 0.1; done');
    // The parent of the daemon lives long enough to be seen, and the agent longer.
    const outcome = await run(`sh -c '${start}; sleep 1.2'; sleep 0.2; echo '{"success":true}'`);
    expect(outcome.report.success).toBe(true);
    expect(isAlive(await pid())).toBe(false);
  });

  it('does not change the files of its workspace while they are judged', async () => {
    const source = await temporaryFolder();
    await writeFiles(source, { 'a.txt': 'one\n' });
    const { start, pid } = await daemon('while :; do date +%s%N > a.txt; sleep 0.02; done');
    const quiet = 'cp a.txt was; sleep 0.5; cmp a.txt was; echo $? > judged; exec cmp a.txt was';
    const outcome = await run(`(${start}); echo '{"success":true}'`, {
      workspace: request(source, 'copy'),
      verifiers: [{ name: 'quiet', command: ['sh', '-c', quiet], precedence: 1 }],
    });
    expect(outcome.words).toEqual([expect.objectContaining({ by: 'quiet', success: true })]);
    expect(isAlive(await pid())).toBe(false);
    await rm(source, { recursive: true });
  });
});
