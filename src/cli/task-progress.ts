/** A running task's progress in lines. Pure. */
import type { TaskProgress } from '../shared/task.js';
import { moment, plain, seconds } from './format.js';

const MOST_LESSONS = 3;

/** What to show of a running task, and what is new to say of it. */
export function progressLines(
  progress: TaskProgress,
  elapsedSeconds: number,
): { block: string[]; news: string[] } {
  const { phase, category, plan, reason, lessons, agents, approval } = progress;
  const chosen = plan === null ? [] : [`plan     ${plan}: ${plain(reason ?? '')}`];
  const titles = lessons.slice(0, MOST_LESSONS).map(({ title }) => plain(title));
  const more = lessons.length > MOST_LESSONS ? ` and ${lessons.length - MOST_LESSONS} more` : '';
  const given = lessons.length === 0 ? [] : [`lessons  ${titles.join('; ')}${more}`];
  const calls = agents.map(({ agentType, role, state, detail }, at) => {
    const as = role === 'worker' ? '' : ` (${role})`;
    return `agent ${String(at + 1).padEnd(2)} ${agentType}${as}: ${state}${detail === '' ? '' : `, ${plain(detail)}`}`;
  });
  const asked =
    approval === undefined
      ? []
      : [
          `waits    ${plain(approval.question)} Until ${moment(approval.deadline)}, then: ${approval.onDeadline}. ` +
            '(journeyman approve, journeyman reject)',
        ];
  return {
    block: [
      `${phase}${category === null ? '' : ` ${category}`}, ${seconds(elapsedSeconds)}`,
      ...chosen,
      ...given,
      ...calls,
      ...asked,
    ],
    news: [...chosen, ...given, ...calls, ...asked],
  };
}
