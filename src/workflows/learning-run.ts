/** One `withLearning` from its beginning to its record. Workflow code only. */
import { log, workflowInfo } from '@temporalio/workflow';
import type { PreparedTask } from '../shared/activities.js';
import type { AgentReport, KnowledgeExcerpt, Lesson } from '../shared/agent-contract.js';
import { blankReport, checkReport } from '../shared/check-report.js';
import type { Attempt, ExecutionRecord, Outcome, PlanChoice, TaskAnalysis } from '../shared/task.js';
import type { Ending, LearningMode } from '../shared/terms.js';
import { keepable, MAX_VALUE_CHARS, shortened } from './keepable-json.js';
import { type Identity, receivedNews } from './learning-identity.js';
import type { LearningOptions, LearningScope } from './learning-scope.js';
import { StepLog } from './step-log.js';

const LOOKED_UP = ['analysis', 'knowledge', 'learnings'];
const MAX_OUTPUT_CHARS = 20_000;
const MAX_DISCOVERIES = 50;
const MAX_ATTEMPTS = 100;

const flat = (text: string): string => text.replace(/\s+/g, ' ').trim();

/** The state of one `withLearning`; what the steps see of it is a LearningScope. */
export class LearningRun implements LearningScope {
  readonly executionId: string;
  readonly steps = new StepLog();
  analysis: TaskAnalysis | null = null;
  choice: PlanChoice | null = null;
  lessons: readonly Lesson[] = [];
  knowledge: readonly KnowledgeExcerpt[] = [];
  missing: readonly string[];
  mode: LearningMode;
  private offered: Pick<ExecutionRecord, 'learnings' | 'knowledge'> = { learnings: [], knowledge: [] };
  private lookUp = { analyse: 0, lookUp: 0 };
  private readonly said: Partial<AgentReport> = {};
  private readonly attempts: Attempt[] = [];
  private readonly startedAt = Date.now();
  private stepsBegan = Date.now();

  constructor(
    private readonly options: LearningOptions,
    private readonly identity: Identity,
  ) {
    this.executionId = identity.executionId;
    this.mode = options.learning ?? 'full';
    this.missing = options.agents === undefined ? LOOKED_UP : [...LOOKED_UP, 'strategy'];
  }

  /** Takes in what was looked up. */
  prepared(task: PreparedTask): void {
    const asked = this.options.agents !== undefined;
    this.mode = task.learning;
    this.analysis = task.analysis;
    this.choice = asked ? task.choice : null;
    this.lessons = task.learnings.lessons;
    this.knowledge = task.knowledge.items;
    this.offered = { learnings: task.learnings.offered, knowledge: task.knowledge.offered };
    this.lookUp = task.steps;
    const refused = asked && task.choice === null && !task.missing.includes('strategy');
    this.missing = refused ? [...task.missing, 'strategy'] : task.missing;
  }

  /** The steps begin now. */
  begin(): void {
    this.stepsBegan = Date.now();
  }

  lessonsText(maxChars = 4_000): string {
    const lines = [
      ...this.lessons.map(({ condition, advice }) => `- ${flat(condition)}: ${flat(advice)}`),
      ...this.knowledge.map(
        // Whose words they are stands before them, where nothing in them can pretend it.
        ({ title, content, source, trust = 'untrusted' }) =>
          `- (${trust}, from ${JSON.stringify(flat(source))}) ${flat(title)}: ${flat(typeof content === 'string' ? content : JSON.stringify(content))}`,
      ),
    ];
    let text = '';
    for (const line of lines) if (text.length + line.length < maxChars) text += `${line}\n`;
    return text.trimEnd();
  }

  news(): readonly KnowledgeExcerpt[] {
    return receivedNews();
  }

