/** The numbers of a verdict in words: what was seen, what was compared, and how sure it is. Pure. */
import type { PaceVerdict } from './inference/pace.js';
import type { Verdict } from './inference/verdict.js';

/** `1 run`, `2 runs`; `tries` of `try`. */
export function plural(count: number, one: string): string {
  if (count === 1) return `1 ${one}`;
  return `${count} ${one.endsWith('y') ? `${one.slice(0, -1)}ies` : `${one}s`}`;
}

/** `+12`: a difference of rates in points of a hundred. */
const points = (value: number): string => {
  const rounded = Math.round(value * 100);
  return rounded > 0 ? `+${rounded}` : String(rounded === 0 ? 0 : rounded);
};

/** How runs went with a pattern, and without it. */
export function ratesText({ counts }: Pick<Verdict, 'counts'>, without = 'without it'): string {
  const { n, successes, withoutN, withoutSuccesses } = counts;
  const own = `${successes} of ${plural(n, 'run')} with it succeeded`;
  return withoutN === 0
    ? `${own}; there was none ${without}`
    : `${own}, ${withoutSuccesses} of ${withoutN} ${without}`;
}

/** What was compared with what, and what came of it. */
export function effectText({ compared, tasks, effect, interval }: Verdict): string {
  const basis =
    compared === 'trials'
      ? `In ${plural(tasks, 'task')} tried both ways`
      : `Over ${plural(tasks, 'task')}, each compared with others,`;
  const [low, high] = interval;
  if (low <= -1 && high >= 1) return `${basis} the difference cannot be told yet`;
  return `${basis} the difference is ${points(effect)} points (95%: ${points(low)} to ${points(high)})`;
}

/** Whether chance could have done it. */
export function certaintyText({ state, compared }: Pick<Verdict, 'state' | 'compared'>): string {
  if (state === 'candidate') return 'Not proven: this can still be luck.';
  return compared === 'trials'
    ? 'Luck alone hardly gives that.'
    : 'Luck alone hardly gives that; other differences between the tasks might.';
}

/** How much less of something successes took with it. */
export function paceText({ ratio, interval, tasks, compared }: PaceVerdict, unit: string): string {
  const percent = (share: number): string => `${Math.round(share * 100)}%`;
  const basis =
    compared === 'trials' ? `In ${plural(tasks, 'task')} tried both ways` : `Over ${plural(tasks, 'task')}`;
  return `${basis} successes took ${percent(ratio)} of the ${unit} that others took (95%: ${percent(interval[0])} to ${percent(interval[1])})`;
}
