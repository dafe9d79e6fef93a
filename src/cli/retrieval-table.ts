/** The figures of a retrieval evaluation for a person. */
import type { EvaluatedQueries, RetrievalEvaluation } from '../evaluate/retrieval-evaluation.js';
import { type MeasureName, measureNames, type RetrievalMeasures } from '../evaluate/retrieval-measures.js';
import { plain } from './format.js';
import { type Column, tableText } from './print.js';

const columns: readonly Column[] = [
  { title: 'searched' },
  { title: 'queries', align: 'right' },
  { title: 'recall@5', align: 'right', spare: 0 },
  { title: 'recall@10', align: 'right' },
  { title: 'hit@5', align: 'right', spare: 1 },
  { title: 'MRR', align: 'right' },
];

/**
 * All queries, each side of the search alone, and each group where there are several.
 *
 * @param width of the terminal in characters; not limited when left out
 */
export function retrievalTable(
  evaluation: RetrievalEvaluation,
  width: number | undefined = process.stdout.columns,
): string {
  const { file, documents, queries, embedder, p95Ms, beside, byGroup } = evaluation;
  const { words, meaning } = beside;
  const groups = Object.entries(byGroup);
  const alone = (title: string, measures: RetrievalMeasures): string[] => [
    title,
    '',
    ...measureNames.map((name) => measures[name].toFixed(3)),
  ];
  const rows = [
    withIntervals(meaning === null ? 'by words alone' : 'by words and meaning', evaluation),
    ...(words === null || meaning === null ? [] : [alone('words alone', words)]),
    ...(meaning === null ? [] : [alone('meaning alone', meaning)]),
    ...(groups.length === 1 ? [] : groups.map(([group, each]) => withIntervals(`  ${plain(group)}`, each))),
  ];
  return [
    `${file}: ${queries} queries, ${documents} documents, ${groups.length} ${groups.length === 1 ? 'group' : 'groups'}`,
    '',
    tableText(columns, rows, width),
    '',
    'In brackets are 95% intervals.',
    `95% of the queries were answered within ${p95Ms.toFixed(1)} ms; embedder: ${embedder ?? 'none'}`,
  ].join('\n');
}

const withIntervals = (title: string, evaluated: EvaluatedQueries): string[] => [
  title,
  String(evaluated.queries),
  ...measureNames.map((name) => interval(evaluated, name)),
];

/** `0.681 [0.631, 0.732]` */
const interval = (evaluated: EvaluatedQueries, name: MeasureName): string => {
  const { low, high } = evaluated.intervals[name];
  return `${evaluated[name].toFixed(3)} [${low.toFixed(3)}, ${high.toFixed(3)}]`;
};
