import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { JourneymanClient } from '../../src/client.js';
import { itemKey, type KnowledgeItem, knowledgeItems } from '../../src/knowledge/collections.js';
import { knowledgeContext } from '../../src/knowledge/context.js';
import { evolveKnowledgeBatch } from '../../src/knowledge/evolve-batch.js';
import type { Subscription } from '../../src/knowledge/feed/subscribe.js';
import type { KnowledgeHub } from '../../src/knowledge/knowledge-hub.js';
import { markContradiction } from '../../src/knowledge/likeness/contradictions.js';
import { mergeItems } from '../../src/knowledge/likeness/merge-items.js';
import { extractPatternsBatch } from '../../src/learning/extract-patterns.js';
import {
  findCategories,
  findInteractions,
  findTaskInteractions,
  listInteractions,
  listPastTasks,
} from '../../src/learning/interactions.js';
import { learnings } from '../../src/learning/learning.js';
import { generateRecommendationsBatch } from '../../src/performance/life/generate-batch.js';
import { keepMeasured } from '../../src/performance/life/track-record.js';
import { findOutcomes } from '../../src/recording/outcomes.js';
import { recordExecution } from '../../src/recording/record-execution.js';
import { findReportedUse } from '../../src/recording/reported-use.js';
import { NotFoundError } from '../../src/shared/errors.js';
import { learningModeOf } from '../../src/store/tenants.js';
import { planPreferences } from '../../src/strategy/stored-preferences.js';
import { attempt, executionRecord, failing, step } from '../unit/learning/execution-records.js';
import { madeLearning } from '../unit/learning/made-learning.js';
import { type Harness, startHarness } from '../workflow/harness.js';

const TASK = 'the-same-task';
const CATEGORY = 'bug_fix';
let folder: string;
let harness: Harness;
/** Three tenants in one database: one with secrets, one that looks, and one without anything. */
const clients: Record<'alpha' | 'beta' | 'empty', JourneymanClient> = {} as never;

/** What a read may be asked for. */
interface Ids {
  learning: string;
  item: string;
  task: string;
  execution: string;
  agent: string;
  channel: string;
  /** Of all texts of the tenant. */
  mark: string;
}
const idsOf = new Map<string, Ids>();

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'journeyman-tenants-'));
  harness = await startHarness({ agents: { worker: ({ tenant }) => ({ output: tenant }) } });
  const { config, temporal, store } = harness;
  for (const tenant of ['alpha', 'beta', 'empty'] as const)
    clients[tenant] = await JourneymanClient.connect({ tenant, config, temporal, store });
});
afterAll(async () => {
  await harness.stop();
  await rm(folder, { recursive: true });
});

