import { createHmac, randomUUID } from 'node:crypto';
import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { createCiWebhook } from '../../src/cli/ci-webhook.js';
import type { CiTaken } from '../../src/cli/take-ci-result.js';
import { recordExecution } from '../../src/recording/record-execution.js';
import { setUpStore } from '../../src/setup.js';
import { NotFoundError } from '../../src/shared/errors.js';
import type { Feedback } from '../../src/shared/feedback.js';
import { StoreUnavailableError } from '../../src/store/store.js';
import { attempt, executionRecord } from '../unit/learning/execution-records.js';
import { ownPlace } from './own-place.js';
import { journeyman } from './run-program.js';

const { name, folder, store, env, here } = await ownPlace('feedback');

beforeAll(async () => {
  await setUpStore(store);
  for (const id of ['one', 'two', 'three', 'four'])
    await recordExecution(
      store,
      executionRecord({ tenant: name, id, plan: 'single(coder)', attempts: [attempt([], 'coder')] }),
    );
});

async function file(content: string): Promise<string> {
  const at = path.join(folder, `${randomUUID()}.json`);
  await writeFile(at, content);
  return at;
}
const pipeline = (taskId: string, status: string) => ({
  object_kind: 'pipeline',
  object_attributes: { id: 31, ref: `journeyman/${taskId}`, status },
  project: { web_url: 'https://gitlab.test/acme/shop' },
  commit: { message: 'x' },
});

