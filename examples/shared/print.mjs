/** What the examples print of their tasks, beyond what a task's result says. */
import { setTimeout as sleep } from 'node:timers/promises';
import { NotFoundError } from 'journeyman';

const colours = process.stdout.isTTY && !process.env.NO_COLOR;
const paint = (code) => (text) => (colours ? `\u001b[${code}m${text}\u001b[0m` : text);
const dim = paint(2);
const bold = paint(1);
const green = paint(32);
const red = paint(31);

const RECORD_WITHIN_MS = 30_000;
const NAME_WIDTH = 16;

export const say = (text = '') => process.stdout.write(`${text}\n`);
export const heading = (text) => say(`\n${bold(text)}`);

/** The record of a task. It comes with the task's result, or when MongoDB is back. */
export async function recordOf(client, taskId) {
  for (const until = Date.now() + RECORD_WITHIN_MS; ; await sleep(200)) {
    try {
      return await client.task(taskId).record();
    } catch (error) {
      if (!(error instanceof NotFoundError) || Date.now() > until) throw error;
    }
  }
}

/** A line for each agent that was called: how it went, who says so, and what it took. */
export async function printAttempts(client, taskId) {
  const record = await recordOf(client, taskId);
  for (const { agentType, success, source, claimed, reason, report, durationMs } of record.attempts) {
    const { actions, tokens, cost = 0 } = report;
    const used =
      tokens === undefined ? [] : [`${(tokens.input + tokens.output).toLocaleString('en')} tokens`];
    const overruled = claimed === true && success === false ? ', though it said that it was done' : '';
    const unexplained = success === null ? 'it does not know' : `the ${source} says so`;
    const verdict = success === true ? unexplained : `${reason ?? unexplained}${overruled}`;
    const cells = [
      `   ${mark(success)} ${agentType.padEnd(NAME_WIDTH)}`,
      plural(actions.length, 'action').padStart(10),
      ...used.map((text) => text.padStart(13)),
      `$${cost.toFixed(4)}`.padStart(8),
      `${(durationMs / 1_000).toFixed(1)} s`.padStart(6),
    ];
    say(`${cells.join('  ')}  ${dim(verdict)}`);
  }
  return record;
}

/** A count with its noun. */
export const plural = (count, noun) => `${count} ${noun}${count === 1 ? '' : 's'}`;

const mark = (success) => (success === null ? '?' : success ? green('✓') : red('✗'));

/** The lines that a patch adds and removes. */
export function printPatch(patch) {
  for (const line of patch.split('\n')) {
    if (line.startsWith('+++ ')) say(`     ${line.slice(6)}`);
    else if (/^-(?!-- )/.test(line)) say(red(`     ${line}`));
    else if (line.startsWith('+')) say(green(`     ${line}`));
  }
}

/** Extracts the patterns of what is recorded, and prints the lessons of one kind that came of it. */
export async function learn(client, type) {
  heading('Maintenance: what these tasks teach');
  const { done } = await (await client.maintain('patterns')).result();
  const found = await client.learning.getLearningsByType(type);
  say(dim(`   ${plural(done, 'record')} taken in`));
  for (const { id, title, advice } of found) say(`   ${dim(id)}  ${title}\n${' '.repeat(21)}${dim(advice)}`);
  return found;
}