/** Puts something into every collection. */
async function fill(client: JourneymanClient): Promise<void> {
  const { tenant, store, hub, knowledge, record } = client;
  const mark = tenant.toUpperCase();
  const agent = (kind: string) => `${kind}-${mark}`;
  for (let index = 0; index < 40; index += 1) {
    const good = index % 2 === 0;
    const steps = good
      ? [failing('test', `${mark}Error: broken`), step(`mend-${mark}`), step('test')]
      : [failing('test', `${mark}Error: broken`), failing(`guess-${mark}`, `${mark}Error: broken`)];
    const made = attempt(steps, agent(good ? 'good' : 'bad'), good ? 1 : 9);
    await recordExecution(store, {
      ...executionRecord({
        tenant,
        id: `${tenant}-${index}`,
        category: CATEGORY,
        success: good,
        plan: `single(${agent(good ? 'good' : 'bad')})`,
        endedAt: Date.now() - 60_000 * index,
        attempts: [
          {
            ...made,
            success: good,
            durationMs: good ? 1_000 : 90_000,
            report: {
              ...made.report,
              success: good,
              errors: good ? [] : [`${mark}Error: broken`],
              discoveries:
                index === 0
                  ? [
                      {
                        title: `Discovery ${mark}`,
                        content: mark,
                        type: 'DISCOVERY',
                        priority: 'HIGH',
                        tags: [],
                      },
                    ]
                  : [],
            },
          },
        ],
      }),
      description: `Fix the bug of ${mark}`,
    });
  }
  const channel = `room-${tenant}`;
  await hub.createChannel({ name: channel, description: mark });
  await hub.subscribeToChannel('listener', channel);
  const item = await hub.shareKnowledge({
    sourceAgent: agent('good'),
    type: 'SOLUTION',
    title: `Solution ${mark}`,
    content: `How to fix the bug of ${mark}`,
    category: CATEGORY,
    priority: 'CRITICAL',
    tags: ['parser'],
    channel,
  });
  await hub.broadcastDiscovery({ sourceAgent: agent('good'), title: `News ${mark}`, content: mark });
  await hub.voteUseful(item.id, 'voter');
  await hub.markAsApplied(item.id, 'voter', 'some-task');
  const added = await knowledge.addKnowledge({
    category: CATEGORY,
    title: `Practice ${mark}`,
    content: { how: mark },
  });
  await knowledge.updateKnowledge(added.id, { newContent: { how: `better ${mark}` }, changes: mark });
  for (let use = 0; use < 6; use += 1) await knowledge.recordUsage(added.id, true);
  const beside = async (title: string) =>
    knowledge.addKnowledge({ category: CATEGORY, title: `${title} ${mark}`, content: { how: title + mark } });
  const [merged, opposite] = [await beside('Copy'), await beside('Opposite')];
  await store.transaction(async (session) => {
    const why = { by: `person-${mark}`, reason: mark };
    await mergeItems(store, tenant, added.id, merged.id, why, session);
  });
  await knowledge.retract({ source: `agent:nobody-${mark}`, by: `person-${mark}`, reason: mark });
  await record.recordInteraction({
    agentType: agent('direct'),
    taskDescription: `Direct ${mark}`,
    success: true,
    completionTime: 1,
  });
  await record.recordExecution({
    agentType: agent('direct'),
    taskCategory: CATEGORY,
    completionTime: 1,
    iterations: 1,
    success: true,
    errors: 0,
    actionsCount: 1,
  });
  await record.recordOutcome({
    strategyId: `single(${agent('direct')})@${CATEGORY}`,
    taskId: 'direct',
    success: true,
    actualDuration: 1,
  });
  const result = await client.executeTask({ taskId: TASK, description: `Fix the bug of ${mark}` });
  await client.feedback(TASK, {
    success: false,
    source: 'human',
    by: `person-${mark}`,
    comment: mark,
    deliveryId: 'the same in every tenant',
  });
  while ((await extractPatternsBatch(store, tenant, 100)).consumed > 0);
  while (
    (await generateRecommendationsBatch(store, tenant, 100, findCategories, planPreferences)).consumed > 0
  );
  while (
    (
      await evolveKnowledgeBatch(knowledgeContext(store, tenant), 100, {
        findExecutions: findInteractions,
        findReportedUse,
      })
    ).consumed > 0
  );
  const [advice] = await client.performance.getRecommendations();
  if (advice !== undefined) {
    const came = { value: 0.1, low: 0, high: 0.2 };
    const { type, expectedImprovement: promised } = advice;
    await store.transaction((session) =>
      keepMeasured(store, tenant, advice, { type, promised, measured: came, verdict: 'kept' }, session),
    );
  }
  const forgotten = async (title: string): Promise<void> => {
    const sourceAgent = agent('good');
    const shared = {
      sourceAgent,
      type: 'DISCOVERY',
      title: `${title} ${mark}`,
      content: `${title} of ${mark}`,
    } as const;
    const { id } = await hub.shareKnowledge(shared);
    const long = new Date(Date.now() - 200 * 86_400_000);
    const years = { $set: { createdAt: long, updatedAt: long } };
    await knowledgeItems(store).updateOne({ _id: itemKey(tenant, id), tenant }, years);
  };
  // Not before the evolve run, which finds no contradiction in these words.
  await store.transaction((session) =>
    markContradiction(store, tenant, { id: added.id, version: 2 }, opposite, mark, session),
  );
  await forgotten('Lamps blink at noon');
  await knowledge.prune({ by: `person-${mark}` });
  await forgotten('Queues drain before midnight');
  const [learning] = await client.learning.list();
  if (learning === undefined) throw new Error('nothing was learned');
  await client.learning.edit(
    learning.id,
    { title: `Lesson ${mark}` },
    { by: `person-${mark}`, reason: mark },
  );
  // As sure as only many repeated trials make one.
  await learnings(store).insertOne(
    madeLearning({ tenant, id: '00000000000000aa', title: `Sure ${mark}`, text: `sure ${mark}` }),
  );
  idsOf.set(tenant, {
    learning: learning.id,
    item: added.id,
    task: TASK,
    execution: result.executionId,
    agent: agent('good'),
    channel,
    mark,
  });
}

