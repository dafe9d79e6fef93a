/** Healthy module: retries failing calls with growing pauses. */
import type { BaseModule } from './base-module.js';

export const retry: BaseModule = {
  name: 'retry',
  kind: 'async',
  about: 'retries failing calls with growing pauses',
  files: {
    'retry.mjs': String.raw`import { pause } from './pause.mjs';

export function backoff(attempt, base = 10, limit = 1000) {
  return Math.min(base * 2 ** attempt, limit);
}

export async function retry(call, options = {}) {
  const attempts = options.attempts ?? 3;
  let lastError;
  for (let attempt = 0; attempt < attempts; attempt += 1) {
    try {
      return await call(attempt);
    } catch (error) {
      lastError = error;
      if (options.isFatal?.(error) === true) break;
      if (attempt < attempts - 1) {
        await pause(backoff(attempt, options.base ?? 1));
      }
    }
  }
  throw lastError;
}

export async function firstSuccess(calls) {
  const errors = [];
  for (const call of calls) {
    try {
      return await call();
    } catch (error) {
      errors.push(error.message);
    }
  }
  throw new Error('all failed: ' + errors.join(', '));
}
`,
    'pause.mjs': String.raw`export function pause(milliseconds) {
  return new Promise((resolve) => setTimeout(resolve, milliseconds));
}
`,
  },
  test: String.raw`import { test } from 'node:test';
import assert from 'node:assert/strict';
import { backoff, retry, firstSuccess } from './retry.mjs';

const failing = (times) => {
  let calls = 0;
  return async () => {
    calls += 1;
    if (calls <= times) throw new Error('failure ' + calls);
    return 'done after ' + calls;
  };
};

test('pauses double up to a limit', () => {
  assert.deepEqual([0, 1, 2].map((attempt) => backoff(attempt)), [10, 20, 40]);
  assert.equal(backoff(9), 1000);
});
test('a call that recovers succeeds', async () => {
  assert.equal(await retry(failing(2)), 'done after 3');
});
test('the last error is thrown when the attempts are used up', async () => {
  await assert.rejects(retry(failing(3)), /failure 3/);
  await assert.rejects(retry(failing(9), { attempts: 2 }), /failure 2/);
});
test('fatal errors are not retried', async () => {
  await assert.rejects(retry(failing(2), { isFatal: () => true }), /failure 1/);
});
test('the first call that succeeds wins', async () => {
  assert.equal(await firstSuccess([failing(1), failing(0)]), 'done after 1');
  await assert.rejects(firstSuccess([failing(1), failing(1)]), /all failed: failure 1, failure 1/);
});
`,
};
