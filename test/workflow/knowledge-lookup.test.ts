/** What of the knowledge that fits a task its agents are shown. */
import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { knowledgeItems } from '../../src/knowledge/collections.js';
import { interactions } from '../../src/learning/interactions.js';
import type { AgentTask, KnowledgeExcerpt } from '../../src/shared/agent-contract.js';
import { newsSignal } from '../../src/shared/messages.js';
import { type Harness, startHarness } from './harness.js';
import { seedLearnings } from './seed-learnings.js';
import { waitUntil } from './wait-until.js';

const DESCRIPTION = 'Fix the bug in the parser';

/** Of its own: an announcement tells all that the tenant runs on this server. */
const TENANT = `t-${randomUUID().slice(0, 8)}`;

let harness: Harness;
let given: AgentTask | undefined;
let release: () => void = () => {};
beforeAll(async () => {
  harness = await startHarness({
    tenant: TENANT,
    agents: {
      agent: (task) => {
        given = task;
        return {};
      },
      waits: () =>
        new Promise((resolve) => {
          release = () => resolve({});
        }),
    },
  });
});
afterAll(() => harness.stop());

const share = async (title: string, content: string, set: object): Promise<string> => {
  const { id } = await harness.client.hub.shareKnowledge({
    sourceAgent: 'ana',
    type: 'SOLUTION',
    title,
    content,
  });
  await knowledgeItems(harness.store).updateOne({ tenant: TENANT, id }, { $set: set });
  return id;
};

const recordOf = async (executionId: string) => interactions(harness.store).findOne({ _id: executionId });
const runs = async () => {
  const { executionId } = await harness.client.executeTask({ description: DESCRIPTION, agents: ['agent'] });
  const record = await recordOf(executionId);
  if (record === null) throw new Error('not recorded');
  return record;
};

it('is all but what was made from learnings that the task is offered, and says what is disputed', async () => {
  const lesson = '0'.repeat(15).concat('1');
  const made = await share('A bug in the parser', 'Prefer step-1 in the parser', { learningId: lesson });
  const other = await share('Parser bug of old', 'Parsers break at umlauts', { learningId: 'another' });
  const disputed = await share('Bug in a parser of dates', 'Fix the parser by hand', {
    contradicts: ['k_x'],
  });
  // Its learning is no longer there, or does not fit: what was made of it is shown.
  expect((await runs()).knowledge.map(({ id }) => id).toSorted()).toEqual([made, other, disputed].toSorted());

  expect(await seedLearnings(harness.store, TENANT, 'bug_fix', 2)).toContain(lesson);
  const record = await waitUntil('the learnings are found', async () => {
    const found = await runs();
    return found.learnings.some(({ id }) => id === lesson) ? found : null;
  });
  expect(record.knowledge.map(({ id }) => id).toSorted()).toEqual([other, disputed].toSorted());
  const shown = (id: string) => given?.knowledge.find((item) => item.id === id);
  expect(shown(other)).toMatchObject({ learningId: 'another', trust: 'untrusted' });
  expect(shown(other)).not.toHaveProperty('disputed');
  expect(shown(disputed)).toMatchObject({ disputed: true });

  const handle = await harness.client.startTask({ description: DESCRIPTION, agents: ['waits'] });
  await waitUntil('it works', async () => (await handle.progress()).agents[0]?.state === 'running');
  const item: KnowledgeExcerpt = {
    ...{
      id: 'n-1',
      version: 1,
      type: 'WARNING',
      title: 'Mind',
      content: 'x',
      state: 'VALIDATED',
      source: 's',
    },
  };
  const workflow = harness.temporal.workflow.getHandle(handle.workflowId);
  await workflow.signal(newsSignal, { ...item, learningId: lesson });
  // What agents could not read must not reach them.
  await workflow.signal('news', { id: 'n-3', title: 'No item' });
  await workflow.signal(newsSignal, { ...item, id: 'n-2', trust: 'trusted' });
  await waitUntil('the news', async () => (await workflow.query<unknown[]>('inbox')).length > 0);
  expect(await workflow.query('inbox')).toEqual([{ ...item, id: 'n-2', trust: 'trusted' }]);
  release();
  await handle.result();
}, 40_000);