describe('journeyman feedback', () => {
  it('says how a task went, and what that changed', async () => {
    const end = await here('feedback', 'one', '--failure', '--comment', 'the name is missing', '--by', 'ann');
    expect(end.code, end.stderr).toBe(0);
    expect(end.stdout).toBe(
      'one: failed (human) says ann: the name is missing\nwas success (agent), is failed (human)\n',
    );
    const verified = await here(
      'feedback',
      'one',
      '--success',
      '--source',
      'verifier',
      '--by',
      'suite',
      '--json',
    );
    expect(JSON.parse(verified.stdout)).toMatchObject({
      done: 'taken',
      state: 'applied',
      said: { success: true, source: 'verifier' },
      after: { success: false, source: 'human' },
    });
    const graded = await here('feedback', 'one', '--score', '0.25');
    expect(graded.stdout).toMatch(
      /^one: unknown \(human, score 0.25\) says .+@.+\nit stays failed \(human, score 0.25\)\n$/,
    );
    expect((await here('feedback', 'one', '--unknown')).stdout).toContain('it stays failed');
  });

  it('show lists all words in one table, the one that counts marked', async () => {
    const { stdout } = await here('show', 'one');
    expect(stdout).toMatch(/Result +failed \(human, score 0.25\)/);
    const table = stdout.slice(stdout.indexOf('Said')).split('\n').slice(0, 6);
    expect(table[0]).toMatch(/^Said +who +source +said +score +when +why$/);
    expect(table[1]).toMatch(/^ {14}coder +agent +success +- +\d{4}-\d\d-\d\d \d\d:\d\d:\d\d$/);
    expect(table[2]).toMatch(/^ {12}\* ann +human +failed +- +\S+ \S+ +the name is missing$/);
    expect(table[3]).toMatch(/^ {14}suite +verifier +success +- /);
    expect(table[4]).toMatch(/^ {14}\S+@\S+ +human +unknown +0.25 /);
    const column = (text: string) => table.map((line) => line.indexOf(text)).filter((at) => at >= 0);
    expect(new Set([...column('source'), ...column('agent'), ...column('verifier')]).size).toBe(1);
    const shown = JSON.parse((await here('show', 'one', '--json')).stdout) as {
      executions: { words: object[]; effectiveOutcome: object }[];
    };
    expect(shown.executions[0]?.effectiveOutcome).toMatchObject({ success: false, source: 'human' });
    expect(shown.executions[0]?.words).toHaveLength(5);
    expect(shown.executions[0]?.words[1]).toMatchObject({
      by: 'ann',
      success: false,
      reason: 'the name is missing',
      counts: true,
    });
  });

  it('performance shows how far the word of an agent holds', async () => {
    const { stdout } = await here('performance');
    expect(stdout).toMatch(/agent +executions +success .* by own word +trust +95% interval +checked/);
    // One of four claims was overruled: (4.75 + 0) / 6.
    expect(stdout).toMatch(/coder +4 +75% +\S+ +0 +100% +79% +\d+-\d+% +1 /);
    const { agents } = JSON.parse((await here('performance', '--json')).stdout) as { agents: object[] };
    expect(agents).toMatchObject([
      { ownWordShare: 1, trust: { n: 1, overruled: 1 }, trustInFailure: { n: 0 } },
    ]);
    expect((await here('strategy')).stdout).toMatch(/single\(coder\) +4 +75% +\S+ +100%/);
  });

  it('performance fits the terminal', async () => {
    try {
      for (const columns of [60, 80, 100, 140]) {
        Object.defineProperty(process.stdout, 'columns', { value: columns, configurable: true });
        for (const args of [[], ['--by-category']]) {
          const [head = '', row = ''] = (await here('performance', ...args)).stdout.split('\n');
          expect(Math.max(head.length, row.length)).toBeLessThanOrEqual(columns);
          expect(head).toMatch(/^agent .*executions +success .*trust/);
        }
      }
    } finally {
      Reflect.deleteProperty(process.stdout, 'columns');
    }
  });

  it('reads the payload of a CI webhook', async () => {
    const failed = await here('feedback', '--ci', await file(JSON.stringify(pipeline('two', 'failed'))));
    expect(failed.stdout).toContain(
      'two: failed (verifier) says https://gitlab.test/acme/shop/-/pipelines/31: pipeline 31: failed',
    );
    // The same pipeline, run again.
    const again = await here('feedback', '--ci', await file(JSON.stringify(pipeline('two', 'success'))));
    expect(again.stdout).toContain('was failed (verifier), is success (verifier)');
    const running = await here('feedback', '--ci', await file(JSON.stringify(pipeline('two', 'running'))));
    expect(running).toMatchObject({ code: 0, stdout: 'ignored: pipeline 31 is not final: running\n' });
    const foreign = await here('feedback', '--ci', await file(JSON.stringify(pipeline('nobodys', 'failed'))));
    expect(foreign).toMatchObject({ code: 0, stdout: 'ignored: no task has the id "nobodys"\n' });
  });

  it.each<[string, () => Promise<string[]> | string[], RegExp]>([
    [
      'nothing said',
      () => ['one'],
      /feedback: "nothing" .* --success, --failure, --unknown, --score and --comment/,
    ],
    ['no task', () => ['--success'], /task: undefined is not allowed; expected the id of a task, or --ci/],
    ['both verdicts', () => ['one', '--success', '--failure'], /cannot be used with/],
    ['a score out of range', () => ['one', '--score', '2'], /a number from 0 to 1/],
    ['an agent', () => ['one', '--success', '--source', 'agent'], /human, verifier, system/],
    ['nobody', () => ['one', '--success', '--by', ' '], /by: " " is not allowed; expected who says so/],
    ['an unknown task', () => ['nobodys', '--success'], /task "nobodys" was not found/],
    [
      'an unknown execution',
      () => ['one', '--success', '--execution', 'x'],
      /execution of task "one" "x" was not/,
    ],
    ['a missing payload', () => ['--ci', '/nowhere'], /--ci: "\/nowhere" is not allowed; .*ENOENT/],
    ['a payload that is no JSON', async () => ['--ci', await file('{')], /--ci: .* a file of JSON/],
    ['a payload that is none', async () => ['--ci', await file('{}')], /success: undefined is not allowed/],
    [
      'a plain one on an unknown task',
      async () => ['--ci', await file('{"taskId":"x","success":true}')],
      /not found/,
    ],
    [
      'a task beside a payload',
      async () => ['one', '--ci', await file('{"taskId":"x","success":true}')],
      /no task beside/,
    ],
    [
      'a word beside a payload',
      async () => ['--ci', await file('{}'), '--comment', 'x'],
      /cannot be used with/,
    ],
    ['a branch without a place', async () => ['--ci', await file('{}'), '--branch', 'x'], /branch: "x"/],
  ])('%s ends with exit code 2', async (_what, args, message) => {
    const end = await here('feedback', ...(await args()));
    expect(end.code, end.stderr).toBe(2);
    expect(end.stderr).toMatch(message);
    expect(end.stdout).toBe('');
  });
});

