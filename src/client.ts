/** The client that platforms start tasks with, and through which they reach the five components. */
import { randomUUID } from 'node:crypto';
import { type Client, WorkflowExecutionAlreadyStartedError } from '@temporalio/client';
import { type Config, parseConfig } from './config.js';
import { connectStore, connectTemporalClient } from './connections.js';
import { DirectRecording } from './direct-recording.js';
import { announcer } from './knowledge/announce/announce.js';
import { KnowledgeBase } from './knowledge/knowledge-base.js';
import { KnowledgeHub } from './knowledge/knowledge-hub.js';
import { interactions } from './learning/interactions.js';
import { LearningEngine } from './learning/learning-engine.js';
import { type MaintenanceHandle, startMaintenance } from './maintenance-handle.js';
import { PerformanceOptimizer } from './performance/performance-optimizer.js';
import { planOffer } from './plan-offer.js';
import { readExecutions } from './recording/judged-executions.js';
import { openRetrieval, retrievalOptions } from './retrieval/retrieval.js';
import type { Feedback } from './shared/feedback.js';
import { taskWorkflowId } from './shared/ids.js';
import type { MaintenanceName } from './shared/maintenance.js';
import { createRedactor, type Redactor } from './shared/redact.js';
import type { TaskResult } from './shared/task.js';
import type { LearningMode } from './shared/terms.js';
import type { Store } from './store/store.js';
import { setLearningMode } from './store/tenants.js';
import { AdaptiveStrategy } from './strategy/adaptive-strategy.js';
import { planPreferences } from './strategy/stored-preferences.js';
import { type FeedbackResult, taskFeedback } from './task-feedback.js';
import { type TaskHandle, taskHandle } from './task-handle.js';
import { checkedTenant, type TaskRequest, taskInput } from './task-request.js';

export interface ClientOptions {
  /** Whose tasks and learnings; nothing of another tenant can be reached. */
  tenant: string;
  /** The workers' configuration. Default: none declared, connections by environment. */
  config?: Config;
  /** Connections of the caller's own; they are left open by `close`. */
  temporal?: Client;
  store?: Store;
}

/** Milliseconds that the look for an earlier record of a task id may hold up its start. */
const KNOWN_TASK_DEADLINE_MS = 500;

/** A connection to Journeyman for one tenant. Make it with {@link JourneymanClient.connect}. */
export class JourneymanClient {
  readonly learning: LearningEngine;
  readonly hub: KnowledgeHub;
  readonly knowledge: KnowledgeBase;
  readonly performance: PerformanceOptimizer;
  readonly strategy: AdaptiveStrategy;
  /** The components' record calls, for agents that run outside ExecuteTaskWorkflow. */
  readonly record: DirectRecording;
  private readonly redactor: Redactor;

  private constructor(
    readonly tenant: string,
    readonly temporal: Client,
    readonly store: Store,
    private readonly config: Config,
    private readonly owned: (() => Promise<void> | void)[],
  ) {
    this.redactor = createRedactor(config.redact);
    this.learning = new LearningEngine(store, tenant, undefined, this.redactor);
    const knowledge = {
      settings: config.knowledge,
      announce: announcer(temporal, tenant, config.temporal.taskQueue),
      executions: readExecutions,
    };
    this.hub = new KnowledgeHub(store, tenant, this.redactor, knowledge);
    this.knowledge = new KnowledgeBase(store, tenant, this.redactor, knowledge);
    this.performance = new PerformanceOptimizer(store, tenant, planPreferences);
    this.strategy = new AdaptiveStrategy(store, tenant, planOffer(config));
    this.record = new DirectRecording(store, tenant, this.redactor);
  }

