/** What an agent has done so far: the record survives however its work ends. */
import type { Action, ActionResult, AgentReport, Json } from '../../shared/agent-contract.js';
import { clip, firstLine } from '../clip.js';
import type { Scrubber } from '../secrets.js';
import type { StepMeter } from './step-meter.js';

/** Characters of one text of an action's input, and of a result, that are kept. */
const KEPT_CHARS = 4_000;

export class WorkLog {
  readonly #actions: Action[] = [];
  readonly #results: ActionResult[] = [];
  readonly #errors: string[] = [];
  /** The last thing that the model said in words. */
  text = '';

  constructor(
    private readonly meter: StepMeter,
    private readonly hasPrice: boolean,
    private readonly scrubber: Scrubber,
  ) {}

  /** Notes a call of a tool, with what came of it. @param seconds that it took; null where it was not made */
  did(
    name: string,
    input: unknown,
    result: { output: string } | { error: string },
    seconds: number | null,
  ): void {
    const took = seconds === null ? {} : { seconds: Math.round(seconds * 1_000) / 1_000 };
    const type = this.scrubber.text(name).slice(0, 200) || 'unknown';
    this.#actions.push({
      type,
      input: bounded(this.scrubber.value(input) as Json),
    });
    if ('output' in result) {
      this.#results.push({ success: true, output: clip(result.output, KEPT_CHARS), ...took });
      return;
    }
    this.#results.push({ success: false, error: clip(result.error, KEPT_CHARS), ...took });
    this.#errors.push(`${type}: ${clip(result.error, KEPT_CHARS)}`);
  }

  /** Notes what went wrong and was overcome. */
  stumbled(error: string): void {
    this.#errors.push(this.scrubber.text(error));
  }

  /** All that is known of the work, with what the model hands back at its end. */
  report(ending: { success: boolean | null; output: Json; applied: string[] }): AgentReport {
    const output = this.scrubber.value(ending.output);
    const said = firstLine(typeof output === 'string' ? output : JSON.stringify(output));
    const reason = ending.success === false ? [said || 'the model says that it failed'] : [];
    return {
      ...this.soFar(),
      success: ending.success,
      output,
      errors: [...reason, ...this.#errors],
      discoveries: [],
      applied: ending.applied,
    };
  }

  /** The same for work that did not come to its end. */
  soFar(): Pick<AgentReport, 'actions' | 'results' | 'errors' | 'iterations' | 'cost' | 'tokens' | 'output'> {
    const { cost, tokens, iterations } = this.meter.spent;
    const text = this.scrubber.text(this.text);
    return {
      actions: this.#actions,
      results: this.#results,
      errors: this.#errors,
      iterations,
      tokens,
      ...(this.hasPrice ? { cost } : {}),
      ...(text === '' ? {} : { output: clip(text, KEPT_CHARS) }),
    };
  }
}

/** Long texts in arguments are whole files, which are in the workspace anyway. */
function bounded(value: Json): Json {
  if (typeof value === 'string') return clip(value, KEPT_CHARS);
  if (Array.isArray(value)) return value.map(bounded);
  if (value === null || typeof value !== 'object') return value;
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, bounded(inner)]));
}
