/** The state of one task while it runs: what is known, what was done, and how it is shown. */
import { setCurrentDetails, setHandler, upsertSearchAttributes, workflowInfo } from '@temporalio/workflow';
import type { PreparedTask } from '../shared/activities.js';
import type { Caps, KnowledgeExcerpt, Lesson } from '../shared/agent-contract.js';
import { executionIdOf } from '../shared/ids.js';
import { inboxQuery, newsSignal, progressQuery } from '../shared/messages.js';
import { searchAttributes } from '../shared/search-attributes.js';
import { jsonBytes, MAX_LINE_CHARS, MAX_MEMO_LINES } from '../shared/sizes.js';
import type {
  Attempt,
  ExecutionRecord,
  KnowledgeLookup,
  LearningLookup,
  Outcome,
  PlanChoice,
  PlannedAgent,
  TaskAnalysis,
  TaskInput,
  TaskProgress,
} from '../shared/task.js';
import type { Ending, LearningMode } from '../shared/terms.js';
import type { Word } from '../shared/verdict.js';
import type { AppliedChange } from '../shared/workspace.js';
import { Approvals } from './approval.js';
import { capsLeft } from './caps.js';
import { newsBeside, takeNews } from './news.js';
import { StartGate } from './start-gate.js';
import { taskDetails } from './task-details.js';

/** Where a run stands; workflow code only. */
export class TaskRun {
  readonly executionId: string;
  readonly startedAt = Date.now();
  learning: LearningMode;
  analysis: TaskAnalysis | null = null;
  choice: PlanChoice | null = null;
  learnings: LearningLookup = { offered: [], lessons: [] };
  knowledge: KnowledgeLookup = { offered: [], items: [] };
  missing: readonly string[] = [];
  /** The agents among the task's verifiers. */
  verifiers: readonly PlannedAgent[] = [];
  /** Names of the search attributes that may be set. */
  searchAttributes: readonly string[] = [];
  readonly attempts: Attempt[] = [];
  private waitingSince = 0;
  private waitedMs = 0;
  /** The attempt whose work the result is. */
  winner: Attempt | undefined;
  private readonly received: KnowledgeExcerpt[] = [];
  readonly steps = { analyse: 0, lookUp: 0, execute: 0 };
  private phase: TaskProgress['phase'] = 'preparing';
  private readonly agents: TaskProgress['agents'] = [];
  private executingSince: number | undefined;
  /** Keeps what is started at once within one message. */
  readonly starts = new StartGate();
  readonly approvals = new Approvals(() => this.show());
  /** What was said of how the task went, the agents' own words included. */
  readonly words: Word[] = [];
  /** What became of the winner's change. */
  applied: AppliedChange | undefined;

  constructor(readonly input: TaskInput) {
    const { workflowId, runId } = workflowInfo();
    this.executionId = executionIdOf(workflowId, runId);
    this.learning = input.learning ?? 'full';
    setHandler(progressQuery, () => this.progress());
    setHandler(inboxQuery, () => this.news);
    setHandler(newsSignal, (item) => {
      takeNews(this.received, item);
      this.show();
    });
  }

  /** CRITICAL items that came since the task began. */
  get news(): KnowledgeExcerpt[] {
    return newsBeside(this.received, this.learnings.offered);
  }

  get lessons(): Lesson[] {
    return this.learnings.lessons;
  }

  /** Takes in what was decided before the agents. */
  prepared(task: PreparedTask): void {
    this.starts.note(jsonBytes(task));
    this.learning = task.learning;
    this.analysis = task.analysis;
    this.choice = task.choice;
    this.learnings = task.learnings;
    this.knowledge = task.knowledge;
    this.missing = task.missing;
    this.verifiers = task.verifiers ?? [];
    this.searchAttributes = task.searchAttributes;
    this.steps.analyse = task.steps.analyse;
    this.steps.lookUp = task.steps.lookUp;
  }

