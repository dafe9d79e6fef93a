import { describe, expect, it } from 'vitest';
import { branchPattern, type CiResult, readCiResult } from '../../src/shared/ci-result.js';

const SHA = '8d1c6bfa0e1f4ab0a3f6e6c9a1f4cd10c2f7a0de';
const repository = { id: 7, name: 'shop', full_name: 'acme/shop', html_url: 'https://github.test/acme/shop' };
const sender = { login: 'ci', id: 1, type: 'Bot' };

const checkRun = (run: object = {}, action = 'completed') => ({
  action,
  check_run: {
    id: 128_620_228,
    node_id: 'CR_1',
    head_sha: SHA,
    external_id: '',
    url: 'https://api.github.test/repos/acme/shop/check-runs/128620228',
    html_url: 'https://github.test/acme/shop/runs/128620228',
    details_url: 'https://ci.test/1',
    status: 'completed',
    conclusion: 'success',
    completed_at: '2026-01-31T15:30:00Z',
    output: { title: null, summary: null, text: null, annotations_count: 0 },
    name: 'unit tests',
    check_suite: { id: 118_578_147, head_branch: 'journeyman/greet-1', head_sha: SHA, status: 'completed' },
    pull_requests: [],
    ...run,
  },
  repository,
  sender,
});
const checkSuite = (suite: object = {}) => ({
  action: 'completed',
  check_suite: {
    id: 118_578_147,
    head_branch: 'journeyman/greet-2',
    head_sha: SHA,
    status: 'completed',
    conclusion: 'failure',
    updated_at: '2026-01-31T15:30:00Z',
    url: 'https://api.github.test/repos/acme/shop/check-suites/118578147',
    app: { id: 1, name: 'octo checks' },
    head_commit: { id: SHA, message: 'Say hello\n\nJourneyman-Task: by-trailer\n', author: { name: 'a' } },
    ...suite,
  },
  repository,
  sender,
});
const workflowRun = (run: object = {}) => ({
  action: 'completed',
  workflow_run: {
    id: 30_433_642,
    name: 'Build',
    head_branch: 'journeyman/greet-3',
    head_sha: SHA,
    run_attempt: 2,
    status: 'completed',
    conclusion: 'timed_out',
    url: 'https://api.github.test/repos/acme/shop/actions/runs/30433642',
    html_url: 'https://github.test/acme/shop/actions/runs/30433642',
    updated_at: '2026-01-31T15:30:00Z',
    head_commit: { id: SHA, message: 'Say hello' },
    head_repository: repository,
    ...run,
  },
  workflow: { id: 5, name: 'Build', path: '.github/workflows/build.yml' },
  repository,
  sender,
});
const status = (given: object = {}) => ({
  id: 6_805_126_730,
  sha: SHA,
  name: 'acme/shop',
  target_url: 'https://ci.test/2',
  context: 'ci/build',
  description: 'all passed',
  state: 'success',
  updated_at: '2026-01-31T15:30:00Z',
  commit: {
    sha: SHA,
    commit: { message: 'Say hello' },
    html_url: `https://github.test/acme/shop/commit/${SHA}`,
  },
  branches: [
    { name: 'journeyman/branched-off-it', commit: { sha: 'f95f852b' }, protected: false },
    { name: 'journeyman/greet-4', commit: { sha: SHA }, protected: false },
  ],
  repository,
  sender,
  ...given,
});
const pipeline = (attributes: object = {}, more: object = {}) => ({
  object_kind: 'pipeline',
  object_attributes: {
    id: 31,
    iid: 3,
    ref: 'journeyman/greet-5',
    tag: false,
    sha: SHA,
    source: 'push',
    status: 'failed',
    detailed_status: 'failed',
    stages: ['build', 'test'],
    finished_at: '2026-01-31 15:30:00 UTC',
    duration: 63,
    ...attributes,
  },
  user: { id: 1, name: 'Ann' },
  project: { id: 1, name: 'shop', web_url: 'https://gitlab.test/acme/shop', default_branch: 'main' },
  commit: { id: SHA, message: 'Say hello\n', url: `https://gitlab.test/acme/shop/-/commit/${SHA}` },
  builds: [],
  ...more,
});
const job = (given: object = {}) => ({
  object_kind: 'build',
  ref: 'journeyman/greet-6',
  tag: false,
  sha: SHA,
  build_id: 1977,
  build_name: 'test',
  build_stage: 'test',
  build_status: 'success',
  build_allow_failure: false,
  build_finished_at: '2026-01-31 15:30:00 UTC',
  build_failure_reason: 'unknown_failure',
  pipeline_id: 2366,
  project_name: 'acme / shop',
  commit: { id: 2366, sha: SHA, message: 'Say hello\n', status: 'running' },
  repository: { name: 'shop', homepage: 'https://gitlab.test/acme/shop' },
  project: { id: 1, web_url: 'https://gitlab.test/acme/shop' },
  ...given,
});

