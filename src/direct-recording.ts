/** The components' record calls in the guide's terms: seconds, USD, plain lists. Input is checked here. */
import { randomUUID } from 'node:crypto';
import { z } from 'zod';
import { recordInteraction, recordPerformance, recordStrategyOutcome } from './recording/direct.js';
import type { Recorded } from './recording/record-execution.js';
import { actionSchema, agentReportSchema, resultSchema } from './shared/agent-contract.js';
import { checkInput } from './shared/check-input.js';
import { MAX_ITERATIONS, MAX_USD } from './shared/figure-limits.js';
import type { Redactor } from './shared/redact.js';
import type { ExecutionRecord } from './shared/task.js';
import type { Store } from './store/store.js';
import { analyzeTask } from './strategy/analyze-task.js';

/** A century: longer than any task. */
const MAX_SECONDS = 3_200_000_000;
const count = z.number().int().min(0).max(MAX_ITERATIONS);
const seconds = z.number().min(0).max(MAX_SECONDS);
const cost = z.number().min(0).max(MAX_USD).default(0);

const interactionSchema = z.strictObject({
  executionId: z.string().min(1).max(500).exactOptional(),
  agentType: z.string().min(1).max(64),
  taskDescription: z.string().min(1).max(200_000),
  actionsTaken: z.array(actionSchema).default([]),
  results: z.array(resultSchema).default([]),
  success: z.boolean().nullable(),
  completionTime: seconds,
  iterations: count.default(1),
  errorsEncountered: count.default(0),
  metadata: z.record(z.string(), z.json()).default({}),
});

const executionSchema = z.strictObject({
  executionId: z.string().min(1).max(500).exactOptional(),
  agentType: z.string().min(1).max(64),
  taskCategory: z.string().min(1).max(200),
  completionTime: seconds,
  iterations: count,
  success: z.boolean().nullable(),
  errors: count,
  actionsCount: count,
  cost,
});

const outcomeSchema = z.strictObject({
  executionId: z.string().min(1).max(500).exactOptional(),
  strategyId: z.string().min(1).max(500),
  taskId: z.string().min(1).max(200),
  success: z.boolean().nullable(),
  actualDuration: seconds,
  actualIterations: count.default(1),
  errorsEncountered: count.default(0),
  cost: z.number().min(0).max(MAX_USD).exactOptional(),
  whatWorked: z.array(z.string().max(2_000)).max(100).default([]),
  improvements: z.array(z.string().max(2_000)).max(100).default([]),
});

/** Record calls of one tenant. Each is idempotent by its `executionId`; each moves its own component only. */
export class DirectRecording {
  constructor(
    private readonly store: Store,
    readonly tenant: string,
    private readonly redactor: Redactor,
  ) {}

  /**
   * Learning Engine: records an interaction to learn from.
   *
   * @throws InvalidInputError naming the field, the value and what is allowed
   */
  async recordInteraction(
    input: z.input<typeof interactionSchema>,
  ): Promise<Recorded & { executionId: string }> {
    // Ids stay as they are: two that look like secrets would become one.
    const { executionId = `${this.tenant}/direct-${randomUUID()}`, ...content } = checkInput(
      interactionSchema,
      input,
    );
    const given = this.redactor.value(content);
    const endedAt = Date.now();
    const record: ExecutionRecord = {
      schemaVersion: 1,
      executionId,
      tenant: this.tenant,
      taskId: executionId,
      workflowId: null,
      runId: null,
      firstRunId: null,
      origin: 'direct',
      description: given.taskDescription,
      context: given.metadata,
      learning: 'record-only',
      analysis: analyzeTask(given.taskDescription, given.metadata),
      choice: null,
      learnings: [],
      knowledge: [],
      missing: [],
      attempts: [
        {
          agentType: given.agentType,
          role: 'worker',
          report: agentReportSchema.parse({
            success: given.success,
            actions: given.actionsTaken,
            results: given.results,
            iterations: given.iterations,
            errors: given.results.flatMap(({ error }) => error ?? []),
          }),
          success: given.success,
          source: 'agent',
          claimed: given.success,
          durationMs: Math.round(given.completionTime * 1_000),
          elapsedMs: Math.round(given.completionTime * 1_000),
          decisive: true,
        },
      ],
      ending: 'completed',
      outcome: { success: given.success, source: 'agent' },
      startedAt: endedAt - Math.round(given.completionTime * 1_000),
      endedAt,
      steps: { analyse: 0, lookUp: 0, execute: Math.round(given.completionTime * 1_000) },
    };
    return { ...(await recordInteraction(this.store, record)), executionId };
  }

  /** Performance Optimizer: records one agent execution's figures. Times in seconds, cost in USD. */
  recordExecution(input: z.input<typeof executionSchema>): Promise<Recorded> {
    const given = checkInput(executionSchema, input);
    const figures = {
      agentType: given.agentType,
      category: given.taskCategory,
      strategy: 'single',
      success: given.success,
      durationMs: given.completionTime * 1_000,
      iterations: given.iterations,
      errors: given.errors,
      actions: given.actionsCount,
      cost: given.cost,
      tokens: { input: 0, output: 0 },
      endedAt: Date.now(),
    };
    return recordPerformance(this.store, this.tenant, figures, given.executionId);
  }

  /**
   * Adaptive Strategy: records how a selected strategy did. Times in seconds, cost in USD.
   *
   * @throws InvalidInputError when `strategyId` did not come from selectStrategy
   */
  recordOutcome(input: z.input<typeof outcomeSchema>): Promise<Recorded> {
    const given = checkInput(outcomeSchema, input);
    const { taskId } = given;
    const { whatWorked, improvements } = this.redactor.value({
      whatWorked: given.whatWorked,
      improvements: given.improvements,
    });
    const figures = {
      success: given.success,
      durationMs: given.actualDuration * 1_000,
      iterations: given.actualIterations,
      errors: given.errorsEncountered,
      cost: given.cost ?? null,
      endedAt: Date.now(),
    };
    const detail = { taskId, whatWorked, improvements };
    return recordStrategyOutcome(
      this.store,
      this.tenant,
      given.strategyId,
      figures,
      detail,
      given.executionId,
    );
  }
}