type Read = (client: JourneymanClient, ids: Ids) => unknown;
const exported = async (write: (file: string) => Promise<unknown>): Promise<unknown> => {
  const file = join(folder, `export-${Math.random()}.json`);
  await write(file);
  const { exportedAt: _, ...rest } = JSON.parse(await readFile(file, 'utf8')) as Record<string, unknown>;
  return rest;
};
const selection = (executionId: string) => ({
  analysis: null,
  executionId,
  learning: 'full' as const,
  agents: ['worker'],
});

/** What a subscription of `listener` hands out: as many items as it missed, and for a second where that is none. */
async function handedOut(hub: KnowledgeHub, subscription: Subscription): Promise<KnowledgeItem[]> {
  const missed = (await hub.missed('listener')).length;
  const items: KnowledgeItem[] = [];
  const end = missed === 0 ? setTimeout(() => void subscription.close(), 1_000) : undefined;
  for await (const { item } of subscription) if (items.push(item) === missed) break;
  clearTimeout(end);
  // Which of two channels comes first is not promised.
  return items.sort((a, b) => (a.id < b.id ? -1 : 1));
}

/** What passes by one who follows all channels for a moment, from the first item on. */
async function passingBy(hub: KnowledgeHub): Promise<unknown[]> {
  const seen = [];
  const signal = AbortSignal.timeout(1_000);
  for await (const sight of hub.follow({ last: 1_000, signal })) seen.push(sight);
  return seen.sort((a, b) => (a.id < b.id ? -1 : 1));
}

