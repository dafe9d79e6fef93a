import { historyFromJSON } from '@temporalio/common/lib/proto-utils.js';
import { beforeAll, describe, expect, it } from 'vitest';
import { recordFromHistory } from '../../src/recording/record-from-history.js';
import type { Attempt, ExecutionRecord } from '../../src/shared/task.js';
import { NEWEST } from './keep-history.js';
import { type Kept, keptHistories, replay } from './kept-histories.js';

let tasks: Kept[];
/** What the workflows themselves hand over to be recorded, by execution. */
let written: Map<string, ExecutionRecord>;
beforeAll(async () => {
  tasks = (await keptHistories()).filter(({ workflowType }) => workflowType === 'ExecuteTaskWorkflow');
  const { records } = await replay('../../src/workflows/index.ts', tasks);
  written = new Map(records.map((record) => [record.executionId, record]));
});

const executionOf = ({ workflowId, runId }: Kept): string => `${workflowId}/${runId}`;

/** The record as reconciliation would make it, were the execution closed by the server after so many events. */
function rebuilt({ workflowId, runId, history }: Kept, events?: number): ExecutionRecord {
  const read = historyFromJSON({ events: history.events.slice(0, events) });
  const record = recordFromHistory(read, { workflowId, runId, ending: 'terminated', endedAt: undefined });
  if (record === null) throw new Error('nothing could be read');
  return record;
}

/** Those that end at one moment come in no order of their own. */
const inOrder = (attempts: readonly Attempt[]): Attempt[] =>
  attempts.toSorted((one, other) => keyOf(one).localeCompare(keyOf(other)));
const keyOf = ({ agentType, role, report }: Attempt): string =>
  JSON.stringify([agentType, role, report.output ?? null]);

/** Without times, which are the workflow's there and the server's here, and what only the end decides. */
const comparable = ({ attempts, approvals = [], applied }: ExecutionRecord) => ({
  attempts: inOrder(attempts).map((attempt): Partial<Attempt> => {
    const { durationMs: _, elapsedMs: __, decisive: ___, ...said } = attempt;
    // Workflows of earlier shapes took what was no report for the agent's own word.
    return said.claimed === undefined && said.source === 'agent' ? { ...said, source: 'system' } : said;
  }),
  approvals: approvals.map((approval): Partial<typeof approval> => {
    const { decidedAt: _, ...decided } = approval;
    return decided;
  }),
  applied: applied?.applied === true ? applied : undefined,
});

const one = (name: string): Kept => {
  const found = tasks.find((kept) => kept.name === `${NEWEST}/${name}`);
  if (found === undefined) throw new Error(`there is no history ${name}`);
  return found;
};

describe('a record that is read from a history', () => {
  it('has the attempts and approvals that the workflow itself recorded', () => {
    const compared = tasks.filter((kept) => written.has(executionOf(kept)));
    // All but those that were not to be recorded, and those that could not.
    expect(tasks.filter((kept) => !compared.includes(kept)).map(({ name }) => name)).toEqual(
      ['shape-1', 'shape-2', 'shape-3', NEWEST].flatMap((shape) => [
        `${shape}/learning-off`,
        `${shape}/terminated`,
      ]),
    );
    for (const kept of compared) {
      const own = written.get(executionOf(kept));
      if (own === undefined) continue;
      const record = rebuilt(kept);
      expect(comparable(record), kept.name).toEqual(comparable(own));
      const wrote = inOrder(own.attempts);
      for (const [index, { elapsedMs, durationMs }] of inOrder(record.attempts).entries()) {
        // The workflow's clock is that of its next task, for which there may first have to be a worker.
        expect(elapsedMs, kept.name).toBeLessThan((wrote[index]?.elapsedMs ?? 0) + 1_000);
        expect(durationMs, kept.name).toBeLessThan((wrote[index]?.durationMs ?? 0) + 1_000);
      }
      expect(
        [record.analysis, record.choice, record.learnings, record.knowledge, record.missing],
        kept.name,
      ).toEqual([own.analysis, own.choice, own.learnings, own.knowledge, own.missing]);
    }
  });

  it.each([
    ['verifiers-of-others', { agentType: 'good', claimed: true, words: [{ by: 'tests' }, { by: 'lint' }] }],
    ['isolated-foreign', { claimed: true, source: 'verifier', change: { files: 0 } }],
    ['isolated-parallel', { source: 'agent', change: { files: 1, additions: 1 } }],
    ['workflow-agent', { success: true, report: { output: 'o-7 for ana', cost: 2.5 } }],
    ['workflow-agent-fails', { success: false, source: 'system', reason: 'out of stock' }],
    ['cancelled-with-outcome', { success: null, source: 'system', report: { tokens: { input: 420 } } }],
    ['worker-killed', { success: false, reason: expect.stringContaining('fell silent') }],
    ['queue-nobody-polls', { success: false, reason: expect.stringContaining('no worker took the call') }],
  ])('of %s knows what its agents said and did', (name, attempt) => {
    expect(rebuilt(one(name)).attempts[0]).toMatchObject(attempt);
  });

  it('counts what a worker that died had told of its spending', () => {
    const [attempt] = rebuilt(one('worker-killed')).attempts;
    expect(attempt?.report.tokens?.input).toBeGreaterThan(0);
    expect(attempt?.report.cost).toBeGreaterThan(0);
  });

  it('knows people’s decisions', () => {
    expect(rebuilt(one('approval-before-rejected')).approvals).toMatchObject([
      { approved: false, by: 'ana', comment: 'so it is', when: 'before', byDeadline: false },
    ]);
    expect(rebuilt(one('approval-after-by-deadline')).approvals).toMatchObject([
      { approved: true, by: 'deadline', when: 'after', byDeadline: true },
    ]);
  });

  it('of a history that breaks off anywhere has what had ended until then, and no more', () => {
    for (const kept of tasks) {
      let known = 0;
      for (let events = 1; events <= kept.history.events.length; events += 1) {
        const { attempts } = rebuilt(kept, events);
        expect(attempts.length, `${kept.name} after ${events} events`).toBeGreaterThanOrEqual(known);
        known = attempts.length;
      }
    }
  });

  it('is none of another workflow, or of a history that is no longer whole', () => {
    const closed = { workflowId: 'acme/x', runId: 'y', ending: 'terminated', endedAt: undefined } as const;
    expect(recordFromHistory({ events: [] }, closed)).toBeNull();
    const { events } = one('parallel').history;
    expect(recordFromHistory(historyFromJSON({ events: events.slice(3) }), closed)).toBeNull();
  });
});