/** A result that is a word; what else it is shows in the failure. */
function word(result: CiResult): Extract<CiResult, { kind: 'word' }> {
  if (result.kind !== 'word') throw new Error(`ignored: ${result.reason}`);
  return result;
}

describe("a CI service's event, read as a word on a task", () => {
  it.each<[string, object, string, boolean | null, number, string]>([
    ['check_run', checkRun(), 'greet-1', true, 100, 'https://github.test/acme/shop/runs/128620228'],
    [
      'check_run',
      checkRun({ conclusion: 'failure' }),
      'greet-1',
      false,
      101,
      'https://github.test/acme/shop/runs/128620228',
    ],
    [
      'check_suite',
      checkSuite(),
      'greet-2',
      false,
      103,
      'https://api.github.test/repos/acme/shop/check-suites/118578147',
    ],
    [
      'workflow_run',
      workflowRun(),
      'greet-3',
      false,
      103,
      'https://github.test/acme/shop/actions/runs/30433642',
    ],
    ['status', status(), 'greet-4', true, 100, 'https://ci.test/2'],
    ['', pipeline(), 'greet-5', false, 103, 'https://gitlab.test/acme/shop/-/pipelines/31'],
    ['', job(), 'greet-6', true, 100, 'https://gitlab.test/acme/shop/-/jobs/1977'],
  ])('%s', (event, payload, task, success, precedence, by) => {
    for (const named of [event, undefined]) {
      const { tasks, feedback, named: outright } = word(readCiResult(payload, { event: named }));
      expect(tasks).toEqual([task]);
      expect(outright).toBe(false);
      expect(feedback).toMatchObject({ success, source: 'verifier', precedence, by });
      expect(feedback.at).toBe('2026-01-31T15:30:00.000Z');
    }
  });

  it.each(['neutral', 'skipped', 'cancelled', 'stale', 'action_required', 'a new one'])(
    'does not know what a conclusion of %s means for the task',
    (conclusion) => {
      const { feedback } = word(readCiResult(checkRun({ conclusion })));
      expect(feedback).toMatchObject({ success: null, comment: `check run unit tests: ${conclusion}` });
    },
  );

  it('does not know of builds that could not be made, were cancelled, or may fail', () => {
    const successOf = (payload: object) => word(readCiResult(payload)).feedback.success;
    expect(successOf(status({ state: 'error' }))).toBeNull();
    expect(successOf(pipeline({ status: 'canceled' }))).toBeNull();
    expect(successOf(job({ build_status: 'failed', build_allow_failure: true }))).toBeNull();
    expect(successOf(job({ build_status: 'failed' }))).toBe(false);
  });

  it.each<[string, object, RegExp]>([
    [
      'a check that runs',
      checkRun({ status: 'in_progress', conclusion: null }, 'created'),
      /not final: in_prog/,
    ],
    ['a suite that waits', checkSuite({ status: 'queued', conclusion: null }), /not final: queued/],
    ['a run that was asked for', workflowRun({ status: 'queued', conclusion: null }), /not final: queued/],
    ['a status that is pending', status({ state: 'pending' }), /not final: pending/],
    ['a pipeline that runs', pipeline({ status: 'running' }), /pipeline 31 is not final: running/],
    ['a job that was made', job({ build_status: 'created' }), /job test is not final: created/],
    ['a push', { object_kind: 'push', ref: 'refs/heads/main' }, /push events are no results/],
    ['a build of another branch', pipeline({ ref: 'main' }), /pipeline 31 names no task/],
  ])('ignores %s, and says why', (_what, payload, reason) => {
    expect(readCiResult(payload)).toEqual({ kind: 'ignored', reason: expect.stringMatching(reason) });
  });

  it('ignores events of GitHub that are no builds, by their header', () => {
    expect(readCiResult({ zen: 'Keep it simple', hook_id: 1 }, { event: 'ping' })).toEqual({
      kind: 'ignored',
      reason: 'ping events are no results of builds',
    });
  });

  it('finds the task by external id, then branch, then, where that is wanted, trailer', () => {
    const { tasks } = word(readCiResult(checkRun({ external_id: 'greet-9' })));
    expect(tasks).toEqual(['greet-9', 'greet-1']);
    const both = workflowRun({ head_commit: { message: 'x\n\njourneyman-task: a\nJourneyman-Task:  b \n' } });
    expect(word(readCiResult(both)).tasks).toEqual(['greet-3']);
    expect(word(readCiResult(both, { trailers: true })).tasks).toEqual(['greet-3', 'b']);
    const request = { source_branch: 'journeyman/m', source_project_id: 1, target_project_id: 1 };
    expect(word(readCiResult(pipeline({ ref: 'main' }, { merge_request: request }))).tasks).toEqual(['m']);
    const other = pipeline({ ref: 'bots/greet-5/work' });
    expect(word(readCiResult(other, { branch: 'bots/{taskId}/work' })).tasks).toEqual(['greet-5']);
    expect(readCiResult(pipeline(), { branch: 'bots/{taskId}' }).kind).toBe('ignored');
    // What cannot be a task's id is none.
    const suite = { head_branch: 'main' };
    expect(readCiResult(checkRun({ external_id: 'two words', check_suite: suite })).kind).toBe('ignored');
  });

  it.each<[string, object]>([
    ['a run of a fork', workflowRun({ head_repository: { id: 8, full_name: 'evil/shop' } })],
    ['a run of a fork that is gone', workflowRun({ head_repository: null })],
    ['a run that does not say', workflowRun({ head_repository: undefined })],
    ['a suite without a branch', checkSuite({ head_branch: null })],
    ['a check without a branch', checkRun({ external_id: 'greet-9', check_suite: { head_branch: null } })],
    [
      'a merge request of a fork',
      pipeline(
        { ref: 'journeyman/greet-5', source: 'merge_request_event' },
        { merge_request: { source_branch: 'journeyman/x', source_project_id: 2, target_project_id: 1 } },
      ),
    ],
    [
      'a merge request that does not say',
      pipeline({}, { merge_request: { source_branch: 'journeyman/greet-5' } }),
    ],
    [
      "a status of a fork's commit",
      status({ branches: [], commit: { commit: { message: 'x\n\nJourneyman-Task: greet-4' } } }),
    ],
  ])('does not hear strangers: %s', (_what, payload) => {
    expect(readCiResult(payload, { trailers: true })).toMatchObject({ kind: 'ignored' });
  });

  it('takes the text around the id as it is', () => {
    expect(branchPattern('a.b/{taskId}').exec('axb/1')).toBeNull();
    expect(branchPattern('a.b/{taskId}').exec('a.b/x/1')?.[1]).toBe('x/1');
    expect(() => branchPattern('journeyman/')).toThrow('branch: "journeyman/" is not allowed');
    expect(() => branchPattern('{taskId}{taskId}')).toThrow('once');
  });

  it('tells a run that is repeated from the delivery of one that was told before', () => {
    const key = (payload: object) => word(readCiResult(payload)).key;
    expect(key(workflowRun())).toBe(key(workflowRun()));
    expect(key(workflowRun({ run_attempt: 3 }))).not.toBe(key(workflowRun()));
    // A pipeline keeps its id when its jobs are tried again.
    expect(key(pipeline({ finished_at: '2026-01-31 16:00:00 UTC' }))).not.toBe(key(pipeline()));
    const plain = { taskId: 't', success: true };
    expect(key(plain)).toBe(key({ ...plain }));
    expect(key({ ...plain, id: 'second' })).not.toBe(key(plain));
    expect(key({ ...plain, success: false })).not.toBe(key(plain));
    expect(key(checkRun({ conclusion: 'failure' }))).not.toBe(key(checkRun()));
  });
});