/** Every public read, by component. A method that is missing here, and in `others`, fails the test. */
const reads: Record<string, Record<string, Read>> = {
  learning: {
    getRelevantLearnings: ({ learning }, { mark }) =>
      learning.getRelevantLearnings(
        { description: `Fix the bug ${mark}: ${mark}Error: broken`, category: CATEGORY },
        { limit: 100, timeoutMS: 5_000 },
      ),
    getLearningsByType: ({ learning }) => learning.getLearningsByType('ERROR_RECOVERY'),
    getHighConfidenceLearnings: ({ learning }) => learning.getHighConfidenceLearnings(),
    list: ({ learning }) => learning.list(),
    get: ({ learning }, ids) => learning.get(ids.learning),
    evidence: ({ learning }, ids) => learning.evidence(ids.learning),
    getStatistics: ({ learning }) => learning.getStatistics(),
    exportTo: ({ learning }) => exported((file) => learning.exportTo(file)),
    history: ({ learning }) => learning.history(),
    trace: ({ learning }, ids) => learning.trace(ids.learning),
    audit: ({ learning }) => learning.audit(),
  },
  hub: {
    channels: ({ hub }) => hub.channels(),
    subscriptionsOf: ({ hub }) => hub.subscriptionsOf('listener'),
    missed: ({ hub }) => hub.missed('listener'),
    follow: ({ hub }) => passingBy(hub),
    subscribe: ({ hub }) => handedOut(hub, hub.subscribe('listener')),
    queryKnowledge: async ({ hub }, { mark, channel }) => [
      await hub.queryKnowledge({ limit: 1_000 }),
      await hub.queryKnowledge({ query: `Solution ${mark}` }),
      await hub.queryKnowledge({ channel }),
      await hub.queryKnowledge({ agent: 'listener', tags: ['parser'], minPriority: 'HIGH' }),
    ],
    getPopularKnowledge: ({ hub }) => hub.getPopularKnowledge(),
  },
  knowledge: {
    subscribe: ({ hub, knowledge }) => handedOut(hub, knowledge.subscribe('listener')),
    get: ({ knowledge }, { item }) => knowledge.get(item),
    history: ({ knowledge }, { item }) => knowledge.history(item),
    getVersion: ({ knowledge }, { item }) => knowledge.getVersion(item, 2),
    diff: ({ knowledge }, { item }) => knowledge.diff(item, 1, 2),
    list: ({ knowledge }) => knowledge.list({ limit: 1_000 }),
    listPruned: ({ knowledge }) => knowledge.listPruned({ limit: 1_000 }),
    prune: ({ knowledge }) => knowledge.prune({ dryRun: true }),
    merges: ({ knowledge }) => knowledge.merges(),
    contradictions: ({ knowledge }) => knowledge.contradictions(),
    acts: ({ knowledge }, { item }) => knowledge.acts(item),
    idsBeginning: ({ knowledge }) => knowledge.idsBeginning('k_', 1_000),
    sourcesOf: ({ knowledge }, { item }) => knowledge.sourcesOf(item),
    itemsOf: ({ knowledge }) => knowledge.itemsOf({ source: 'person:api' }),
    retractions: ({ knowledge }) => knowledge.retractions(),
    getValidatedKnowledge: ({ knowledge }) => knowledge.getValidatedKnowledge(),
    getBestPractices: ({ knowledge }) => knowledge.getBestPractices(),
    exportTo: ({ knowledge }) => exported((file) => knowledge.exportTo(file)),
  },
  performance: {
    getAgentPerformance: ({ performance }, { agent }) => performance.getAgentPerformance(agent),
    compareAgents: ({ performance }, { agent, mark }) => performance.compareAgents(agent, `bad-${mark}`),
    getRecommendations: ({ performance }) => performance.getRecommendations(),
    getRecommendation: async ({ performance }) => {
      const [first] = await performance.getRecommendations();
      return performance.getRecommendation(first?.id ?? 'none');
    },
    hitRates: ({ performance }) => performance.hitRates(),
    statistics: ({ performance }) => performance.statistics('agentType', 'category', 'strategy', 'day'),
    trends: ({ performance }) => performance.trends(),
    trust: ({ performance }) => performance.trust(),
    bottlenecks: ({ performance }) => performance.bottlenecks(),
  },
  strategy: {
    selectStrategy: ({ strategy }) => strategy.selectStrategy(selection('some-execution')),
    analyzeTask: ({ strategy }, { mark }) => strategy.analyzeTask(`Fix ${mark}Error`, { category: CATEGORY }),
    plans: ({ strategy }) => strategy.plans(),
    picture: ({ strategy }) => strategy.picture([CATEGORY], 0),
    getStatistics: ({ strategy }) => strategy.getStatistics(),
  },
  handle: {
    result: (client, { task }) => client.task(task).result(),
    progress: (client, { task }) => client.task(task).progress(),
    diff: (client, { task }) => client.task(task).diff(),
    patch: (client, { task }) => client.task(task).patch(),
    record: (client, { task }) => client.task(task).record(),
  },
  interactions: {
    findTaskInteractions: ({ store, tenant }, { task }) => findTaskInteractions(store, tenant, task),
    findInteractions: ({ store, tenant }, { execution }) => findInteractions(store, tenant, [execution]),
    listInteractions: ({ store, tenant }) => listInteractions(store, tenant, { limit: 1_000 }),
    listPastTasks: ({ store, tenant }) => listPastTasks(store, tenant, 1_000),
    findOutcomes: ({ store, tenant }, { execution }) => findOutcomes(store, tenant, [execution]),
  },
};

