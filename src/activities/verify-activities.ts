/** The task's own checks, for work that an agent of another worker did. */
import { Context } from '@temporalio/activity';
import { judgeWork } from '../agents/judge-work.js';
import { processEnvironment } from '../agents/process-environment.js';
import type { VerifyActivities } from '../shared/activities.js';
import type { Redactor } from '../shared/redact.js';
import { soleVerifier } from '../shared/verdict.js';

const HEARTBEAT_MS = 5_000;

export function verifyActivities(redactor: Redactor): VerifyActivities {
  return {
    async verifyWork({ workspace, ...request }) {
      const verifiers = 'verifiers' in request ? request.verifiers : [soleVerifier(request.verify)];
      const context = Context.current();
      const heart = setInterval(() => context.heartbeat(), HEARTBEAT_MS);
      try {
        const judgements = await judgeWork(verifiers, {
          cwd: workspace ?? process.cwd(),
          env: processEnvironment({}),
          run: { signal: context.cancellationSignal, graceMs: 2_000, onBytes: () => {} },
        });
        context.cancellationSignal.throwIfAborted();
        return redactor.value(judgements.map(({ word }) => word));
      } finally {
        clearInterval(heart);
      }
    },
  };
}