describe('the plain form', () => {
  it('names the task or the execution', () => {
    expect(readCiResult({ taskId: 't', success: true, score: 0.5, comment: 'c', by: 'nightly' })).toEqual({
      kind: 'word',
      tasks: ['t'],
      named: true,
      key: expect.stringMatching(/^plain\//),
      feedback: {
        success: true,
        source: 'verifier',
        precedence: 102,
        by: 'nightly',
        score: 0.5,
        comment: 'c',
      },
    });
    const run = '0198a4a2-1111-7222-8333-444455556666';
    const { tasks, feedback } = word(readCiResult({ executionId: `acme/a/b/${run}`, success: null }));
    expect(tasks).toEqual(['a/b']);
    expect(feedback).toMatchObject({ executionId: `acme/a/b/${run}`, by: 'ci', success: null });
    expect(word(readCiResult({ executionId: 'acme/direct-1', success: true })).tasks).toEqual([
      'acme/direct-1',
    ]);
  });

  it.each<[unknown, RegExp]>([
    [null, /body: null is not allowed; expected a JSON object/],
    [[], /body: \[\] is not allowed/],
    [{}, /success: undefined is not allowed; expected boolean/],
    [{ success: true }, /taskId: undefined is not allowed; expected taskId or executionId/],
    [{ taskId: 'a b', success: true }, /taskId: "a b" is not allowed; expected letters, digits/],
    [{ taskId: 't', success: 'yes' }, /success: "yes" is not allowed; expected boolean/],
    [{ taskId: 't', success: true, score: 2 }, /score: 2 is not allowed/],
    [{ taskId: 't', success: true, source: 'human' }, /source: "human" is not allowed/],
    [{ ...checkRun(), check_run: { id: 1 } }, /check_run\.name: undefined is not allowed; expected string/],
    [pipeline({ id: 'x' }), /object_attributes\.id: "x" is not allowed; expected number/],
  ])('refuses what does not fit (%#)', (payload, message) => {
    expect(() => readCiResult(payload)).toThrow(message);
  });
});
