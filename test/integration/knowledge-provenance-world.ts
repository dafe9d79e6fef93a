/** A tenant's knowledge, and all of it that a retraction may change. */
import { itemKey, knowledgeItems, knowledgeVersions } from '../../src/knowledge/collections.js';
import { type KnowledgeContext, knowledgeContext } from '../../src/knowledge/context.js';
import { evolveKnowledgeBatch } from '../../src/knowledge/evolve-batch.js';
import { KnowledgeBase } from '../../src/knowledge/knowledge-base.js';
import { KnowledgeHub } from '../../src/knowledge/knowledge-hub.js';
import { settleItems } from '../../src/knowledge/lifecycle/transitions.js';
import { mergeItems } from '../../src/knowledge/likeness/merge-items.js';
import { putMarks } from '../../src/knowledge/sharing/marks.js';
import { contributionOf, parseSource } from '../../src/knowledge/source.js';
import { readUsage } from '../../src/knowledge/usage/usage.js';
import { findInteractions } from '../../src/learning/interactions.js';
import { judgeExecutions, readExecutions } from '../../src/recording/judged-executions.js';
import { addOutcome } from '../../src/recording/outcomes.js';
import { recordExecution } from '../../src/recording/record-execution.js';
import { findReportedUse } from '../../src/recording/reported-use.js';
import type { Outcome } from '../../src/shared/task.js';
import { ensureLedger, enterLedger, liveGeneration } from '../../src/store/ledger.js';
import type { Store } from '../../src/store/store.js';
import { attempt, executionRecord } from '../unit/learning/execution-records.js';

export interface Told {
  /** The task. */
  id: string;
  agent?: string;
  outcome?: Outcome;
  shown?: string[];
  applied?: string[];
  discoveries?: string[];
}

export class World {
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

  /** Shares an item of words that no other has. */
  async share(agent: string, title: string, task?: string): Promise<string> {
    const executionId = task === undefined ? {} : { executionId: `${this.tenant}/${task}/run` };
    const { id } = await this.hub.shareKnowledge({
      ...{
        sourceAgent: agent,
        type: 'SOLUTION',
        title,
        content: `${title} ${title} ${title}`,
        ...executionId,
      },
    });
    return id;
  }

  /** Lets what agents say in tasks confirm an item, as if it had been shared again. */
  confirm(id: string, agent: string, task?: string): Promise<void> {
    const sources = [`agent:${agent}`, ...(task === undefined ? [] : [`task:${task}`])].map(parseSource);
    return this.store.transaction(async (session) => {
      await putMarks(this.store, this.tenant, 'confirmations', [{ id, key: agent }], session);
      const marks = contributionOf(sources).map((mark) => ({ id, ...mark }));
      await putMarks(this.store, this.tenant, 'sources', marks, session);
    });
  }

  view(id: string, agent: string): Promise<number> {
    return this.store.transaction((session) =>
      putMarks(this.store, this.tenant, 'views', [{ id, key: agent }], session),
    );
  }

  /** Merges, and gives the survivor the state that the use of both calls for. */
  async merge(into: string, from: string): Promise<void> {
    const { store, tenant } = this;
    await ensureLedger(store, tenant);
    await store.transaction(async (session) => {
      const [live = ''] = await enterLedger(store, tenant, session);
      await mergeItems(store, tenant, into, from, { by: 'system', reason: 'the same' }, session);
      await settleItems(store, tenant, new Map([[into, new Date()]]), live, session);
    });
  }

  /** Records an execution, and takes it in. */
  async record(told: Told): Promise<string> {
    const { id, agent = 'code', shown = [], applied = [], discoveries = [] } = told;
    const { outcome = { success: true, source: 'verifier' } } = told;
    const one = attempt([], agent);
    const found = discoveries.map((title) => ({
      ...{ title, content: title, type: 'DISCOVERY' as const, priority: 'CRITICAL' as const, tags: [] },
    }));
    const execution = executionRecord({
      ...{ id, tenant: this.tenant, success: outcome.success },
      attempts: [{ ...one, source: outcome.source, report: { ...one.report, applied, discoveries: found } }],
    });
    execution.outcome = outcome;
    execution.knowledge = shown.map((item) => ({
      ...{ id: item, version: 1, score: 1, shown: true, probability: 0.95 },
    }));
    await recordExecution(this.store, execution);
    await this.evolve();
    return execution.executionId;
  }

