/** A release platform on Temporal: its workflow learns, and another one of its workflows serves as an agent. */
import { randomUUID } from 'node:crypto';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import {
  connectTemporalClient,
  connectTemporalWorker,
  JourneymanClient,
  loadConfig,
  setUpStore,
} from 'journeyman';
import { heading, learn, plural, printAttempts, recordOf, say } from '../shared/print.mjs';
import { quiet } from '../shared/quiet.mjs';
import { createPlatformWorker, TASK_QUEUE } from './worker.mjs';

quiet();
const config = await loadConfig(path.join(import.meta.dirname, 'journeyman.config.json'));
const tenant = process.env.JOURNEYMAN_TENANT ?? 'acme';
const { connection, namespace } = await connectTemporalWorker(config);
const temporal = await connectTemporalClient(config);
const client = await JourneymanClient.connect({ tenant, config, temporal });
await setUpStore(client.store);
const worker = await createPlatformWorker(connection, namespace, config);
const working = worker.run();

/** Starts the platform's workflow as the platform always did. */
async function publish(name) {
  heading(`publishRelease ${name}`);
  const workflowId = `release-${name}-${randomUUID().slice(0, 8)}`;
  const published = await temporal.workflow.execute('publishRelease', {
    workflowId,
    taskQueue: TASK_QUEUE,
    args: [{ customer: tenant, name }],
  });
  // Without a task id of its own, a workflow's id is that.
  const record = await recordOf(client, workflowId);
  const [{ report }] = record.attempts;
  say(
    `   ${report.actions.map(({ type }, at) => `${type} ${report.results[at].success ? '✓' : '✗'}`).join('  ')}`,
  );
  say(`   ${plural(published.lessons, 'lesson')}, tried ${published.tried.join(', then ')}`);
}

/** A task whose agent is the platform's workflow. Its approval is the platform's own signal. */
async function decide(name, word) {
  heading(`A task for the release desk: ${name}`);
  const task = await client.startTask({
    description: `Decide whether release ${name} goes out`,
    context: { release: name },
    agents: ['release-desk'],
  });
  const desk = temporal.workflow.getHandle(await childOf(task.workflowId));
  say(`   the desk waits: "${await desk.query('waiting')}"`);
  await desk.signal('signOff', word);
  const result = await task.result();
  await printAttempts(client, result.taskId);
  say(`     ${JSON.stringify(result.output)}`);
}

async function childOf(workflowId) {
  for (;;) {
    const { raw } = await temporal.workflow.getHandle(workflowId).describe();
    const [child] = raw.pendingChildren ?? [];
    if (child?.workflowId) return child.workflowId;
    await sleep(100);
  }
}

try {
  for (const name of ['4.1', '4.2', '4.3']) await publish(name);
  await learn(client, 'ERROR_RECOVERY');
  await publish('4.4');
  await decide('4.4', { approved: true, by: 'ana' });
  await decide('4.5', { approved: false, by: 'ben' });
} finally {
  worker.shutdown();
  await working;
  await client.close();
  await temporal.connection.close();
  await connection.close();
}
