/** Proven without a workflow. */
import { mkdtemp, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { expect, it } from 'vitest';
import { createAgentRunner } from '../../src/agents/agent-runner.js';
import { Workspaces } from '../../src/agents/workspaces/workspaces.js';
import { parseConfig } from '../../src/config.js';
import { boundRecord } from '../../src/shared/bound-record.js';
import type { HostedAgent } from '../../src/shared/agent-declaration.js';

const task = {
  tenant: 'acme', taskId: 't', executionId: 'acme/t/r', idempotencyKey: 'acme/t/r/1', agentType: 'cli', role: 'worker',
  description: 'x', context: {}, lessons: [], knowledge: [], news: [], earlier: [],
} as const;

it('what was spent before a crash is counted where the next attempt gets no slot', async () => {
  const config = parseConfig({ agents: [{ type: 'cli', kind: 'command', command: ['true'], idempotent: true, limits: { scheduleToStartSeconds: 0.2, maxConcurrentTotal: 1 } }] }, 'x.json');
  const run = createAgentRunner(config.agents[0] as HostedAgent, {
    slots: { acquire: (_name, _limit, signal) => new Promise((_, reject) => signal.addEventListener('abort', () => reject(signal.reason))) },
  });
  const outcome = await run(task as never, {
    attempt: 2, signal: new AbortController().signal, heartbeat: () => {},
    interrupted: { elapsedSeconds: 1, spent: { cost: 1, tokens: { input: 10, output: 5 }, iterations: 3 } },
  });
  expect(outcome.reason).toMatch(/slots/);
  expect(outcome.report).toMatchObject({ cost: 1, tokens: { input: 10, output: 5 }, iterations: 3 });
});

it('a workspace that an attempt still works in is not taken up, nor removed from under who took it', async () => {
  const root = await mkdtemp(path.join(tmpdir(), 'journeyman-review-'));
  const source = await mkdtemp(path.join(tmpdir(), 'journeyman-review-'));
  await writeFile(path.join(source, 'a.txt'), 'a\n');
  const workspaces = new Workspaces({ root, artifacts: { put: async (_t, c) => ({ id: 'x', bytes: c.length }), get: async () => new Uint8Array() } });
  const request = { tenant: 'acme', key: 'k', changes: [], workspace: { source, isolation: 'copy', keep: 'never', apply: 'never', maxBytes: 1e9, maxFiles: 1000 } } as const;
  const silent = await workspaces.open(request);
  // Its heartbeats were late, so that the server gave the call to a second attempt; the first hears of it now.
  const second = await workspaces.open({ ...request, resume: true });
  await silent.close(null);
  expect(second.folder === silent.folder && second.resumed).toBe(false);
  expect((await stat(second.folder)).isDirectory()).toBe(true);
});

it('a record that waits for the store fits, also with the changes that the store could not take', () => {
  const change = { base: 'b', diff: { id: 'sha256:x', bytes: 1_100_000, inline: 'A'.repeat(1_390_000) }, files: 1, additions: 1, deletions: 0 };
  const report = { success: true, actions: [], results: [], iterations: 1, errors: [], applied: [], discoveries: [] };
  const attempt = { agentType: 'a', role: 'worker', report, success: true, source: 'agent', durationMs: 1, elapsedMs: 1, decisive: true, change };
  const record = { description: 'x', context: {}, attempts: [attempt, attempt] };
  expect(JSON.stringify(boundRecord(record as never, 1_000_000)).length).toBeLessThanOrEqual(1_000_000);
});
it('a record that waits for the store fits, also with discoveries', () => {
  const discoveries = Array.from({ length: 50 }, (_, i) => ({ title: `t${i}`, content: 'x'.repeat(19_000), type: 'DISCOVERY', priority: 'LOW', tags: [] }));
  const report = { success: true, actions: [], results: [], iterations: 1, errors: [], applied: [], discoveries };
  const attempt = { agentType: 'a', role: 'worker', report, success: true, source: 'agent', durationMs: 1, elapsedMs: 1, decisive: true };
  const record = { description: 'x', context: {}, attempts: [attempt, attempt, attempt] };
  expect(JSON.stringify(boundRecord(record as never, 1_000_000)).length).toBeLessThanOrEqual(1_000_000);
});