  report(report: Partial<AgentReport>): void {
    const checked = this.checked(report);
    if (checked === null) return;
    const { said } = this;
    if (report.success !== undefined) said.success = checked.success;
    if (checked.output !== undefined) said.output = checked.output;
    if (report.iterations !== undefined) said.iterations = (said.iterations ?? 0) + checked.iterations;
    if (checked.cost !== undefined) said.cost = (said.cost ?? 0) + checked.cost;
    if (checked.tokens !== undefined) {
      const { input, output } = checked.tokens;
      said.tokens = {
        input: (said.tokens?.input ?? 0) + input,
        output: (said.tokens?.output ?? 0) + output,
      };
    }
    said.discoveries = [...(said.discoveries ?? []), ...checked.discoveries].slice(-MAX_DISCOVERIES);
    said.applied = [...new Set([...(said.applied ?? []), ...checked.applied])];
    this.steps.add(checked);
  }

  attempt(agentType: string, report: Partial<AgentReport>, durationMs = 0): void {
    const checked = this.checked(report);
    if (checked === null) return;
    const taken = new StepLog();
    taken.add(checked);
    this.attempts.push({
      agentType,
      role: 'worker',
      report: { ...withOutput(checked, checked.output), ...taken.taken() },
      success: checked.success,
      claimed: checked.success,
      source: 'agent',
      durationMs,
      elapsedMs: durationMs,
      decisive: false,
    });
    if (this.attempts.length > MAX_ATTEMPTS) this.attempts.splice(MAX_ATTEMPTS / 2, 1);
  }

  /** The record of steps that came to their end. What they returned is their output, unless they reported one. */
  completed(result: unknown): ExecutionRecord {
    const success = this.said.success === undefined ? true : this.said.success;
    return this.record('completed', { success, source: 'agent' }, this.said.output ?? result);
  }

  /** The record of steps that threw. Cancelled ones neither succeeded nor failed. */
  threw(ending: 'failed' | 'cancelled', reason: string): ExecutionRecord {
    if (ending === 'failed') this.steps.addError(reason);
    const outcome: Outcome = { success: ending === 'cancelled' ? null : false, source: 'system' };
    return this.record(ending, outcome, this.said.output, shortened(reason, MAX_VALUE_CHARS));
  }

  private record(ending: Ending, outcome: Outcome, output: unknown, reason?: string): ExecutionRecord {
    const { workflowId, runId, firstExecutionRunId } = workflowInfo();
    return {
      schemaVersion: 1,
      executionId: this.executionId,
      tenant: this.options.tenant,
      taskId: this.identity.taskId,
      workflowId,
      runId,
      firstRunId: firstExecutionRunId,
      origin: 'workflow',
      description: this.options.description,
      context: this.options.context ?? {},
      learning: this.mode,
      analysis: this.analysis,
      choice: this.choice,
      ...this.offered,
      missing: [...this.missing],
      attempts: [...this.attempts, this.ownAttempt(outcome, output, reason)],
      ending,
      outcome,
      ...(reason === undefined ? {} : { reason }),
      startedAt: this.startedAt,
      endedAt: Date.now(),
      steps: { ...this.lookUp, execute: Date.now() - this.stepsBegan },
    };
  }

  /** The workflow itself as an agent. Beside agents that it called, it counts no iteration of its own. */
  private ownAttempt(outcome: Outcome, output: unknown, reason: string | undefined): Attempt {
    const took = Date.now() - this.stepsBegan;
    const { said } = this;
    return {
      agentType: this.options.agentType ?? workflowInfo().workflowType,
      role: 'worker',
      report: {
        ...blankReport(outcome.success),
        iterations: this.attempts.length > 0 ? 0 : 1,
        ...withOutput(said, output),
        success: outcome.success,
        ...this.steps.taken(),
      },
      success: outcome.success,
      source: outcome.source,
      ...(said.success === undefined ? {} : { claimed: said.success }),
      durationMs: took,
      elapsedMs: took,
      decisive: true,
      ...(reason === undefined ? {} : { reason }),
    };
  }

  private checked(report: Partial<AgentReport>): AgentReport | null {
    const checked = checkReport({ success: null, ...report });
    if (typeof checked !== 'string') return checked;
    log.warn('withLearning: this report does not fit and is left out', { problem: checked });
    return null;
  }
}

function withOutput<T extends Partial<AgentReport>>(report: T, output: unknown): T {
  const { output: _, ...rest } = report;
  const kept = keepable(output, MAX_OUTPUT_CHARS);
  return { ...rest, ...(kept === undefined ? {} : { output: kept }) } as T;
}
