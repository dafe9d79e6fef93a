/** The figures of an evaluation of patterns for a person. */
import type { EvaluatedLesson, PatternsEvaluation } from '../evaluate/evaluate-patterns.js';
import type { PatternsPermuted } from '../evaluate/patterns-permute.js';
import { featureKey } from '../learning/feature.js';
import { plain, range, share } from './format.js';
import { tableText } from './print.js';

/** Lessons shown. */
const SHOWN = 15;

/** @param width of the terminal in characters; not limited when left out */
export function patternsTable(
  evaluation: PatternsEvaluation,
  width: number | undefined = process.stdout.columns,
): string {
  const { train, test, runs, tasks, splits, categories, lessons, transfer } = evaluation;
  const files = train === test ? train : `${train} and ${test}`;
  return [
    `${files}: ${runs} runs of ${tasks} tasks, ${splits} splits by task`,
    '',
    tableText(
      [
        { title: 'category', flexible: true },
        { title: 'runs', align: 'right' },
        { title: 'tasks', align: 'right' },
        { title: 'AUC', align: 'right' },
        { title: 'regression', align: 'right' },
      ],
      [
        ...Object.entries(categories).map(([name, figures]) => [
          plain(name),
          String(figures.runs),
          String(figures.tasks),
          auc(figures.auc),
          auc(figures.aucReference),
        ]),
        ...(Object.keys(categories).length > 1
          ? [['all', String(runs), String(tasks), auc(evaluation.auc), auc(evaluation.aucReference)]]
          : []),
      ],
      width,
    ),
    '',
    differenceLine(evaluation),
    keptLine(evaluation),
    ...(lessons.length === 0 ? [] : ['', lessonsTable(lessons, width)]),
    ...(transfer === null
      ? []
      : [
          '',
          `From the first file to the second: ${transfer.asserted} asserted, ${transfer.tested} tested, ` +
            `direction kept ${share(transfer.directionKept)}, AUC ${auc(transfer.auc)}, ` +
            `regression ${auc(transfer.aucReference)}`,
        ]),
  ].join('\n');
}

function differenceLine({ aucDifference }: PatternsEvaluation): string {
  if (aucDifference === null) return 'Nothing was predicted: no category has both successes and failures';
  const { mean, interval } = aucDifference;
  const sure = interval === null ? '' : ` (${signed(interval.low)} to ${signed(interval.high)})`;
  return `Lessons and candidates predict success ${signed(mean)}${sure} against logistic regression`;
}

function keptLine({ asserted, tested, directionKept, directionKeptLow }: PatternsEvaluation): string {
  if (asserted === 0) return 'No lesson was asserted in any split: none can be told from chance';
  if (directionKept === null) return `${asserted} lessons asserted; no other half had runs to test them on`;
  return (
    `${asserted} lessons asserted over the splits, ${tested} tested: direction kept in ${share(directionKept)} ` +
    `(at least ${share(directionKeptLow)})`
  );
}

function lessonsTable(lessons: readonly EvaluatedLesson[], width: number | undefined): string {
  return tableText(
    [
      { title: 'lesson', flexible: true },
      { title: 'where', flexible: true },
      { title: 'effect', align: 'right' },
      { title: 'asserted', align: 'right' },
      { title: 'kept', align: 'right' },
      { title: 'compared', spare: 1 },
    ],
    lessons
      .slice(0, SHOWN)
      .map(({ feature, verb, group, effect, asserted, tested, kept, compared }) => [
        plain(`${verb} ${featureKey(feature)}`),
        plain(group),
        signed(effect),
        String(asserted),
        `${kept}/${tested}`,
        compared,
      ]),
    width,
  );
}

/** What permuted outcomes made of it. */
export function permutedTable({
  files,
  permuted,
  repeats,
  withAny,
  share: of,
  interval,
}: PatternsPermuted): string {
  return (
    `${files.join(' and ')}: outcomes permuted ${permuted} tasks; any lesson was asserted in ${withAny} of ` +
    `${repeats} repeats: ${share(of)} (95%: ${range(interval)})`
  );
}

const auc = (value: number | null): string => (value === null ? '-' : value.toFixed(3));

const signed = (value: number): string => `${value < 0 ? '-' : '+'}${Math.abs(value).toFixed(3)}`;
