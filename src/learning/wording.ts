/** The words of a learning, by rule, with the numbers it stands on. Pure. */
import type { NamedAction } from './action-key.js';
import type { PaceVerdict, PatternCounts, Verdict } from './verdict.js';

/** What a reader, and a search, get. */
export interface Wording {
  title: string;
  condition: string;
  advice: string;
  text: string;
}

/** `mutate with operator=swap-comparison`, `"edit" followed by "run-tests"`. */
function phrase({ type, input, then }: NamedAction): string {
  if (then !== undefined) return `${type} followed by ${then}`;
  const inputs = Object.entries(input).map(([name, value]) => `${name}=${String(value)}`);
  return inputs.length === 0 ? type : `${type} with ${inputs.join(', ')}`;
}

const words = (...texts: readonly string[]): string =>
  texts
    .join(' ')
    .replace(/<(?:n|path|text|id|hash)>/g, ' ')
    .replace(/[^\p{L}\p{N}]+/gu, ' ')
    .trim();

const plural = (count: number, one: string): string => `${count} ${count === 1 ? one : `${one}s`}`;

/** Words the doubt of a candidate; asserted learnings give their error level. */
function certainty({ state, pValue }: Verdict): string {
  if (state === 'asserted') return `The chance of so large a difference by luck is ${probability(pValue)}.`;
  return 'Not proven: this can still be luck.';
}

const probability = (p: number): string => (p < 0.001 ? 'below 0.001' : p.toFixed(3));

/** Seen beside the outcome, not drawn at random: it may go with success without being its cause. */
function tendency({ verb, state }: Verdict): string {
  return `${state === 'asserted' ? 'Goes' : 'May go'} with ${verb === 'prefer' ? 'success' : 'failure'}`;
}

function tries({ n, successes, withoutN, withoutSuccesses }: PatternCounts): string {
  const rest =
    withoutN === 0 ? 'nothing else was tried' : `other actions worked in ${withoutSuccesses} of ${withoutN}`;
  return `it worked in ${successes} of ${plural(n, 'try').replace('trys', 'tries')}; ${rest}`;
}

function tasks({ n, successes, withoutN, withoutSuccesses }: PatternCounts, without: string): string {
  return `${successes} of ${plural(n, 'task')} with it succeeded, ${withoutSuccesses} of ${withoutN} ${without}`;
}

/** An action that ends a kind of error, or does not. */
export function recoveryWording(signature: string, named: NamedAction, verdict: Verdict): Wording {
  const action = phrase(named);
  const first = verdict.state === 'asserted' ? 'Do this first' : 'Worth trying early';
  return {
    title: `After "${signature}", ${verdict.verb === 'prefer' ? action : `do not ${action}`}`,
    condition: `An action failed with "${signature}"`,
    advice: `${verdict.verb === 'prefer' ? first : 'Leave this to the last'}: ${tries(verdict.counts)}. ${certainty(verdict)}`,
    text: words(signature, action),
  };
}

/** An action type, or a pair, that goes with success or with failure in a category. */
export function actionWording(category: string, named: NamedAction, verdict: Verdict): Wording {
  const action = phrase(named);
  const better = verdict.verb === 'prefer';
  return {
    title: `In ${category} tasks, ${better ? action : `avoid ${action}`}`,
    condition: `The task is of category ${category}`,
    advice: `${tendency(verdict)}: ${tasks(verdict.counts, 'without it')}. ${certainty(verdict)}`,
    text: words(category, action),
  };
}

/** A plan that does better, or worse, than the others in a category. */
export function planWording(category: string, plan: string, verdict: Verdict): Wording {
  const better = verdict.verb === 'prefer';
  return {
    title: `For ${category} tasks, ${better ? 'run' : 'avoid'} ${plan}`,
    condition: `The task is of category ${category}`,
    advice: `${tendency(verdict)}: ${tasks(verdict.counts, 'with other plans')}. ${certainty(verdict)}`,
    text: words(category, plan),
  };
}

/** A plan that reaches success in fewer iterations. */
export function paceWording(category: string, plan: string, verdict: PaceVerdict): Wording {
  return {
    title: `For ${category} tasks, ${plan} needs fewer iterations`,
    condition: `The task is of category ${category}`,
    advice: `Successes took ${verdict.mean.toFixed(1)} iterations on average, ${verdict.withoutMean.toFixed(1)} with other plans. ${certainty(verdict)}`,
    text: words(category, plan),
  };
}

/** An action that is asserted in several categories. */
export function practiceWording(
  named: NamedAction,
  categories: readonly string[],
  verdict: Verdict,
): Wording {
  const action = phrase(named);
  return {
    title: `Best practice: ${action}`,
    condition: `The task is like those of ${categories.join(', ')}`,
    advice: `Goes with success: asserted in ${categories.length} categories, where ${tasks(verdict.counts, 'without it')}. ${certainty(verdict)}`,
    text: words(action, ...categories),
  };
}