  /**
   * Connects to Temporal (by the TEMPORAL_* variables or its profile file) and MongoDB
   * (`JOURNEYMAN_MONGODB_URI`), each only where no connection is given.
   *
   * @throws InvalidInputError when the tenant's name is not allowed
   */
  static async connect(options: ClientOptions): Promise<JourneymanClient> {
    const tenant = checkedTenant(options.tenant);
    const config = options.config ?? parseConfig({}, 'no configuration');
    const temporal = options.temporal ?? (await connectTemporalClient(config));
    const store = options.store ?? connectStore(config);
    // Reads nothing before something is searched for.
    const owned: (() => Promise<void> | void)[] = [
      openRetrieval(
        store,
        retrievalOptions(config.retrieval, () => {}),
      ),
    ];
    if (options.temporal === undefined) owned.push(() => temporal.connection.close());
    if (options.store === undefined) owned.push(() => store.close());
    return new JourneymanClient(tenant, temporal, store, config, owned);
  }

  /**
   * Starts a task and returns at once. Idempotent by `taskId`: a known one gives the handle of the task that
   * has it, however long ago it ran.
   *
   * @throws InvalidInputError naming the field, the value and what is allowed
   */
  async startTask(request: TaskRequest): Promise<TaskHandle> {
    const taskId = request.taskId ?? randomUUID();
    const input = taskInput(this.tenant, taskId, request, this.redactor);
    const handle = this.task(taskId);
    if (request.taskId !== undefined && (await this.isRecorded(taskId))) return handle;
    try {
      await this.temporal.workflow.start('ExecuteTaskWorkflow', {
        workflowId: taskWorkflowId(this.tenant, taskId),
        taskQueue: this.config.temporal.taskQueue,
        workflowIdReusePolicy: 'REJECT_DUPLICATE',
        args: [input],
        staticSummary: input.description.split('\n', 1)[0]?.slice(0, 200) ?? '',
      });
    } catch (error) {
      if (!(error instanceof WorkflowExecutionAlreadyStartedError)) throw error;
    }
    return handle;
  }

  /** Starts a task, or finds it by its id, and waits for its result. See {@link startTask}. */
  async executeTask(request: TaskRequest): Promise<TaskResult> {
    return (await this.startTask(request)).result();
  }

  /** The handle of a task that was started before. */
  task(taskId: string): TaskHandle {
    const { temporal, store, redactor } = this;
    return taskHandle({ temporal, store, redactor }, this.tenant, taskId);
  }

  /**
   * Takes in what somebody says of how a task went, any time later. Statistics, selection, lessons and knowledge
   * follow the most trusted word: a person's before a verifier's before the system's before the agent's own; of
   * the same source the higher `precedence`, and then the later; who speaks again replaces what they said. For a task that is not recorded yet it waits and
   * is applied together with the record. A comment alone is kept and changes nothing.
   *
   * @throws InvalidInputError naming the field, the value and what is allowed
   * @throws NotFoundError when neither the store nor Temporal knows the task
   */
  feedback(taskId: string, feedback: Feedback): Promise<FeedbackResult> {
    const { store, redactor } = this;
    const temporal = (): Promise<Client> => Promise.resolve(this.temporal);
    return taskFeedback({ store, redactor, temporal }, this.tenant, taskId, feedback);
  }

  /** Sets the tenant's learning mode; null returns to the configuration's. */
  setLearning(mode: LearningMode | null): Promise<void> {
    return setLearningMode(this.store, this.tenant, mode);
  }

  /** Runs a maintenance workflow now, or finds the one that is running. */
  maintain(name: MaintenanceName): Promise<MaintenanceHandle> {
    return startMaintenance(this.temporal, this.tenant, this.config.temporal.taskQueue, name);
  }

  /** Closes the connections that this client opened. */
  async close(): Promise<void> {
    // In order: the search service ends before the store that it reads.
    for (const close of this.owned) await close();
  }

  /** Whether the store knows the task; Temporal forgets after its retention. No answer counts as no. */
  private async isRecorded(taskId: string): Promise<boolean> {
    try {
      const found = await this.store.run(
        (options) =>
          interactions(this.store).findOne(
            { tenant: this.tenant, taskId },
            { projection: { _id: 1 }, ...options },
          ),
        KNOWN_TASK_DEADLINE_MS,
      );
      return found !== null;
    } catch {
      // The store is away: a task does not wait for it, and Temporal still refuses a second run.
      return false;
    }
  }
}
