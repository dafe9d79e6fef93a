/** A tenant of two processes, what is done to its knowledge, and what was told of its use. */
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { itemKey, type KnowledgeDocument, knowledgeItems } from '../../src/knowledge/collections.js';
import { type KnowledgeContext, knowledgeContext } from '../../src/knowledge/context.js';
import { evolveKnowledgeBatch } from '../../src/knowledge/evolve-batch.js';
import { KnowledgeBase } from '../../src/knowledge/knowledge-base.js';
import { KnowledgeHub } from '../../src/knowledge/knowledge-hub.js';
import { prune } from '../../src/knowledge/lifecycle/prune.js';
import { settleItems } from '../../src/knowledge/lifecycle/transitions.js';
import { mergeItems } from '../../src/knowledge/likeness/merge-items.js';
import { findInteractions } from '../../src/learning/interactions.js';
import { judgeExecutions, readExecutions } from '../../src/recording/judged-executions.js';
import { addOutcome } from '../../src/recording/outcomes.js';
import { recordExecution } from '../../src/recording/record-execution.js';
import { findReportedUse } from '../../src/recording/reported-use.js';
import { groupBy } from '../../src/shared/group-by.js';
import { defaultKnowledgeSettings, type KnowledgeSettings } from '../../src/shared/knowledge-settings.js';
import type { Outcome } from '../../src/shared/task.js';
import { ensureLedger, enterLedger } from '../../src/store/ledger.js';
import type { Store } from '../../src/store/store.js';
import { attempt, executionRecord } from '../unit/learning/execution-records.js';
import { inTheEnd, type Picture, pictureOf, problemsIn } from './knowledge-invariants-checks.js';

/** What one says, the same in other words, and the opposite. */
export const topics = [
  {
    title: 'Configuration',
    says: 'Restart the worker after changing the configuration, or it goes on with the old one.',
    alike: 'After changing the config, restart the worker, or it goes on with the old one.',
    contrary: 'Do not restart the worker after changing the configuration, or it goes on with the old one.',
  },
  {
    title: 'Slow joins',
    says: 'Create an index on the foreign keys of joined tables before the nightly report runs.',
    alike: 'Before the nightly report runs, create an index on the foreign keys of joined tables.',
    contrary: 'Never create an index on the foreign keys of joined tables before the nightly report runs.',
  },
  {
    title: 'Shell arguments',
    says: 'Quote shell arguments that hold spaces when a script passes them on.',
    alike: 'When a script passes them on, quote shell arguments that hold spaces.',
    contrary: 'Do not quote shell arguments that hold spaces when a script passes them on.',
  },
] as const;
export type Way = 'says' | 'alike' | 'contrary';

/** What a file says of the use of each of its items. */
const FILED = { successes: 3, failures: 1, unknown: 1 };

export interface Recorded {
  task: string;
  agent: string;
  shown: string[];
  applied: string[];
  discoveries: number[];
  outcome: Outcome;
}
interface Execution extends Recorded {
  executionId: string;
}

/** One process of the tenant. */
class Side {
  readonly hub: KnowledgeHub;
  readonly base: KnowledgeBase;
  readonly context: KnowledgeContext;
  constructor(
    readonly store: Store,
    readonly tenant: string,
  ) {
    const options = { executions: readExecutions };
    this.hub = new KnowledgeHub(store, tenant, undefined, options);
    this.base = new KnowledgeBase(store, tenant, undefined, options);
    this.context = knowledgeContext(store, tenant, undefined, options);
  }
}

export class World {
  readonly ids: string[] = [];
  readonly executions: Execution[] = [];
  private readonly reports: { item: string; by: string; success: boolean }[] = [];
  private readonly marks: { item: string; by: string; task: string }[] = [];
  /** Edits by what they were said to be for: those that were made, and those that were refused. */
  private readonly edits = { made: new Set<string>(), refused: new Set<string>() };
  private readonly sides: readonly Side[];
  private turns = 0;

  constructor(
    stores: readonly Store[],
    readonly tenant: string,
    readonly folder: string,
  ) {
    this.sides = stores.map((store) => new Side(store, tenant));
  }

  /** Each act is done by the other process than the one before. */
  get side(): Side {
    this.turns += 1;
    return this.sides[this.turns % this.sides.length] as Side;
  }

  at(number: number): string {
    return this.ids[number % this.ids.length] ?? '';
  }

  item(id: string): Promise<KnowledgeDocument | null> {
    return knowledgeItems(this.side.store).findOne({ _id: itemKey(this.tenant, id) });
  }

