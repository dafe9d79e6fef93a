/** What is known to have been spent, whatever becomes of the call, and whatever figures somebody names. */
import { describe, expect, it } from 'vitest';
import { type AgentRun, CallCancelled, createAgentRunner } from '../../src/agents/agent-runner.js';
import type { AgentServices } from '../../src/agents/agent-services.js';
import { parseConfig } from '../../src/config.js';
import {
  type AgentHeartbeat,
  agentHeartbeatSchema,
  agentReportSchema,
  agentTaskSchema,
} from '../../src/shared/agent-contract.js';
import type { HostedAgent } from '../../src/shared/agent-declaration.js';
import { MAX_ITERATIONS, MAX_TOKENS, MAX_USD } from '../../src/shared/figure-limits.js';

const task = agentTaskSchema.parse({
  tenant: 'acme',
  taskId: 't',
  executionId: 'acme/t/r',
  idempotencyKey: 'acme/t/r/1',
  agentType: 'cli',
  description: 'x',
});
const interrupted: AgentHeartbeat = {
  elapsedSeconds: 1,
  spent: { cost: 1, tokens: { input: 10, output: 5 }, iterations: 3 },
};
const spent = { cost: 1, tokens: { input: 10, output: 5 }, iterations: 3 };
const runner = (given: object, services?: AgentServices) => {
  const [agent] = parseConfig({ agents: [{ type: 'cli', kind: 'command', ...given }] }, 'x.json').agents;
  return createAgentRunner(agent as HostedAgent, services);
};
const second = (more: Partial<AgentRun> = {}): AgentRun => ({
  attempt: 2,
  signal: new AbortController().signal,
  heartbeat: () => {},
  interrupted,
  ...more,
});
/** Slots of which none is ever free. */
const noSlots: AgentServices = {
  slots: {
    acquire: (_name, _limit, signal) =>
      new Promise((_, reject) => signal.addEventListener('abort', () => reject(signal.reason as Error))),
  },
};

describe('what was spent before a crash', () => {
  const limited = { command: ['true'], limits: { scheduleToStartSeconds: 0.2, maxConcurrentTotal: 1 } };

  it('counts where the next attempt gets no slot', async () => {
    const outcome = await runner(limited, noSlots)(task, second());
    expect(outcome).toMatchObject({ source: 'system', reason: expect.stringMatching(/slots/) });
    expect(outcome.claimed).toBeUndefined();
    expect(outcome.report).toMatchObject(spent);
  });

  it('counts where the next attempt is cancelled before it begins', async () => {
    const cancelling = new AbortController();
    const running = runner({ ...limited, limits: { maxConcurrentTotal: 1 } }, noSlots)(
      task,
      second({ signal: cancelling.signal }),
    );
    cancelling.abort(new Error('cancelled'));
    const error: unknown = await running.catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(CallCancelled);
    expect((error as CallCancelled).outcome.report).toMatchObject(spent);
  });
});

describe('figures that no agent can have used', () => {
  const prints = (usage: object): string[] => {
    const lines = [
      { type: 'system', subtype: 'init', session_id: 's1', model: 'm', tools: [] },
      {
        type: 'assistant',
        session_id: 's1',
        message: { id: 'm1', role: 'assistant', content: [{ type: 'text', text: 'hi' }], usage },
      },
      {
        type: 'result',
        subtype: 'success',
        is_error: false,
        result: 'done',
        session_id: 's1',
        num_turns: 1e300,
        total_cost_usd: 1e300,
        usage,
      },
    ];
    return ['node', '-e', `for (const line of ${JSON.stringify(lines)}) console.log(JSON.stringify(line))`];
  };

  it.each([[{ input_tokens: 1e300, output_tokens: 2.5 }], [{ input_tokens: -5, output_tokens: 1e15 }]])(
    'of a transcript become those that a report and a heartbeat may have: %j',
    async (usage) => {
      const beats: AgentHeartbeat[] = [];
      const outcome = await runner({ command: prints(usage), transcript: 'stream-json', prompt: {} })(
        task,
        second({ heartbeat: (beat) => beats.push(beat) }),
      );
      expect(outcome.reason).toBeUndefined();
      expect(agentReportSchema.safeParse(outcome.report).error).toBeUndefined();
      expect(outcome.report.cost).toBe(MAX_USD);
      expect(beats.length).toBeGreaterThan(1);
      for (const beat of beats) expect(agentHeartbeatSchema.safeParse(beat).error).toBeUndefined();
    },
  );

  it('of a text are no reason to fail', async () => {
    const line = 'Tokens: 1.5k sent, 20 received. Cost: $1..2 message, $1.2.3 session.';
    const outcome = await runner({ command: ['echo', line], transcript: 'text', prompt: {} })(task, second());
    expect(outcome.reason).toBeUndefined();
    expect(outcome.report).toMatchObject({ tokens: { input: 1_510, output: 25 }, cost: 1 });
  });

  it('of a report make it a failure that says so, and what was spent before counts', async () => {
    const report = { success: true, cost: MAX_USD + 1, iterations: 1 };
    const outcome = await runner({ command: ['echo', JSON.stringify(report)] })(task, second());
    expect(outcome).toMatchObject({ source: 'system', report: { success: false, cost: 1 } });
    expect(outcome.reason).toMatch(/^malformed report: cost: 1000001 is not allowed/);
  });

  it('come out of no sum over attempts', async () => {
    const most = {
      cost: MAX_USD,
      tokens: { input: MAX_TOKENS, output: MAX_TOKENS },
      iterations: MAX_ITERATIONS,
    };
    const report = { success: true, ...most };
    const outcome = await runner({ command: ['echo', JSON.stringify(report)] })(
      task,
      second({ interrupted: { elapsedSeconds: 1, spent: most } }),
    );
    expect(outcome.report).toMatchObject({ success: true, ...most });
    expect(agentReportSchema.safeParse(outcome.report).error).toBeUndefined();
  });
});

it('a reason is never long', async () => {
  const program = `/${'x'.repeat(100_000)}`;
  const outcome = await runner({ command: [program] })(task, second());
  expect(outcome.reason?.length).toBeLessThanOrEqual(2_000);
});
