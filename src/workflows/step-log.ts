/** What the steps of a workflow did: its activities and children, and what it reports itself. Workflow code only. */
import { isCancellation } from '@temporalio/workflow';
import type { Action, ActionResult, AgentReport } from '../shared/agent-contract.js';
import { messageOf } from './failure-message.js';
import { keepable, MAX_VALUE_CHARS, shortened } from './keepable-json.js';

/** Of more steps than this, those in the middle are forgotten: how it began and how it ended tells most. */
const MAX_STEPS = 1_000;
const MAX_ERRORS = 100;
const MAX_TYPE_CHARS = 200;
/** The name of the SDK's private error by which a local activity asks to be tried again later. */
const TRIED_AGAIN = 'LocalActivityDoBackoff';

interface Step {
  action: Action;
  /** Null while it runs, and when it was cancelled: whether it would have worked is not known. */
  result: ActionResult | null;
}

/** Notes steps in the order in which they began. */
export class StepLog {
  private readonly steps: Step[] = [];
  private readonly errors: string[] = [];

  /** Notes a call that has just been made, and in time how it ended. @returns what the call itself would */
  async follow<T>(type: string, args: readonly unknown[], running: Promise<T>): Promise<T> {
    const step = this.begin(type, args);
    try {
      const value = await running;
      const output = keepable(value);
      step.result = { success: true, ...(output === undefined ? {} : { output }) };
      return value;
    } catch (error) {
      if (error instanceof Error && error.name === TRIED_AGAIN) this.forget(step);
      else if (!isCancellation(error)) {
        const message = shortened(messageOf(error), MAX_VALUE_CHARS);
        step.result = { success: false, error: message };
        this.addError(message);
      }
      throw error;
    }
  }

  /** Takes in steps that the platform reports itself; one without a result counts as one that worked. */
  add({ actions = [], results = [], errors = [] }: Partial<AgentReport>): void {
    for (const [index, { type, input }] of actions.entries()) {
      const { success, output, error } = results[index] ?? { success: true };
      const kept = keepable(output);
      this.push({
        action: actionOf(type, input),
        result: {
          success,
          ...(kept === undefined ? {} : { output: kept }),
          ...(error === undefined ? {} : { error: shortened(error, MAX_VALUE_CHARS) }),
        },
      });
    }
    for (const error of errors) this.addError(error);
  }

  /** Notes an error, once. */
  addError(message: string): void {
    const kept = shortened(message, MAX_VALUE_CHARS);
    if (this.errors.length < MAX_ERRORS && !this.errors.includes(kept)) this.errors.push(kept);
  }

  /** The steps that have ended, as a report has them. */
  taken(): Pick<AgentReport, 'actions' | 'results' | 'errors'> {
    const ended = this.steps.filter((step): step is Step & { result: ActionResult } => step.result !== null);
    return {
      actions: ended.map(({ action }) => action),
      results: ended.map(({ result }) => result),
      errors: [...this.errors],
    };
  }

  private begin(type: string, args: readonly unknown[]): Step {
    const step: Step = { action: actionOf(type, args.length > 1 ? args : args[0]), result: null };
    this.push(step);
    return step;
  }

  private push(step: Step): void {
    this.steps.push(step);
    if (this.steps.length > MAX_STEPS) this.steps.splice(MAX_STEPS / 2, 1);
  }

  private forget(step: Step): void {
    const index = this.steps.indexOf(step);
    if (index >= 0) this.steps.splice(index, 1);
  }
}

function actionOf(type: string, input: unknown): Action {
  const kept = keepable(input);
  return { type: shortened(type, MAX_TYPE_CHARS), ...(kept === undefined ? {} : { input: kept }) };
}