/** Public methods that answer nothing of what is stored, and those private to TypeScript only. */
const others: Record<string, string[]> = {
  learning: [...['disable', 'enable', 'pin', 'unpin', 'edit', 'undoEdit', 'add'], 'importFrom', 'find'],
  hub: [
    'share',
    'shareKnowledge',
    'shareSolution',
    'broadcastDiscovery',
    'createChannel',
    'subscribeToChannel',
    'unsubscribeFromChannel',
    'acknowledge',
    'voteUseful',
    'withdrawVote',
    'view',
    'markAsApplied',
  ],
  knowledge: [
    ...['addKnowledge', 'updateKnowledge', 'restoreVersion', 'recordUsage', 'importFrom'],
    ...['deprecate', 'archive', 'restore', 'restorePruned', 'restoreRun', 'unmerge'],
    ...['retract', 'undoRetraction'],
  ],
  // Days that stand out are looked for in test/integration/performance-analysis.test.ts.
  performance: ['acceptRecommendation', 'applyRecommendation', 'dismissRecommendation', 'anomalies'],
  strategy: ['readAhead', 'fallbackChoice', 'requestedChoice', 'arms'],
  handle: ['cancel', 'decide'],
  record: ['recordInteraction', 'recordExecution', 'recordOutcome'],
};
/** Methods of the client itself; what its handles answer is in `reads`. */
const clientMethods = [
  'startTask',
  'executeTask',
  'task',
  'feedback',
  'setLearning',
  'maintain',
  'close',
  'isRecorded',
];
/** What a client holds besides components. */
const clientFields = ['tenant', 'temporal', 'store', 'config', 'owned', 'redactor'];

const everyRead = Object.entries(reads).flatMap(([component, methods]) =>
  Object.entries(methods).map(([method, read]) => ({ name: `${component}.${method}`, read })),
);
/** What each read answers; an error counts as an answer. */
async function askAll(client: JourneymanClient, ids: Ids): Promise<Record<string, unknown>> {
  const answers: Record<string, unknown> = {};
  for (const { name, read } of everyRead) {
    try {
      answers[name] = JSON.parse(JSON.stringify((await read(client, ids)) ?? null));
    } catch (error) {
      answers[name] = { error: (error as Error).constructor.name };
    }
  }
  return answers;
}
/** What is answered once what is done in the background, such as embedding, is done. */
async function settled(client: JourneymanClient, own: Ids): Promise<Record<string, unknown>> {
  let answers = await askAll(client, own);
  let same = 0;
  await expect
    .poll(
      async () => {
        const before = JSON.stringify(answers);
        answers = await askAll(client, own);
        same = JSON.stringify(answers) === before ? same + 1 : 0;
        return same;
      },
      { interval: 1_500, timeout: 40_000 },
    )
    .toBe(3);
  return answers;
}
const ids = (tenant: string): Ids => {
  const found = idsOf.get(tenant);
  if (found === undefined) throw new Error(`${tenant} was not filled`);
  return found;
};