describe('the webhook', () => {
  const secret = 'correct horse';
  const taken: CiTaken[] = [];
  const given: [string, Feedback][] = [];
  const make = (own: string | null, fault?: Error) =>
    createCiWebhook({
      secret: own,
      branch: 'journeyman/{taskId}',
      give: (taskId, feedback) => {
        if (fault !== undefined) return Promise.reject(fault);
        given.push([taskId, feedback]);
        return Promise.resolve({ taskId, state: 'waiting', repeated: false } as never);
      },
      onTaken: (what) => taken.push(what),
    });
  const post = (
    app: ReturnType<typeof createCiWebhook>,
    body: string,
    headers: Record<string, string> = {},
    url = 'http://127.0.0.1:8787/ci',
  ) =>
    app.request(url, {
      method: 'POST',
      body,
      headers: { 'content-type': 'application/json', host: new URL(url).host, ...headers },
    });
  const body = JSON.stringify(pipeline('one', 'failed'));
  const signed = (text: string, by = secret) => ({
    'x-hub-signature-256': `sha256=${createHmac('sha256', by).update(text).digest('hex')}`,
  });

  it('takes in what is signed, or brings the token', async () => {
    for (const headers of [signed(body), { 'x-gitlab-token': secret }]) {
      const answer = await post(make(secret), body, headers);
      expect(answer.status).toBe(202);
      expect(await answer.json()).toMatchObject({ done: 'taken', taskId: 'one' });
    }
    expect(given.at(-1)).toMatchObject(['one', { success: false }]);
    expect(taken.at(-1)).toMatchObject({ done: 'taken', taskId: 'one' });
  });

  it('knows a repeated delivery by what is signed, whatever its headers say', async () => {
    const deliveries: (string | undefined)[] = [];
    for (const [text, delivery] of [
      [body, 'a'],
      [body, 'b'],
      [JSON.stringify(pipeline('one', 'success')), 'a'],
    ] as const) {
      await post(make(secret), text, { ...signed(text), 'x-github-delivery': delivery });
      deliveries.push(given.at(-1)?.[1].deliveryId);
    }
    expect(deliveries[0]).toMatch(/^ci\/[0-9a-f]{64}$/);
    expect(deliveries[1]).toBe(deliveries[0]);
    expect(deliveries[2]).not.toBe(deliveries[0]);
  });

  it.each<[string, Record<string, string>]>([
    ['nothing', {}],
    ['the signature of another body', signed('{}')],
    ['a signature by another secret', signed(body, 'wrong')],
    ['another token', { 'x-gitlab-token': 'correct hors' }],
    ['an empty token', { 'x-gitlab-token': '' }],
    [
      'the older signature',
      { 'x-hub-signature': `sha1=${createHmac('sha1', secret).update(body).digest('hex')}` },
    ],
  ])('refuses who brings %s', async (_what, headers) => {
    const before = given.length;
    const answer = await post(make(secret), body, headers);
    expect(answer.status).toBe(401);
    expect(await answer.json()).toMatchObject({
      field: 'signature',
      allowed: expect.stringContaining('secret'),
    });
    expect(given).toHaveLength(before);
  });

  it('without a secret lets in programs of this machine only', async () => {
    expect((await post(make(null), body)).status).toBe(202);
    expect((await post(make(null), body, {}, 'http://localhost:1/ci')).status).toBe(202);
    // A page of elsewhere whose name leads here, and one that posts as pages may without asking.
    expect((await post(make(null), body, {}, 'http://evil.test:8787/ci')).status).toBe(403);
    expect((await post(make(null), body, { 'content-type': 'text/plain' })).status).toBe(415);
  });

  it('says what is wrong, by field, value and what is allowed', async () => {
    const app = make(null);
    const refused = async (text: string, headers: Record<string, string> = {}) => {
      const answer = await post(app, text, headers);
      return [answer.status, await answer.json()];
    };
    expect(await refused('{')).toEqual([400, { field: 'body', value: '{', allowed: 'JSON' }]);
    expect(await refused('[]')).toEqual([400, { field: 'body', value: '[]', allowed: 'a JSON object' }]);
    expect(await refused('{"taskId":"one","success":1}')).toEqual([
      400,
      { field: 'success', value: '1', allowed: 'boolean' },
    ]);
    expect(await refused(`"${'x'.repeat(1_000_001)}"`)).toEqual([
      413,
      { field: 'body', value: 'too long', allowed: 'at most 1000000 bytes' },
    ]);
    expect((await app.request('http://127.0.0.1/other', { method: 'POST' })).status).toBe(404);
    expect((await app.request('http://127.0.0.1/ci')).status).toBe(404);
  });

  it('acknowledges what it ignores, and asks to come again while the store is away', async () => {
    const ping = await post(make(null), '{"zen":"x"}', { 'x-github-event': 'ping' });
    expect([ping.status, await ping.json()]).toEqual([
      202,
      { done: 'ignored', reason: 'ping events are no results of builds' },
    ]);
    const gone = new NotFoundError('task', 'one');
    expect(await (await post(make(null, gone), body)).json()).toEqual({
      done: 'ignored',
      reason: 'no task has the id "one"',
    });
    expect((await post(make(null, gone), '{"taskId":"one","success":true}')).status).toBe(404);
    expect((await post(make(null, new StoreUnavailableError('away')), body)).status).toBe(503);
    expect((await post(make(null, new Error('inner detail')), body)).status).toBe(500);
  });
});