  async correct(executionId: string, outcome: Outcome): Promise<void> {
    await addOutcome(this.store, { tenant: this.tenant, executionId, outcome, by: 'ann' });
    await this.evolve();
  }

  async evolve(): Promise<void> {
    const reads = { findExecutions: findInteractions, findReportedUse, judge: judgeExecutions };
    while ((await evolveKnowledgeBatch(this.context, 100, reads)).consumed > 0);
  }

  retract(source: string, dryRun = false) {
    return this.base.retract({ source, by: 'ops', reason: 'compromised', dryRun });
  }

  /** How many marks of a kind there are of an item, as its counts should say. */
  private async marks(kind: string): Promise<Record<string, unknown>[]> {
    const found = await this.store.db
      .collection(kind)
      .find({ tenant: this.tenant }, { projection: { _id: 0, tenant: 0, at: 0 } })
      .toArray();
    return found
      .map((mark) => ({ ...mark, with: ((mark['with'] as string[] | undefined) ?? []).sort() }))
      .sort((a, b) => (JSON.stringify(a) < JSON.stringify(b) ? -1 : 1));
  }

  /** States, counts, marks, usage and words of all items: what an undone retraction leaves as it was. */
  async snapshot() {
    const { store, tenant } = this;
    const documents = await knowledgeItems(store).find({ tenant }).sort({ _id: 1 }).toArray();
    const usageOf = await readUsage(store, tenant, await liveGeneration(store, tenant), documents);
    const items = Object.fromEntries(
      documents.map((item) => {
        const { id, title, content, state, trust, priority, tags } = item;
        const { votes, downvotes, views, confirmations, repeats, absorbed } = item;
        const { mergedInto, mergedAtVersion = null, retractedBy, keptApart = [] } = item;
        return [
          id,
          {
            ...{ title, content, state, trust, priority, tags },
            ...{ votes, downvotes, views, confirmations, repeats, absorbed },
            ...{ mergedInto, mergedAtVersion, retractedBy, keptApart, usage: usageOf(id) },
          },
        ];
      }),
    );
    const kinds = ['knowledgeVotes', 'knowledgeViews', 'knowledgeConfirmations', 'knowledgeSources'];
    return { items, marks: await Promise.all(kinds.map((kind) => this.marks(kind))) };
  }

  /** What holds whatever happened: counts are those of the marks that stand, versions follow each other. */
  async problems(): Promise<string[]> {
    const { store, tenant } = this;
    const found: string[] = [];
    const [votes = [], views = [], confirmations = [], sources = []] = (await this.snapshot()).marks;
    for (const item of await knowledgeItems(store).find({ tenant }).toArray()) {
      const count = (marks: Record<string, unknown>[], which: Record<string, unknown> = {}) =>
        marks.filter((mark) =>
          Object.entries({ id: item.id, retractedBy: null, ...which }).every(
            ([name, is]) => mark[name] === is,
          ),
        ).length;
      const expected = {
        votes: count(votes, { useful: true }),
        downvotes: count(votes, { useful: false }),
        views: count(views),
        confirmations: count(confirmations),
        absorbed: await knowledgeItems(store).countDocuments({ tenant, mergedInto: item.id }),
      };
      for (const [name, is] of Object.entries(expected))
        if (item[name as keyof typeof expected] !== is)
          found.push(`${item.id}.${name}: ${item[name as keyof typeof expected]}, marks say ${is}`);
      const own = sources.filter(({ id, via }) => id === item.id && via === null);
      const stands = own.length === 0 || own.some(({ retractedBy }) => retractedBy === null);
      if (stands !== (item.retractedBy === null)) found.push(`${item.id}: retracted by ${item.retractedBy}`);
      if (item.retractedBy !== null && item.state !== 'ARCHIVED') found.push(`${item.id}: ${item.state}`);
      const versions = await knowledgeVersions(store)
        .find({ tenant, id: item.id })
        .sort({ version: 1 })
        .toArray();
      if (versions.some(({ version }, at) => version !== at + 1) || versions.length !== item.version)
        found.push(`${item.id}: versions`);
    }
    return found;
  }

  /** An item as stored. */
  async item(id: string) {
    const found = await knowledgeItems(this.store).findOne({ _id: itemKey(this.tenant, id) });
    if (found === null) throw new Error(`no item ${id}`);
    return found;
  }
}