describe('tenants in one database', () => {
  it('every public method of every component is known here', () => {
    const client = clients.empty;
    const components = Object.keys(client).filter((field) => !clientFields.includes(field));
    expect(components.toSorted()).toEqual(
      Object.keys({ ...reads, ...others })
        .filter((name) => name !== 'handle' && name !== 'interactions')
        .toSorted(),
    );
    const methodsOf = (value: object): string[] =>
      Object.getOwnPropertyNames(Object.getPrototypeOf(value)).filter((name) => name !== 'constructor');
    expect(methodsOf(client).toSorted()).toEqual(clientMethods.toSorted());
    for (const component of components) {
      const value = client[component as keyof JourneymanClient] as object;
      expect(methodsOf(value).toSorted(), component).toEqual(
        [...Object.keys(reads[component] ?? {}), ...(others[component] ?? [])].toSorted(),
      );
    }
    const handle = Object.entries(client.task('x')).filter(([, value]) => typeof value === 'function');
    expect(handle.map(([name]) => name).toSorted()).toEqual(
      [...Object.keys(reads['handle'] ?? {}), ...(others['handle'] ?? [])].toSorted(),
    );
  });

  it('no read of one changes by what another has, or shows any of it', { timeout: 120_000 }, async () => {
    await fill(clients.beta);
    const before = await settled(clients.beta, ids('beta'));
    await fill(clients.alpha);
    await clients.alpha.setLearning('record-only');
    const after = await askAll(clients.beta, ids('beta'));
    expect(after).toEqual(before);
    expect(await learningModeOf(harness.store, 'beta', 'full', 5_000)).toBe('full');

    const own = await askAll(clients.alpha, ids('alpha'));
    const nothing = await askAll(clients.empty, ids('alpha'));
    for (const { name } of everyRead) {
      // Each read would show it: it answers its own tenant something else than a tenant without anything.
      expect(own[name], name).not.toMatchObject({ error: expect.anything() });
      expect(own[name], name).not.toEqual(nothing[name]);
    }
    // Asked for by the other's own ids and words.
    const prying = await askAll(clients.beta, ids('alpha'));
    const shows = (answer: unknown) => JSON.stringify(answer).includes('ALPHA');
    for (const { name } of everyRead) {
      expect(shows(after[name]), name).toBe(false);
      // Figures of an agent repeat the agent's name that was asked for; of that, nobody knows anything.
      if (shows(prying[name])) expect(prying[name], name).toEqual(nothing[name]);
    }
  });

  it("nothing of another's can be changed, either", async () => {
    const { beta } = clients;
    const theirs = ids('alpha');
    const own = await askAll(clients.alpha, theirs);
    await clients.alpha.executeTask({ taskId: 'only-alphas', description: 'x', learning: 'record-only' });
    const [advice] = await clients.alpha.performance.getRecommendations();
    const deciding = { by: 'beta', reason: 'x' };
    const changes: Record<string, () => Promise<unknown>> = {
      acceptRecommendation: () => beta.performance.acceptRecommendation(advice?.id ?? '-', deciding),
      applyRecommendation: () => beta.performance.applyRecommendation(advice?.id ?? '-', deciding),
      dismissRecommendation: () => beta.performance.dismissRecommendation(advice?.id ?? '-', deciding),
      updateKnowledge: () =>
        beta.knowledge.updateKnowledge(theirs.item, { newContent: { how: 'worse' }, changes: 'x' }),
      restoreVersion: () => beta.knowledge.restoreVersion(theirs.item, 1, { reason: 'x' }),
      recordUsage: () => beta.knowledge.recordUsage(theirs.item, false),
      ...Object.fromEntries(
        (['disable', 'enable', 'pin', 'unpin', 'undoEdit'] as const).map((act) => [
          act,
          () => beta.learning[act](theirs.learning, { by: 'beta' }),
        ]),
      ),
      edit: () => beta.learning.edit(theirs.learning, { title: 'Worse' }, { by: 'beta' }),
      voteUseful: () => beta.hub.voteUseful(theirs.item, 'beta'),
      withdrawVote: () => beta.hub.withdrawVote(theirs.item, 'voter'),
      view: () => beta.hub.view(theirs.item, 'beta'),
      markAsApplied: () => beta.hub.markAsApplied(theirs.item, 'beta'),
      feedback: () => beta.feedback('only-alphas', { success: false, source: 'human', by: 'beta' }),
      cancel: () => beta.task('only-alphas').cancel(),
      decide: () => beta.task('only-alphas').decide({ approved: true, by: 'beta' }),
    };
    for (const [name, change] of Object.entries(changes))
      await expect(change(), name).rejects.toBeInstanceOf(NotFoundError);
    await expect(beta.hub.subscribeToChannel('listener', theirs.channel)).rejects.toThrow('is not allowed');
    const { 'knowledge.list': items, 'learning.list': lessons } = await askAll(clients.alpha, theirs);
    expect(items).toEqual(own['knowledge.list']);
    expect(lessons).toEqual(own['learning.list']);
  });
});