describe('journeyman webhook', () => {
  it('serves until it is told to stop', async () => {
    let asked: Promise<unknown> | undefined;
    let stderr = '';
    const end = await journeyman(['webhook', '--listen', '127.0.0.1:0'], {
      cwd: folder,
      env,
      onStderr: (text, kill) => {
        stderr = text;
        const url = /"url":"([^"]+)"/.exec(text)?.[1];
        if (url === undefined || asked !== undefined) return;
        const send = (delivery: string) =>
          fetch(url, {
            method: 'POST',
            headers: { 'content-type': 'application/json', 'idempotency-key': delivery },
            body: JSON.stringify(pipeline('three', 'failed')),
          }).then((answer) => answer.json());
        asked = Promise.all([send('a'), send('b'), send('c')]).finally(() => kill('SIGTERM'));
      },
    });
    const answers = (await asked) as { repeated: boolean }[];
    expect(answers.filter(({ repeated }) => !repeated)).toHaveLength(1);
    for (const answer of answers)
      expect(answer).toMatchObject({
        done: 'taken',
        state: 'applied',
        taskId: 'three',
        after: { success: false },
      });
    expect(end.code, end.stderr).toBe(0);
    expect(stderr).toMatch(
      /"level":40,.*No secret is in \$JOURNEYMAN_WEBHOOK_SECRET: every program of this machine/,
    );
  });

  it('does not listen beyond this machine without a secret', async () => {
    for (const [args, message] of [
      [['--listen', '0.0.0.0:0'], /--listen: "0.0.0.0:0" .* a secret in \$JOURNEYMAN_WEBHOOK_SECRET/],
      [['--listen', 'x'], /--listen: "x" .* host:port/],
      [['--branch', 'x'], /branch: "x"/],
    ] as const) {
      const end = await here('webhook', ...args);
      expect(end.code).toBe(2);
      expect(end.stderr).toMatch(message);
    }
  });
});
