/** A running task's progress in lines. Pure. */
import type { ShownResult, TaskProgress } from '../shared/task.js';
import { changeLines } from './change-text.js';
import { clip, moment, plain, seconds, verdict } from './format.js';
import { outputText } from './task-result.js';
import { wrap } from './wrap.js';

const MOST_LESSONS = 3;
/** A question is read in full, where other lines are cut: in 80 columns it stands beside its name. */
const QUESTION_WIDTH = 66;
const RESULT_CHARS = 300;

/** What to show of a running task, and what is new to say of it: texts of a line or more. */
export function progressLines(
  progress: TaskProgress,
  elapsedSeconds: number,
  taskId: string,
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
  const asked = approval === undefined ? [] : askedLines(approval, taskId);
  return {
    block: [
      `${phase}${category === null ? '' : ` ${category}`}, ${seconds(elapsedSeconds)}`,
      ...chosen,
      ...given,
      ...calls,
      ...asked,
    ],
    // One piece of news: its last lines may be those of an earlier question.
    news: [...chosen, ...given, ...calls, ...(asked.length === 0 ? [] : [asked.join('\n')])],
  };
}

/** What a person is asked, on what, until when, and how to answer. */
function askedLines(
  { question, deadline, onDeadline, result }: NonNullable<TaskProgress['approval']>,
  taskId: string,
): string[] {
  return [
    ...wrap(plain(question), QUESTION_WIDTH).map((line, at) => `${at === 0 ? 'waits' : '     '}    ${line}`),
    ...(result === undefined ? [] : resultLines(result, taskId)),
    `         until ${moment(deadline)}, then: ${onDeadline}`,
    `         journeyman approve ${taskId}`,
    `         journeyman reject ${taskId}`,
  ];
}

function resultLines({ success, output, change }: ShownResult, taskId: string): string[] {
  const said = output === null ? '' : `, ${clip(plain(outputText(output)), RESULT_CHARS)}`;
  const lines = wrap(`${verdict(success)}${said}`, QUESTION_WIDTH - 'result '.length);
  return [
    ...lines.map((line, at) => `         ${at === 0 ? 'result' : '      '} ${line}`),
    ...(change === undefined ? [] : [`         change ${changeLines(change).join('; ')}`]),
    ...(change?.diff == null ? [] : [`         journeyman show ${taskId} --diff`]),
  ];
}
