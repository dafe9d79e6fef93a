/** One execution of a task, told in lines. */
import pc from 'picocolors';
import { wordsOn } from '../recording/words.js';
import type { PlanChoice } from '../shared/task.js';
import type { Word } from '../shared/verdict.js';
import { clip, cost, endingText, moment, outcomeText, plain, seconds, share, verdict } from './format.js';
import type { OfferedTitles, TitledItem } from './offered-titles.js';
import { tableText } from './print.js';
import { duration, type RecordedTask, totalCost } from './recorded-tasks.js';
import { outputText } from './task-result.js';

const INDENT = 12;
/** Longest reason in a table; JSON has all of it. */
const MAX_REASON = 200;

const sources: Record<PlanChoice['source'], string> = {
  posterior: 'chosen from what was learned',
  requested: 'asked for by the caller',
  configuration: "the configuration's",
};

/** Lines on one execution: what was chosen and why, what was shown, how it went. */
export function describeExecution(task: RecordedTask, titles: OfferedTitles, page: string | null): string[] {
  const { interaction, outcome } = task;
  const { analysis, choice, attempts, missing, reason, steps } = interaction;
  const decisive = attempts.findLast((attempt) => attempt.decisive);
  const because = reason === undefined ? '' : `: ${plain(reason)}`;
  return [
    ...field('Result', [`${outcomeText(outcome)}${endingText(interaction.ending)}${because}`]),
    ...field('Said', wordsTable(wordsOn(interaction, task.later))),
    ...field('Ended', [
      `${moment(interaction.endedAt)}, after ${seconds(duration(interaction))} (analysis ${seconds(steps.analyse / 1_000)}, ` +
        `look-up ${seconds(steps.lookUp / 1_000)}, agents ${seconds(steps.execute / 1_000)}), ${cost(totalCost(interaction))}`,
    ]),
    ...field(
      'Category',
      analysis === null
        ? ['not analysed']
        : [
            `${plain(analysis.category)}, ${analysis.complexity}`,
            ...analysis.evidence.map((line) => pc.dim(plain(line))),
          ],
    ),
    ...(choice === null ? field('Plan', ['none']) : planLines(choice)),
    ...field('Lessons', offered(titles.learnings(interaction.learnings))),
    ...field('Knowledge', offered(titles.knowledge(interaction.knowledge))),
    ...field('Agents', attempts.length === 0 ? ['none was called'] : attemptTable(task)),
    ...(missing.length === 0 ? [] : field('Missing', [pc.yellow(missing.join(', '))])),
    ...(decisive?.report.output == null ? [] : field('Output', [outputText(decisive.report.output)])),
    ...field('Learning', [interaction.learning]),
    ...(page === null ? [] : field('Temporal', [page])),
  ];
}

function planLines(choice: PlanChoice): string[] {
  const { plan, source, reason, candidates } = choice;
  const table = tableText(
    [
      { title: 'candidate' },
      { title: 'drawn with', align: 'right' },
      { title: 'expected', align: 'right' },
      { title: 'seen', align: 'right' },
    ],
    candidates.map(({ key, propensity, mean, executions }) => [
      `${key === plan.key ? pc.green('*') : ' '} ${plain(key)}`,
      propensity.toFixed(2),
      share(mean),
      String(executions),
    ]),
    Number.POSITIVE_INFINITY,
  );
  return [
    ...field('Plan', [`${plain(plan.key)} ${pc.dim(sources[source])}`]),
    ...field('Why', [plain(reason)]),
    ...(candidates.length === 0 ? [] : field('Plans', table.split('\n'))),
  ];
}

/** What was shown and what chance withheld, with the probability of being shown. */
function offered(items: readonly TitledItem[]): string[] {
  if (items.length === 0) return [pc.dim('none was offered')];
  return items.map(({ id, version, title, shown, probability }) => {
    const name = title === null ? `${id} (gone since)` : plain(title);
    const state = shown ? pc.green('shown   ') : pc.yellow('withheld');
    return `${state} ${name} ${pc.dim(`${id} v${version}, shown with probability ${Number(probability.toFixed(2))}`)}`;
  });
}

function attemptTable({ interaction }: RecordedTask): string[] {
  const table = tableText(
    [
      { title: 'agent' },
      { title: 'role' },
      { title: 'success' },
      { title: 'work', align: 'right' },
      { title: 'with wait', align: 'right' },
      { title: 'cost', align: 'right' },
      { title: 'errors', align: 'right' },
    ],
    interaction.attempts.map(
      ({ agentType, role, success, source, durationMs, elapsedMs, report, decisive }) => [
        agentType,
        `${role}${decisive ? ', decisive' : ''}`,
        outcomeText({ success, source }),
        seconds(durationMs / 1_000),
        seconds(elapsedMs / 1_000),
        cost(report.cost ?? null),
        String(report.errors.length),
      ],
    ),
    Number.POSITIVE_INFINITY,
  );
  const complaints = interaction.attempts.flatMap(({ agentType, reason, report }) =>
    [...(reason === undefined ? [] : [reason]), ...report.errors.slice(0, 3)].map(
      (text) => `${agentType}: ${outputText(text)}`,
    ),
  );
  return [...table.split('\n'), ...new Set(complaints)];
}

/** Who said what, the word that counts marked. */
export function wordsTable(words: readonly (Word & { at: Date; counts?: boolean })[]): string[] {
  return tableText(
    [
      { title: '  who' },
      { title: 'source' },
      { title: 'said' },
      { title: 'score', align: 'right' },
      { title: 'when' },
      { title: 'why' },
    ],
    words.map(({ by, source, success, score, at, reason, counts }) => [
      `${counts === true ? pc.green('*') : ' '} ${plain(by)}`,
      source,
      verdict(success),
      score === undefined ? '-' : String(Number(score.toFixed(2))),
      moment(at),
      reason === undefined ? '' : clip(plain(reason), MAX_REASON),
    ]),
    Number.POSITIVE_INFINITY,
  ).split('\n');
}

/** A name, and beside it one or more lines. */
export function field(name: string, lines: readonly string[]): string[] {
  return lines.map((line, at) => `${at === 0 ? pc.bold(name.padEnd(INDENT)) : ' '.repeat(INDENT)}${line}`);
}
