/** Executions made up for tests of learning. */

import type { Interaction } from '../../../src/learning/interactions.js';
import type { Action, ActionResult } from '../../../src/shared/agent-contract.js';
import type { Attempt, ExecutionRecord } from '../../../src/shared/task.js';

export type Step = [action: Action, result: ActionResult];

export const step = (type: string, input?: Action['input']): Step => [
  { type, ...(input === undefined ? {} : { input }) },
  { success: true },
];

export const failing = (type: string, error?: string, input?: Action['input']): Step => [
  { type, ...(input === undefined ? {} : { input }) },
  { success: false, ...(error === undefined ? {} : { error }) },
];

export function attempt(steps: readonly Step[], agentType = 'search', iterations = 1): Attempt {
  return {
    agentType,
    role: 'worker',
    report: {
      success: true,
      actions: steps.map(([action]) => action),
      results: steps.map(([, result]) => result),
      iterations,
      errors: [],
      discoveries: [],
      applied: [],
    },
    success: true,
    source: 'agent',
    durationMs: 10,
    elapsedMs: 12,
    decisive: true,
  };
}

export interface RecordOptions {
  id: string;
  /** Trials of one task have the same. */
  description?: string;
  tenant?: string;
  category?: string;
  success?: boolean | null;
  steps?: readonly Step[];
  attempts?: Attempt[];
  plan?: string;
  learnings?: ExecutionRecord['learnings'];
  endedAt?: number;
}

export function executionRecord(options: RecordOptions): ExecutionRecord {
  const { id, tenant = 't1', category = 'bug_fix', success = true, endedAt = 1_700_000_000_000 } = options;
  return {
    schemaVersion: 1,
    executionId: `${tenant}/${id}/run`,
    tenant,
    taskId: id,
    workflowId: null,
    runId: null,
    firstRunId: null,
    origin: 'direct',
    description: options.description ?? `task ${id}`,
    context: {},
    learning: 'full',
    analysis: {
      complexity: 'SIMPLE',
      category,
      requirements: [],
      keywords: [],
      suggestedAgents: [],
      estimatedDuration: 1,
      evidence: [],
    },
    choice:
      options.plan === undefined
        ? null
        : {
            strategyId: `${options.plan}@${category}`,
            plan: { key: options.plan, strategy: 'single', agents: [], onFailure: 'next' },
            confidence: null,
            propensity: null,
            source: 'requested',
            reason: 'as the test wants it',
            candidates: [],
            learning: 'full',
          },
    learnings: options.learnings ?? [],
    knowledge: [],
    missing: [],
    attempts: options.attempts ?? [attempt(options.steps ?? [])],
    ending: 'completed',
    outcome: { success, source: 'agent' },
    startedAt: endedAt - 1_000,
    endedAt,
    steps: { analyse: 1, lookUp: 1, execute: 998 },
  };
}

export function interactionOf(options: RecordOptions): Interaction {
  const record = executionRecord(options);
  return {
    _id: record.executionId,
    ...record,
    recordedAt: new Date(record.endedAt),
    generations: ['g1'],
    parts: ['learning', 'performance', 'strategy'],
  };
}
