/** What was done after an error, and whether that ended it. Pure. */
import type { Attempt } from '../shared/task.js';
import { inputText, shapeOf } from './action-shape.js';
import { type Feature, featureKey } from './feature.js';
import { signatureOf } from './feature-text.js';

/** What was tried after a kind of error, once an attempt however often it was tried. */
export interface Recovery {
  signature: string;
  /** Key of the feature that tells this try from others: the action with its input, or the same again. */
  action: string;
  /** Keys of all features of the try, sorted. */
  features: readonly string[];
  worked: boolean;
  /** How often it was tried. */
  tries: number;
}

/** Kinds of errors and tries that are counted of one attempt; more is no longer a search but noise. */
const MAX_RECOVERIES = 200;
const MAX_OPEN = 20;
/** Actions after an error that count as tries to recover from it. */
const MAX_NEXT = 8;

interface Try {
  recovery: Recovery;
  succeeded: boolean;
}

/** An error that stands. */
interface OpenError {
  /** Text of the step that failed, its type, and its input. */
  failed: string;
  type: string;
  input: string;
  pending: Try[];
  /** Tries after which what had failed got on to another error; they count unless this one comes back. */
  passed: Try[];
  /** False while another error is in the way of seeing this one. */
  stands: boolean;
}

/**
 * The recoveries of one attempt. An error stands from the action that failed with it until that action (the same
 * command or tool, whatever its arguments) succeeds or goes on to another error; the next actions are tries to
 * recover from it. A try worked when it did not fail itself and then what had failed succeeds, or the error does
 * not come back before the attempt ends. Where nothing tried again what had failed, and the attempt failed, it
 * did not: who gives up meets no error either.
 *
 * What failed, done again as it was, is a try only right after the error; later it is how the others are checked.
 *
 * @param success whether the attempt succeeded, as known now
 */
export function recoveriesOf(
  attempt: Attempt,
  success: boolean | null = attempt.success,
): { errors: string[]; recoveries: Recovery[] } {
  const { actions, results } = attempt.report;
  const counted = new Map<string, Recovery>();
  const errors = new Set<string>();
  const open = new Map<string, OpenError>();
  for (const [index, action] of actions.entries()) {
    const result = results[index];
    if (result === undefined) continue;
    const failedWith = result.success ? null : signatureOf(result.error);
    if (open.size === 0 && (failedWith === null || failedWith === '')) continue;
    const { stepText, step, features } = shapeOf(action);
    const input = `${action.type}\u0000${inputText(action.input)}`;
    for (const [signature, error] of open) {
      const isSame = stepText === error.failed;
      const changed = input !== error.input;
      if (error.stands && (!isSame || changed || error.pending.length === 0))
        addTry(
          counted,
          { signature, error, succeeded: result.success },
          tellingOf(isSame ? [...features, { kind: 'retry', step, changed }] : features, error.type),
        );
      if (failedWith === signature) {
        error.pending = [];
        error.passed = [];
      } else if (isSame && result.success) {
        credit(error.pending);
        open.delete(signature);
      } else if (isSame && failedWith !== null && error.stands) {
        error.passed = error.pending;
        error.pending = [];
        error.stands = false;
      }
    }
    if (failedWith === null || failedWith === '') continue;
    const known = open.get(failedWith);
    if (known !== undefined) {
      known.stands = true;
      continue;
    }
    if (errors.size < MAX_RECOVERIES) errors.add(failedWith);
    if (open.size < MAX_OPEN)
      open.set(failedWith, {
        failed: stepText,
        type: step.type,
        input,
        pending: [],
        passed: [],
        stands: true,
      });
  }
  for (const { pending, passed } of open.values()) {
    credit(passed);
    if (success !== false) credit(pending);
  }
  return { errors: [...errors], recoveries: [...counted.values()] };
}

function credit(tries: readonly Try[]): void {
  for (const { recovery, succeeded } of tries) recovery.worked ||= succeeded;
}

function addTry(
  counted: Map<string, Recovery>,
  { signature, error, succeeded }: { signature: string; error: OpenError; succeeded: boolean },
  features: readonly Feature[],
): void {
  if (error.pending.length >= MAX_NEXT) return;
  const keys = [...new Set(features.map(featureKey))].sort();
  const id = JSON.stringify([signature, keys]);
  const known = counted.get(id);
  if (known === undefined && counted.size >= MAX_RECOVERIES) return;
  const recovery = known ?? {
    signature,
    action: featureKey(features.at(-1) ?? { kind: 'error', signature }),
    features: keys,
    worked: false,
    tries: 0,
  };
  recovery.tries += 1;
  counted.set(id, recovery);
  error.pending.push({ recovery, succeeded });
}

/** What tells a try from others. That it was of the type that had failed tells nothing: only what was new in it does. */
const tellingOf = (features: readonly Feature[], failedType: string): Feature[] =>
  features.filter(
    (feature) =>
      feature.kind === 'retry' ||
      (feature.kind === 'action' &&
        (feature.type !== failedType || feature.input !== undefined || feature.command !== undefined)),
  );
