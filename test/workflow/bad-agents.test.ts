import { afterAll, beforeAll, expect, it } from 'vitest';
import { interactions } from '../../src/learning/interactions.js';
import { type Harness, startHarness } from './harness.js';

const program = (type: string, source: string, limits: object = {}) => ({
  type,
  kind: 'command',
  command: ['sh', '-c', source],
  limits,
  taskQueue: `bad-${type}-${process.pid}`,
});

let harness: Harness;
beforeAll(async () => {
  harness = await startHarness({
    agents: {
      throws: () => {
        throw new TypeError('cannot read the plan');
      },
      huge: () => ({ output: 'x'.repeat(3_000_000) }),
    },
    config: {
      agents: [
        program('garbage', 'head -c 5000 /dev/urandom'),
        program('malformed', `echo '{"success": "yes", "iterations": -1, "actions": []}'`),
        program('hangs', 'sleep 600', { startToCloseSeconds: 2 }),
        program('dies', 'kill -9 $$'),
        program('fails', 'echo "Error: no such table" >&2; exit 3'),
        program('floods', 'head -c 209715200 /dev/zero | tr "\\0" "x"'),
        program('good', `echo '{"success": true, "output": "fine"}'`),
        {
          type: 'absent',
          kind: 'activity',
          taskQueue: 'bad-nobody-polls',
          limits: { scheduleToStartSeconds: 2 },
        },
      ],
    },
  });
});
afterAll(() => harness.stop());

const cases: Record<string, { reason: RegExp; ending?: string }> = {
  garbage: { reason: /^garbage on stdout/ },
  malformed: { reason: /^malformed report: success: "yes" is not allowed; expected true, false or null$/ },
  hangs: { reason: /^timed out after 1\.5 s$/, ending: 'timeout' },
  dies: { reason: /^killed by SIGKILL$/ },
  fails: { reason: /exited with code 3/ },
  floods: { reason: /^output limit: stopped after it printed more than 64 MiB$/ },
  absent: { reason: /^no worker took the call on queue bad-nobody-polls within 2 s$/ },
  throws: { reason: /cannot read the plan/ },
  huge: { reason: /\S/ },
};

it('a bad agent ends its task in a recorded failure with the reason, and the worker lives', async () => {
  await Promise.all(
    Object.entries(cases).map(async ([agent, { reason, ending = 'completed' }]) => {
      const result = await harness.client.executeTask({
        taskId: agent,
        description: 'Do it',
        agents: [agent],
      });
      expect(result, agent).toMatchObject({ success: false, recording: 'recorded' });
      expect(result.reason, agent).toMatch(reason);
      const [record, ...others] = await interactions(harness.store).find({ taskId: agent }).toArray();
      expect(others, agent).toEqual([]);
      expect(record, agent).toMatchObject({
        ending,
        outcome: { success: false },
        reason: result.reason,
        attempts: [{ agentType: agent, success: false, decisive: true }],
      });
    }),
  );
  const next = await harness.client.executeTask({ description: 'Do it', agents: ['good'] });
  expect(next).toMatchObject({ success: true, output: 'fine', recording: 'recorded' });
});
