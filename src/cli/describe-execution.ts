/** One execution of a task, told in lines. */
import pc from 'picocolors';
import type { Interaction } from '../learning/interactions.js';
import { wordsOn } from '../recording/words.js';
import type { PlanCandidate, PlanChoice } from '../shared/task.js';
import type { Word } from '../shared/verdict.js';
import { changeOf, winnerOf } from '../task-record.js';
import { attemptNotes, attemptTable } from './attempt-table.js';
import { approvalText, changeLines } from './change-text.js';
import {
  clip,
  cost,
  endingText,
  moment,
  outcomeText,
  plain,
  range,
  seconds,
  share,
  verdict,
} from './format.js';
import type { OfferedTitles, TitledItem } from './offered-titles.js';
import { tableText } from './print.js';
import { duration, type RecordedTask, totalCost } from './recorded-tasks.js';
import { outputText } from './task-result.js';
import { widest, wrap } from './wrap.js';

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
  const { analysis, choice, attempts, missing, reason, steps, approvals = [] } = interaction;
  const change = changeOf(interaction);
  const decisive = attempts.findLast((attempt) => attempt.decisive);
  const words = wordsOn(interaction, task.later);
  const overturned = outcome.success !== interaction.outcome.success;
  const why = overturned ? words.find(({ counts }) => counts)?.reason : reason;
  const because = why === undefined ? '' : `: ${plain(why)}`;
  return [
    ...prose('Result', [`${outcomeText(outcome)}${endingText(interaction.ending)}${because}`]),
    ...(change === undefined ? [] : prose('Change', changeLines(change, winnerName(interaction)))),
    ...prose('Approval', approvals.map(approvalText)),
    ...field('Said', wordsTable(words)),
    ...prose('Ended', [
      `${moment(interaction.endedAt)}, after ${seconds(duration(interaction))} (analysis ${seconds(steps.analyse / 1_000)}, ` +
        `look-up ${seconds(steps.lookUp / 1_000)}, agents ${seconds(steps.execute / 1_000)}${steps.approval === undefined ? '' : `, approval ${seconds(steps.approval / 1_000)}`}), ${cost(totalCost(interaction))}`,
    ]),
    ...prose(
      'Category',
      analysis === null
        ? ['not analysed']
        : [
            `${plain(analysis.category)}, ${analysis.complexity}`,
            ...analysis.evidence.map((line) => pc.dim(plain(line))),
          ],
    ),
    ...(choice === null ? field('Plan', ['none']) : planLines(choice)),
    ...prose('Lessons', offered(titles.learnings(interaction.learnings))),
    ...prose('Knowledge', offered(titles.knowledge(interaction.knowledge))),
    ...field('Agents', attempts.length === 0 ? ['none was called'] : attemptTable(attempts, besideName())),
    ...prose('', attemptNotes(attempts, winnerOf(interaction))),
    ...(missing.length === 0 ? [] : field('Missing', [pc.yellow(missing.join(', '))])),
    ...(decisive?.report.output == null ? [] : prose('Output', [outputText(decisive.report.output)])),
    ...field('Learning', [interaction.learning]),
    ...(page === null ? [] : field('Temporal', [page])),
  ];
}

/** Whose change it is, where several agents' work is the result. */
function winnerName(interaction: Interaction): string | undefined {
  const several = interaction.attempts.filter(({ decisive }) => decisive).length > 1;
  return several ? winnerOf(interaction)?.agentType : undefined;
}

function planLines(choice: PlanChoice): string[] {
  const { plan, source, reason, candidates } = choice;
  const table = tableText(
    [
      { title: 'candidate' },
      { title: 'drawn with', align: 'right' },
      { title: 'expected', align: 'right' },
      { title: '95% interval', align: 'right' },
      { title: 'seen', align: 'right' },
      { title: 'cost', align: 'right' },
    ],
    candidates.map((candidate) => [
      `${candidate.key === plan.key ? pc.green('*') : ' '} ${plain(candidate.key)}`,
      candidate.propensity.toFixed(candidate.propensity < 0.01 ? 4 : 2),
      share(candidate.mean),
      intervalOf(candidate),
      String(candidate.executions),
      candidate.cost === undefined ? '-' : cost(candidate.cost),
    ]),
    Number.POSITIVE_INFINITY,
  );
  return [
    ...prose('Plan', [`${plain(plan.key)} ${pc.dim(sources[source])}`]),
    ...prose('Why', reason.split('\n').map(plain)),
    ...(candidates.length === 0 ? [] : field('Plans', table.split('\n'))),
  ];
}

/** Of the belief in a plan's mean; records of an earlier version do not hold it. */
function intervalOf({ mean, deviation }: PlanCandidate): string {
  if (deviation === undefined) return '-';
  const [low, high] = [mean - 1.96 * deviation, mean + 1.96 * deviation];
  return range({ low: Math.max(0, low), high: Math.min(1, high) });
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

/** Who said what, the word that counts marked; what the terminal has no room for beside it stands below. */
export function wordsTable(
  words: readonly (Word & { at: Date; counts?: boolean })[],
  width: number | undefined = besideName(),
): string[] {
  const graded = words.some(({ score }) => score !== undefined);
  const columns = [
    { title: '  who' },
    { title: 'source' },
    { title: 'said' },
    ...(graded ? [{ title: 'score', align: 'right' as const }] : []),
    { title: 'when' },
  ];
  const rows = words.map(({ by, source, success, score, at, counts }) => [
    `${counts === true ? pc.green('*') : ' '} ${plain(by)}`,
    source,
    verdict(success),
    ...(graded ? [score === undefined ? '-' : String(Number(score.toFixed(2)))] : []),
    moment(at),
  ]);
  const reasons = words.map(({ reason }) => (reason === undefined ? '' : clip(plain(reason), MAX_REASON)));
  const whole = tableText(
    [...columns, { title: 'why' }],
    rows.map((row, at) => [...row, reasons[at] ?? '']),
    Number.POSITIVE_INFINITY,
  ).split('\n');
  if (width === undefined || widest(whole) <= width) return whole;
  const [head = '', ...lines] = tableText(columns, rows, Number.POSITIVE_INFINITY).split('\n');
  const fits = widest([head, ...lines]) <= width;
  return [
    ...(fits ? [head] : []),
    ...rows.flatMap(([who = '', ...rest], at) => {
      const why = reasons[at] ?? '';
      const below = [...(fits ? [] : [rest.join('  ')]), ...(why === '' ? [] : [why])];
      return [
        fits ? (lines[at] ?? '') : who,
        ...below.flatMap((text) => wrap(text, width - 4).map((part) => `    ${part}`)),
      ];
    }),
  ];
}

/** Characters beside a field's name, where there is a terminal's edge. */
const besideName = (): number | undefined =>
  process.stdout.columns === undefined ? undefined : process.stdout.columns - INDENT;

/** A name, and beside it one or more texts, broken at the terminal's edge. */
export const prose = (name: string, texts: readonly string[]): string[] =>
  field(
    name,
    texts.flatMap((text) => wrap(text, besideName())),
  );

/** A name, and beside it one or more lines. */
export function field(name: string, lines: readonly string[]): string[] {
  return lines.map((line, at) => `${at === 0 ? pc.bold(name.padEnd(INDENT)) : ' '.repeat(INDENT)}${line}`);
}