  /** Agent calls so far, this one included. */
  get calls(): number {
    return this.agents.length;
  }

  /** Enters a phase and brings the operator's view up to date. */
  enter(phase: TaskProgress['phase']): void {
    this.phase = phase;
    this.show();
  }

  /**
   * What is left of the task's caps for each of some calls that start at once.
   *
   * @throws CapReached when nothing is left
   */
  capsLeft(atOnce: number): Caps | undefined {
    this.executingSince ??= Date.now();
    return capsLeft(this.input.caps, this.attempts, Date.now() - this.executingSince, atOnce);
  }

  /** Shows the operator, and whoever searches, that a person is asked; or no longer. */
  waitForPerson(waiting: boolean): void {
    const key = searchAttributes.awaitingApproval;
    if (this.searchAttributes.includes(key.name)) upsertSearchAttributes([{ key, value: waiting }]);
    if (waiting) this.waitingSince = Date.now();
    else this.waitedMs += Date.now() - this.waitingSince;
    this.enter(waiting ? 'awaiting approval' : 'executing');
  }

  /** Notes that an agent was called; the returned function notes how it ended. */
  agentCalled(agentType: string, role: string): (attempt: Attempt | null, detail?: string) => void {
    const entry: TaskProgress['agents'][number] = { agentType, role, state: 'running', detail: '' };
    this.agents.push(entry);
    this.show();
    return (attempt, detail) => {
      if (attempt !== null) this.attempts.push(attempt);
      entry.state = attempt === null || attempt.success === false || detail !== undefined ? 'failed' : 'done';
      entry.detail = (detail ?? attempt?.reason ?? `success ${attempt?.success ?? 'unknown'}`).slice(
        0,
        MAX_LINE_CHARS,
      );
      this.show();
    };
  }

  /** A line for each agent call, of many the last: who, as what, and how it ended. */
  agentsLines(): string[] {
    return this.agents
      .slice(-MAX_MEMO_LINES)
      .map(({ agentType, role, state, detail }) => `${agentType} (${role}): ${state}, ${detail}`);
  }

  progress(): TaskProgress {
    return {
      phase: this.phase,
      category: this.analysis?.category ?? null,
      plan: this.choice?.plan.key ?? null,
      reason: this.choice?.reason ?? null,
      lessons: this.lessons.map(({ id, title }) => ({ id, title })),
      agents: this.agents,
      ...(this.approvals.asked === undefined ? {} : { approval: this.approvals.asked }),
    };
  }

  /** All that recording needs to know, as of now. */
  record(ending: Ending, outcome: Outcome, reason: string | undefined): ExecutionRecord {
    const { workflowId, runId, firstExecutionRunId } = workflowInfo();
    const { tenant, taskId, description, context } = this.input;
    return {
      schemaVersion: 1,
      executionId: this.executionId,
      tenant,
      taskId,
      workflowId,
      runId,
      firstRunId: firstExecutionRunId,
      origin: 'workflow',
      description,
      context,
      learning: this.learning,
      analysis: this.analysis,
      choice: this.choice,
      learnings: this.learnings.offered,
      knowledge: this.knowledge.offered,
      missing: [...this.missing],
      attempts: this.attempts,
      ...(this.winner === undefined ? {} : { winner: this.attempts.indexOf(this.winner) }),
      ending,
      outcome,
      ...(reason === undefined ? {} : { reason }),
      ...(this.words.length === 0 ? {} : { words: this.words }),
      ...(this.approvals.given.length === 0 ? {} : { approvals: this.approvals.given }),
      ...(this.applied === undefined ? {} : { applied: this.applied }),
      startedAt: this.startedAt,
      endedAt: Date.now(),
      // A person's time is not the plan's.
      steps:
        this.waitedMs === 0
          ? this.steps
          : { ...this.steps, execute: this.steps.execute - this.waitedMs, approval: this.waitedMs },
    };
  }

  private show(): void {
    setCurrentDetails(taskDetails(this, this.progress()));
  }
}
