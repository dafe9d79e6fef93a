/** How soon choices follow a change. */

/** Choices that are looked at together, and how many of them have to follow. */
interface Window {
  choices: number;
  following: number;
}

/** Four in five. */
const WINDOW: Window = { choices: 20, following: 16 };

/**
 * The number of tasks until, for the first time, at least `following` of the last `choices` follow; at least
 * `choices`, as all of them are to lie after the change.
 *
 * @param follows of each task after the change, in order; read no further than needed
 * @returns null when that never comes
 */
export function tasksUntil(follows: Iterable<boolean>, { choices, following } = WINDOW): number | null {
  const window: boolean[] = [];
  let [tasks, hits] = [0, 0];
  for (const each of follows) {
    tasks += 1;
    window.push(each);
    if (each) hits += 1;
    if (window.length > choices && window.shift() === true) hits -= 1;
    if (window.length === choices && hits >= following) return tasks;
  }
  return null;
}
