/** The task's own check, for work that an agent of another worker did. */
import { Context } from '@temporalio/activity';
import { processEnvironment } from '../agents/process-environment.js';
import { verifyWork } from '../agents/verify-work.js';
import type { VerifyActivities } from '../shared/activities.js';
import type { Redactor } from '../shared/redact.js';

const HEARTBEAT_MS = 5_000;

export function verifyActivities(redactor: Redactor): VerifyActivities {
  return {
    async verifyWork({ verify, workspace }) {
      const context = Context.current();
      const heart = setInterval(() => context.heartbeat(), HEARTBEAT_MS);
      try {
        const verdict = await verifyWork({
          command: verify,
          cwd: workspace ?? process.cwd(),
          env: processEnvironment({}),
          run: {
            signal: context.cancellationSignal,
            graceMs: 2_000,
            attempt: context.info.attempt,
            onBytes: () => {},
          },
        });
        context.cancellationSignal.throwIfAborted();
        return verdict.success ? verdict : { success: false, reason: redactor.text(verdict.reason) };
      } finally {
        clearInterval(heart);
      }
    },
  };
}
