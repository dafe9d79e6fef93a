import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { interactions } from '../../src/learning/interactions.js';
import type { AgentTask } from '../../src/shared/agent-contract.js';
import type { TaskRequest } from '../../src/task-request.js';
import { type Harness, startHarness } from './harness.js';

let harness: Harness;
const judged: AgentTask[] = [];
const judge = (success: boolean | null) => (task: AgentTask) => {
  judged.push(task);
  return { success, errors: success === false ? ['it does not compile'] : [] };
};
beforeAll(async () => {
  harness = await startHarness({
    agents: {
      boaster: () => ({ success: true, output: 'all done' }),
      pleased: judge(true),
      strict: judge(false),
      unsure: judge(null),
      broken: () => {
        throw new Error('no model');
      },
    },
    config: {
      agents: [
        {
          type: 'hosted',
          kind: 'command',
          command: ['node', '-e', 'console.log(JSON.stringify({ success: true, output: 1 }))'],
        },
      ],
    },
  });
});
afterAll(() => harness.stop());

const run = async (verifiers: NonNullable<TaskRequest['verifiers']>, agent = 'boaster') => {
  judged.length = 0;
  const result = await harness.client.executeTask({ description: 'Do it', agents: [agent], verifiers });
  const record = await interactions(harness.store).findOne({ taskId: result.taskId });
  if (record === null) throw new Error('not recorded');
  return { result, record };
};
const command = (name: string, ...program: string[]) => ({ name, command: program });
const agent = (type: string) => ({ name: type, agent: type });

describe.each(['boaster', 'hosted'])('several verifiers of the work of %s', (worker) => {
  it('the first that knows decides, and every word is kept', async () => {
    const { result, record } = await run(
      [command('tests', 'true'), command('lint', 'sh', '-c', 'exit 3'), agent('strict')],
      worker,
    );
    expect(result).toMatchObject({ success: true, source: 'verifier' });
    expect(result.reason).toBeUndefined();
    expect(record.words).toMatchObject([
      { by: worker, source: 'agent', success: true },
      { by: 'tests', source: 'verifier', success: true, precedence: 3 },
      { by: 'lint', success: false, precedence: 2, reason: expect.stringContaining('exited with code 3') },
      { by: 'strict', success: false, precedence: 1, reason: 'it does not compile' },
    ]);
    expect(record.outcome).toMatchObject({ success: true, source: 'verifier', precedence: 3 });
    expect(record.attempts.find(({ decisive }) => decisive)?.claimed).toBe(true);
  });

  it('an agent overrules the programs below it', async () => {
    const { result, record } = await run([agent('strict'), command('smoke', 'true')], worker);
    expect(result).toMatchObject({ success: false, source: 'verifier', reason: 'it does not compile' });
    expect(record.outcome).toMatchObject({ precedence: 2 });
    expect(judged).toHaveLength(1);
    expect(judged[0]).toMatchObject({ role: 'verifier', earlier: [{ agentType: worker }] });
  });

  it('one that does not know, breaks down or cannot be started leaves it to the next', async () => {
    const { result, record } = await run(
      [command('gone', 'no-such-program-here'), agent('unsure'), agent('broken'), agent('pleased')],
      worker,
    );
    expect(result).toMatchObject({ success: true, source: 'verifier' });
    expect(record.words?.map(({ by, success }) => [by, success])).toEqual([
      [worker, true],
      ['gone', null],
      ['unsure', null],
      ['broken', null],
      ['pleased', true],
    ]);
  });
});

it('a verdict is not how its verifier did', async () => {
  const { record } = await run([agent('strict')]);
  expect(record.attempts.map(({ agentType, success }) => [agentType, success])).toEqual([
    ['boaster', true],
    ['strict', null],
  ]);
});

it('a verifier that is not declared is refused before anything runs', async () => {
  await expect(run([agent('nobody')])).rejects.toMatchObject({
    type: 'UnknownAgent',
    message: expect.stringContaining('"nobody" is not allowed'),
  });
});
