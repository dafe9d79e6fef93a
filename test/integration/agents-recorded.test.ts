import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { createAgentRunner } from '../../src/agents/agent-runner.js';
import { loadRecordedAnswers } from '../../src/agents/recorded-agent.js';
import { parseConfig } from '../../src/config.js';
import type { AgentOutcome } from '../../src/shared/agent-call.js';
import type { AgentTask } from '../../src/shared/agent-contract.js';
import { isHosted } from '../../src/shared/agent-declaration.js';

const folder = await mkdtemp(path.join(tmpdir(), 'journeyman-recorded-'));
const file = path.join(folder, 'answers.jsonl');
afterAll(async () => {
  await rm(folder, { recursive: true });
});

const run = (taskId: string, description: string): Promise<AgentOutcome> => {
  const agents = [{ type: 'test', kind: 'recorded', file: 'answers.jsonl' }];
  const [agent] = parseConfig({ agents }, path.join(folder, 'journeyman.config.json')).agents;
  if (agent === undefined || !isHosted(agent)) throw new Error('not hosted');
  const task = {
    tenant: 't',
    taskId,
    executionId: `t/${taskId}/run`,
    idempotencyKey: 'k',
    agentType: 'test',
    description,
  } as AgentTask;
  const call = { signal: new AbortController().signal, heartbeat: () => undefined, attempt: 1 };
  return createAgentRunner(agent)(task, call);
};

it('answers by id, else by description, else fails', async () => {
  await writeFile(
    file,
    [
      { taskId: 'one', description: 'same', report: { success: true, cost: 3 } },
      { taskId: 'two', description: 'same', report: { success: false, errors: ['no'] } },
      { description: 'other', report: { success: null } },
    ]
      .map((row) => JSON.stringify(row))
      .join('\n\n'),
  );
  expect((await run('one', 'x')).report).toMatchObject({ success: true, cost: 3 });
  expect(await run('two', 'same')).toMatchObject({ report: { success: false }, reason: 'no' });
  expect((await run('three', 'other')).report.success).toBeNull();
  expect(await run('three', 'unheard of')).toMatchObject({
    report: { success: false },
    reason: expect.stringMatching(/^no recorded answer for task "three" in .*answers\.jsonl$/) as string,
  });
});

it.each([
  ['{"taskId":"a","report":{"success":true}}\n{', /answers\.jsonl:2: "\{" is not JSON/],
  ['{"report":{"success":true}}', /:1: taskId: undefined is not allowed; expected a taskId or a description/],
  ['{"taskId":7,"report":{"success":true}}', /:1: taskId: 7 is not allowed; expected text/],
  ['{"taskId":"a","report":{"success":1}}', /:1: malformed report: success: 1 is not allowed; expected true/],
  [
    '{"taskId":"a","report":{"success":true}}\n{"taskId":"a","report":{"success":true}}',
    /:2: taskId: "a" is not allowed; expected a new one/,
  ],
])('names file, line and field of %s', async (text, message) => {
  await writeFile(file, text);
  await expect(loadRecordedAnswers(file)).rejects.toThrow(message);
  expect((await run('a', 'x')).reason).toMatch(message);
});
