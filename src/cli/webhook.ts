/** `journeyman webhook`: takes in CI results as they are sent. */
import { Command } from 'commander';
import { setUpStore } from '../setup.js';
import { branchPattern, DEFAULT_BRANCH } from '../shared/ci-result.js';
import { InvalidInputError } from '../shared/errors.js';
import { StoreUnavailableError } from '../store/store.js';
import { taskFeedback } from '../task-feedback.js';
import { listenAddress } from './address.js';
import { addCommonOptions, commandContext } from './common-options.js';
import { takenLines } from './feedback.js';
import { feedbackConnections } from './feedback-connections.js';
import { mongoOutOfReach, withStore } from './servers.js';
import { onStopSignal } from './stop-signals.js';
import { openLog } from './worker-log.js';

const SECRET = 'JOURNEYMAN_WEBHOOK_SECRET';

export function webhookCommand(): Command {
  return addCommonOptions(new Command('webhook'))
    .summary('take in CI results as they are sent')
    .description(
      'Serves POST /ci until SIGINT or SIGTERM, for webhooks of GitHub (check_run, check_suite, workflow_run, ' +
        'status), of GitLab (pipeline and job events), and for plain {"taskId" or "executionId", "success", ' +
        '"score", "comment", "by"}.\n' +
        'The task is found by the external_id of a check run, else by the name of the branch, else, with --trailers, ' +
        'by a line "Journeyman-Task: <task>" in the message of the commit. Builds of forks are ignored. What failed weighs more than what passed ' +
        'beside it, and a suite, run or pipeline more than its parts.\n' +
        `The secret in $${SECRET} is what GitHub signs with (X-Hub-Signature-256) and GitLab sends ` +
        '(X-Gitlab-Token). Without it only programs of this machine are let in, and each of them is believed as a ' +
        'verifier is: set it wherever others have programs on this machine.',
    )
    .option('--listen <host:port>', 'where to listen; port 0 takes a free one', '127.0.0.1:8787')
    .option('--branch <name>', 'the name of the branches of tasks', DEFAULT_BRANCH)
    .option(
      '--trailers',
      'let messages of commits name tasks: whoever brings a commit onto any branch can then speak for any task',
    )
    .addHelpText(
      'after',
      `
Examples:
  journeyman webhook
  ${SECRET}=... journeyman webhook --listen 0.0.0.0:8787 --branch "agents/{taskId}"
  curl -H "Content-Type: application/json" -d '{"taskId":"greet-1","success":false}' http://127.0.0.1:8787/ci`,
    )
    .action(async (options: { listen: string; branch: string; trailers?: true }, command: Command) => {
      const context = await commandContext(command);
      const { host, port, loopback } = listenAddress('--listen', options.listen);
      const secret = process.env[SECRET] || null;
      if (secret === null && !loopback)
        throw new InvalidInputError(
          '--listen',
          options.listen,
          `an address of this machine alone, e.g. 127.0.0.1:8787, or a secret in $${SECRET}`,
        );
      // Loaded when it is needed: no other command should wait for it.
      const { createCiWebhook } = await import('./ci-webhook.js');
      // Fails now rather than at the first event.
      branchPattern(options.branch);
      await withStore(context, async (store, located) => {
        const log = openLog(located.json);
        await setUpStore(store).catch((error: unknown) => {
          if (!(error instanceof StoreUnavailableError)) throw error;
          log('warn', mongoOutOfReach(located.config, error).message);
        });
        if (secret === null)
          log(
            'warn',
            `No secret is in $${SECRET}: every program of this machine is believed as a verifier is`,
          );
        const connections = feedbackConnections(store, located);
        const app = createCiWebhook({
          secret,
          branch: options.branch,
          trailers: options.trailers === true,
          give: (taskId, feedback) => taskFeedback(connections, located.tenant, taskId, feedback),
          onTaken: (taken) => log('info', takenLines(taken).join('; ')),
          onError: (error) => log('error', 'An event could not be taken in', { error }),
        });
        try {
          await serveUntilStopped(app.fetch, host, port, (address) =>
            log('info', 'Listening', { url: `http://${address}/ci`, tenant: located.tenant }),
          );
        } finally {
          await connections.close();
        }
      });
    });
}

async function serveUntilStopped(
  fetch: (request: Request) => Response | Promise<Response>,
  hostname: string,
  port: number,
  onListening: (address: string) => void,
): Promise<void> {
  const { serve } = await import('@hono/node-server');
  return new Promise((resolve, reject) => {
    const server = serve({ fetch, hostname, port }, (info) =>
      onListening(`${hostname.includes(':') ? `[${hostname}]` : hostname}:${info.port}`),
    );
    const release = onStopSignal(() => server.close());
    server.once('error', reject).once('close', () => {
      release();
      resolve();
    });
  });
}
