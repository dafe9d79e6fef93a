/** A tenant of two processes, what is done to its knowledge, and what was told of its use. */
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { itemKey, type KnowledgeDocument, knowledgeItems } from '../../src/knowledge/collections.js';
import { type KnowledgeContext, knowledgeContext } from '../../src/knowledge/context.js';
import { evolveKnowledgeBatch } from '../../src/knowledge/evolve-batch.js';
import { KnowledgeBase } from '../../src/knowledge/knowledge-base.js';
import { KnowledgeHub } from '../../src/knowledge/knowledge-hub.js';
import { prune } from '../../src/knowledge/lifecycle/prune.js';
import { mergeItems } from '../../src/knowledge/likeness/merge-items.js';
import { findInteractions } from '../../src/learning/interactions.js';
import { judgeExecutions, readExecutions } from '../../src/recording/judged-executions.js';
import { addOutcome } from '../../src/recording/outcomes.js';
import { recordExecution } from '../../src/recording/record-execution.js';
import { findReportedUse } from '../../src/recording/reported-use.js';
import { defaultKnowledgeSettings, type KnowledgeSettings } from '../../src/shared/knowledge-settings.js';
import type { Outcome } from '../../src/shared/task.js';
import { ensureLedger } from '../../src/store/ledger.js';
import type { Store } from '../../src/store/store.js';
import { attempt, executionRecord } from '../unit/learning/execution-records.js';
import { inTheEnd, problemsIn } from './knowledge-invariants-checks.js';
import { type Picture, pictureOf } from './knowledge-invariants-pictures.js';
import { FILED, type Recorded, Told } from './knowledge-invariants-told.js';

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
  private readonly told = new Told();
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
      this.told.edits.made.add(changes);
    } catch (error) {
      this.told.edits.refused.add(changes);
      throw error;
    }
  }

  async use(item: string, by: string, success: boolean, times: number): Promise<void> {
    for (let time = 0; time < times; time += 1) {
      await this.side.base.recordUsage(item, success, { by });
      this.told.reports.push({ item, by, success });
    }
  }

  async mark(item: string, by: string, task: string): Promise<void> {
    await this.side.hub.markAsApplied(item, by, task);
    this.told.marks.push({ item, by, task });
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
      ...{ id: task, tenant: this.tenant, success, endedAt: 1_700_000_000_000 + this.told.executions.length },
      attempts: [{ ...one, success, source, report: { ...one.report, applied, discoveries: found } }],
    });
    const executionId = `${this.tenant}/${task}/${number}`;
    this.told.executions.push({ ...recorded, executionId });
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
    const execution = this.told.executions[which % Math.max(1, this.told.executions.length)];
    if (execution === undefined) return;
    const { tenant, side } = this;
    const outcome: Outcome = { success, source: 'human' };
    await addOutcome(side.store, { tenant, executionId: execution.executionId, outcome, by });
  }

  /** Merges as consolidation does, whatever the two say. */
  async merge(into: string, from: string): Promise<void> {
    const { tenant, side } = this;
    await ensureLedger(side.store, tenant);
    const options = { by: 'system', reason: 'the same' };
    await side.store.transaction((session) => mergeItems(side.store, tenant, into, from, options, session));
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
    const batch = () => evolveKnowledgeBatch(context, 100, reads, { onProblem });
    // Of two runs at once, one takes the records in and the other is told so, as the activity's retry expects.
    const again = (error: unknown) => {
      if (!/consumed by another run/.test(String(error))) throw error;
      return { consumed: 1 };
    };
    while ((await batch().catch(again)).consumed > 0);
    if (problems.length > 0) throw new Error(`evolving: ${problems.map(String).join(' ')}`);
  }

  picture(): Promise<Picture> {
    return pictureOf((this.sides[0] as Side).store, this.tenant);
  }

  /** All that does not hold when nothing is left to be taken in. */
  async problems(): Promise<string[]> {
    await this.evolve();
    const picture = await this.picture();
    return [...problemsIn(inTheEnd, picture), ...this.told.problems(picture)];
  }
}