  async share(id: string, topic: number, way: Way, sourceAgent: string, task?: string): Promise<void> {
    const said = topics[topic % topics.length] ?? topics[0];
    const { outcome } = await this.side.hub.share({
      ...{ id, sourceAgent, type: 'SOLUTION', title: said.title, content: said[way] },
      ...(task === undefined ? {} : { executionId: `${this.tenant}/${task}/run` }),
    });
    if (outcome === 'shared') this.ids.push(id);
  }

  async add(number: string, state: KnowledgeDocument['state']): Promise<void> {
    const content = { how: `by hand ${number}` };
    const { id } = await this.side.base.addKnowledge({
      category: 'c',
      title: `Added ${number}`,
      content,
      state,
    });
    this.ids.push(id);
  }

  async update(id: string, changes: string, change: object, expectedVersion?: number): Promise<void> {
    const expected = expectedVersion === undefined ? {} : { expectedVersion };
    try {
      await this.side.base.updateKnowledge(id, { ...change, ...expected, changes });
      this.edits.made.add(changes);
    } catch (error) {
      this.edits.refused.add(changes);
      throw error;
    }
  }

  async use(item: string, by: string, success: boolean, times: number): Promise<void> {
    for (let time = 0; time < times; time += 1) {
      await this.side.base.recordUsage(item, success, { by });
      this.reports.push({ item, by, success });
    }
  }

  async mark(item: string, by: string, task: string): Promise<void> {
    await this.side.hub.markAsApplied(item, by, task);
    this.marks.push({ item, by, task });
  }

  async record(number: string, recorded: Recorded): Promise<void> {
    const { task, agent, shown, applied, discoveries, outcome } = recorded;
    const one = attempt([], agent);
    const found = discoveries.map((topic) => {
      const { title, alike: content } = topics[topic % topics.length] ?? topics[0];
      return { title, content, type: 'SOLUTION' as const, priority: 'HIGH' as const, tags: [] };
    });
    const { success, source } = outcome;
    const execution = executionRecord({
      ...{ id: task, tenant: this.tenant, success, endedAt: 1_700_000_000_000 + this.executions.length },
      attempts: [{ ...one, success, source, report: { ...one.report, applied, discoveries: found } }],
    });
    const executionId = `${this.tenant}/${task}/${number}`;
    this.executions.push({ ...recorded, executionId });
    const items = await Promise.all(shown.map((id) => this.item(id)));
    await recordExecution(this.side.store, {
      ...{ ...execution, executionId, outcome },
      knowledge: items.flatMap((item) =>
        item === null
          ? []
          : [{ id: item.id, version: item.version, score: 1, shown: true, probability: 0.9 }],
      ),
    });
  }

  /** A person's word stands above all that came before. */
  async correct(which: number, success: boolean, by: string): Promise<void> {
    const execution = this.executions[which % Math.max(1, this.executions.length)];
    if (execution === undefined) return;
    const { tenant, side } = this;
    const outcome: Outcome = { success, source: 'human' };
    await addOutcome(side.store, { tenant, executionId: execution.executionId, outcome, by });
  }

  /** Merges as consolidation does, whatever the two say. */
  async merge(into: string, from: string): Promise<void> {
    const { tenant, side } = this;
    const { store } = side;
    await ensureLedger(store, tenant);
    await store.transaction(async (session) => {
      const [live = ''] = await enterLedger(store, tenant, session);
      await mergeItems(store, tenant, into, from, { by: 'system', reason: 'the same' }, session);
      await settleItems(store, tenant, new Map([[into, new Date()]]), live, session);
    });
  }

  async prune(run: string, settings: Partial<KnowledgeSettings>): Promise<void> {
    const context = { ...this.side.context, settings: { ...defaultKnowledgeSettings, ...settings } };
    await prune(context, { by: 'ops', run });
  }

  /** Takes in a file that anybody may have written: the same for all tenants. */
  async import(ids: readonly string[], onConflict: 'keep' | 'newest' | 'both'): Promise<void> {
    const file = join(await this.ownFolder(), `${ids.join('-')}.json`);
    const at = '2099-01-01T00:00:00.000Z';
    const items = ids.map((id) => {
      const words = { title: `Filed ${id}`, content: { as: `the file has ${id}` } };
      const kept = { ...words, type: 'TECHNIQUE', category: 'c', priority: 'LOW', tags: [] };
      return {
        ...{ ...kept, id, context: {}, source: 'somebody', state: 'EXPERIMENTAL', version: 1, usage: FILED },
        versions: [{ ...kept, version: 1, changes: 'filed', by: 'somebody', at }],
      };
    });
    const header = { format: 'journeyman-knowledge', version: 2, exportedAt: at };
    await writeFile(file, JSON.stringify({ ...header, items }));
    await this.side.base.importFrom(file, { onConflict });
    for (const id of ids) if (!this.ids.includes(id) && (await this.item(id)) !== null) this.ids.push(id);
  }

