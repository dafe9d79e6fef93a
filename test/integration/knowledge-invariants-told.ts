/** What a tenant was told of the use of its items and of edits, and what must come of it. */
import { isDeepStrictEqual } from 'node:util';
import { groupBy } from '../../src/shared/group-by.js';
import type { Outcome } from '../../src/shared/task.js';
import type { Picture } from './knowledge-invariants-pictures.js';

/** What a file says of the use of each of its items. */
export const FILED = { successes: 3, failures: 1, unknown: 1 };

export interface Recorded {
  task: string;
  agent: string;
  shown: string[];
  applied: string[];
  discoveries: number[];
  outcome: Outcome;
}

export class Told {
  readonly executions: (Recorded & { executionId: string })[] = [];
  readonly reports: { item: string; by: string; success: boolean }[] = [];
  readonly marks: { item: string; by: string; task: string }[] = [];
  /** Edits by what they were said to be for: those that were made, and those that were refused. */
  readonly edits = { made: new Set<string>(), refused: new Set<string>() };

  /** All that is otherwise, when nothing is left to be taken in. */
  problems(picture: Picture): string[] {
    const rows = Object.entries(picture.sums).filter(([key]) => key.startsWith('knowledgeUsage '));
    const wrong = [...this.usage(picture)].flatMap(([id, expected]) => {
      const own = rows.flatMap(([key, row]) => (key.includes(JSON.stringify(['id', id])) ? [row] : []));
      const total = (name: string): number => own.reduce((sum, row) => sum + (row[name] ?? 0), 0);
      const [applied, successes] = [total('applied'), total('appliedSuccesses')];
      const is = { applied, successes, failures: total('appliedFailures') };
      const [found, wanted] = [is, expected].map((one) => JSON.stringify(one));
      return isDeepStrictEqual(is, expected) ? [] : [`told: use of ${id} is ${found}, was ${wanted}`];
    });
    const versions = (changes: string): number =>
      picture.versions.filter((version) => version.changes === changes).length;
    for (const changes of this.edits.made)
      if (versions(changes) !== 1) wrong.push(`told: ${changes} made ${versions(changes)} versions`);
    for (const changes of this.edits.refused)
      if (versions(changes) > 0) wrong.push(`told: ${changes} was refused, and is there`);
    return wrong;
  }

  /** Applications by item, of all its versions: each once, as its task went, unless who told of it is retracted. */
  private usage({ items, acts, log, standing }: Picture) {
    const usage = new Map(items.map(({ id }) => [id, { applied: 0, successes: 0, failures: 0 }]));
    const add = (item: string, by: { successes: number; failures: number; unknown: number }): void => {
      const of = usage.get(item);
      if (of === undefined) return;
      of.applied += by.successes + by.failures + by.unknown;
      of.successes += by.successes;
      of.failures += by.failures;
    };
    const count = (item: string, success: boolean | null): void => {
      const none = { successes: 0, failures: 0, unknown: 0 };
      add(item, { ...none, [success === null ? 'unknown' : success ? 'successes' : 'failures']: 1 });
    };
    const isGone = (...keys: string[]): boolean => keys.some((key) => standing.has(key));
    const isSilent = (by: string): boolean => isGone(`agent:${by}`, `person:${by}`);
    const later = log.filter((event) => event.kind === 'outcome').sort((a, b) => (a._id < b._id ? -1 : 1));
    const executions = this.executions.map((execution) => {
      const last = later.findLast(({ executionId }) => executionId === execution.executionId);
      return { ...execution, outcome: last?.after ?? execution.outcome };
    });
    for (const { item, by, success } of this.reports) if (!isSilent(by)) count(item, success);
    for (const { task, agent, applied, outcome } of executions) {
      // What somebody else found of a task does not rest on its agent's word.
      const speakers = outcome.source === 'agent' ? [`agent:${agent}`] : [];
      if (!isGone(`task:${task}`, ...speakers)) for (const item of applied) count(item, outcome.success);
    }
    for (const [, marks] of groupBy(this.marks, ({ item, task }) => `${task}|${item}`)) {
      const { item, task } = marks[0] ?? { item: '', task: '' };
      const own = executions.filter((execution) => execution.task === task);
      if (marks.every(({ by }) => isSilent(by)) || isGone(`task:${task}`)) continue;
      if (!own.some(({ applied }) => applied.includes(item)))
        count(item, own.at(-1)?.outcome.success ?? null);
    }
    for (const { itemId, act, detail } of acts)
      if (act === 'imported' && !isGone(`import:${String(detail['importId'])}`)) add(itemId, FILED);
    return usage;
  }
}