  /** Files are named in the log, so those of two tenants have the same names. */
  private async ownFolder(): Promise<string> {
    const own = join(this.folder, this.tenant);
    await mkdir(own, { recursive: true });
    return own;
  }

  /** Takes in what waits, until nothing is left to do. */
  async evolve(): Promise<void> {
    const problems: unknown[] = [];
    const reads = { findExecutions: findInteractions, findReportedUse, judge: judgeExecutions };
    const onProblem = (what: string, error: unknown) => problems.push(what, error);
    const { context } = this.side;
    while ((await evolveKnowledgeBatch(context, 100, reads, { onProblem })).consumed > 0);
    if (problems.length > 0) throw new Error(`evolving: ${problems.map(String).join(' ')}`);
  }

  picture(): Promise<Picture> {
    return pictureOf((this.sides[0] as Side).store, this.tenant);
  }

  /** All that does not hold when nothing is left to be taken in. */
  async problems(): Promise<string[]> {
    await this.evolve();
    const picture = await this.picture();
    return [...problemsIn(inTheEnd, picture), ...this.otherThanTold(picture)];
  }

  /** Usage and edits, against what was told. */
  private otherThanTold({ items, versions, acts, log, sums, standing }: Picture): string[] {
    const later = log.filter((event) => event.kind === 'outcome').sort((a, b) => (a._id < b._id ? -1 : 1));
    const executions = this.executions.map((execution) => ({
      ...execution,
      outcome:
        later.findLast(({ executionId }) => executionId === execution.executionId)?.after ??
        execution.outcome,
    }));
    const isGone = (...keys: string[]): boolean => keys.some((key) => standing.has(key));
    const expected = new Map(items.map(({ id }) => [id, { applied: 0, successes: 0, failures: 0 }]));
    const count = (item: string, success: boolean | null): void => {
      const of = expected.get(item);
      if (of === undefined) return;
      of.applied += 1;
      if (success !== null) of[success ? 'successes' : 'failures'] += 1;
    };
    for (const { item, by, success } of this.reports)
      if (!isGone(`agent:${by}`, `person:${by}`)) count(item, success);
    for (const { task, agent, applied, outcome } of executions)
      if (!isGone(`task:${task}`, ...(outcome.source === 'agent' ? [`agent:${agent}`] : [])))
        for (const item of new Set(applied)) count(item, outcome.success);
    const marked = groupBy(this.marks, ({ item, task }) => `${task}|${item}`);
    for (const [, [mark, ...more]] of marked) {
      if (mark === undefined) continue;
      const { item, task } = mark;
      const own = executions.filter((execution) => execution.task === task);
      const isSilent = [mark, ...more].every(({ by }) => isGone(`agent:${by}`, `person:${by}`));
      if (isSilent || isGone(`task:${task}`) || own.some(({ applied }) => applied.includes(item))) continue;
      count(item, own.at(-1)?.outcome.success ?? null);
    }
    for (const { itemId, act, detail } of acts) {
      const of = expected.get(itemId);
      if (act !== 'imported' || of === undefined || isGone(`import:${detail['importId']}`)) continue;
      of.applied += FILED.successes + FILED.failures + FILED.unknown;
      of.successes += FILED.successes;
      of.failures += FILED.failures;
    }
    const rows = Object.entries(sums).filter(([key]) => key.startsWith('knowledgeUsage '));
    const total = (id: string, name: string): number =>
      rows.reduce(
        (sum, [key, row]) => sum + (key.includes(JSON.stringify(['id', id])) ? (row[name] ?? 0) : 0),
        0,
      );
    const wrong = [...expected].flatMap(([id, told]) => {
      const is = {
        applied: total(id, 'applied'),
        successes: total(id, 'appliedSuccesses'),
        failures: total(id, 'appliedFailures'),
      };
      return JSON.stringify(is) === JSON.stringify(told)
        ? []
        : [`told: use of ${id} is ${JSON.stringify(is)}, was told as ${JSON.stringify(told)}`];
    });
    const timesMade = (changes: string): number =>
      versions.filter((version) => version.changes === changes).length;
    for (const changes of this.edits.made)
      if (timesMade(changes) !== 1) wrong.push(`told: edit ${changes} made ${timesMade(changes)} versions`);
    for (const changes of this.edits.refused)
      if (timesMade(changes) > 0) wrong.push(`told: edit ${changes} was refused, and is there`);
    return wrong;
  }
}
