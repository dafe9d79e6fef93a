/** GitHub's events on builds. Pure. */
import { z } from 'zod';
import { checkInput } from './check-input.js';
import type { CiEvent } from './ci-event.js';

const text = z.string().nullish();
const id = z.union([z.number(), z.string()]);
const conclusion = z.string().nullish();
const headCommit = z.object({ message: text }).nullish();
const repository = z.object({ id: z.number(), full_name: text });

const checkRun = z.object({
  check_run: z.object({
    id,
    name: z.string(),
    status: z.string(),
    conclusion,
    external_id: text,
    html_url: text,
    details_url: text,
    url: text,
    completed_at: text,
    output: z.object({ title: text }).nullish(),
    check_suite: z.object({ head_branch: text }).nullish(),
  }),
});
const checkSuite = z.object({
  check_suite: z.object({
    id,
    status: text,
    conclusion,
    head_branch: text,
    url: text,
    updated_at: text,
    head_commit: headCommit,
    app: z.object({ name: text }).nullish(),
  }),
});
const workflowRun = z.object({
  workflow_run: z.object({
    id,
    name: text,
    status: text,
    conclusion,
    run_attempt: z.number().nullish(),
    head_branch: text,
    html_url: text,
    url: text,
    updated_at: text,
    head_commit: headCommit,
    head_repository: repository.nullish(),
  }),
  repository,
});
const status = z.object({
  id,
  sha: z.string(),
  state: z.string(),
  context: z.string(),
  description: text,
  target_url: text,
  updated_at: text,
  commit: z.object({ html_url: text, commit: z.object({ message: text }).nullish() }).nullish(),
  branches: z.array(z.object({ name: z.string(), commit: z.object({ sha: text }).nullish() })).default([]),
});

/** Of conclusions that are not here (neutral, skipped, cancelled, stale, action_required) nobody knows. */
const verdicts: Readonly<Record<string, boolean>> = { success: true, failure: false, timed_out: false };

const known = ['check_run', 'check_suite', 'workflow_run', 'status'] as const;
type Known = (typeof known)[number];

/**
 * Which of GitHub's events a payload is; null when it is none.
 *
 * @param header the X-GitHub-Event header, where there is one
 */
export function githubEventOf(payload: object, header: string | undefined): string | null {
  if (header !== undefined && header !== '') return header;
  if ('state' in payload && 'context' in payload && 'sha' in payload) return 'status';
  return known.find((name) => name in payload) ?? null;
}

/**
 * Reads an event.
 *
 * @returns why it is ignored, when it is no result of a build
 * @throws InvalidInputError when it lacks what its kind has
 */
export function fromGithub(event: string, payload: object): CiEvent | string {
  if (!known.some((name) => name === event)) return `${event} events are no results of builds`;
  return readers[event as Known](payload);
}

const readers: Record<Known, (payload: object) => CiEvent | string> = {
  check_run(payload) {
    const { check_run: run } = checkInput(checkRun, payload);
    const what = `check run ${run.name}`;
    if (run.status !== 'completed' || run.conclusion == null) return notFinal(what, run.status);
    // The service names no branch for a commit that is only in a fork.
    if (run.check_suite?.head_branch == null) return notOurs(what);
    const title = run.output?.title;
    return {
      what,
      conclusion: title == null ? run.conclusion : `${run.conclusion}, ${title}`,
      success: verdicts[run.conclusion] ?? null,
      whole: false,
      by: run.html_url ?? run.details_url ?? run.url ?? what,
      externalId: run.external_id,
      branches: [run.check_suite.head_branch],
      at: run.completed_at,
      key: `check_run/${run.id}/${run.conclusion}`,
    };
  },
  check_suite(payload) {
    const { check_suite: suite } = checkInput(checkSuite, payload);
    const what = `check suite${suite.app?.name == null ? '' : ` of ${suite.app.name}`}`;
    if (suite.status !== 'completed' || suite.conclusion == null) return notFinal(what, suite.status);
    if (suite.head_branch == null) return notOurs(what);
    return {
      what,
      conclusion: suite.conclusion,
      success: verdicts[suite.conclusion] ?? null,
      whole: true,
      by: suite.url ?? what,
      branches: [suite.head_branch],
      message: suite.head_commit?.message,
      at: suite.updated_at,
      key: `check_suite/${suite.id}/${suite.conclusion}`,
    };
  },
  workflow_run(payload) {
    const { workflow_run: run, repository } = checkInput(workflowRun, payload);
    const what = `workflow run${run.name == null ? '' : ` ${run.name}`}`;
    if (run.status !== 'completed' || run.conclusion == null) return notFinal(what, run.status);
    // Of a fork that is gone, there is none.
    if (run.head_repository?.id !== repository.id) return notOurs(what);
    return {
      what,
      conclusion: run.conclusion,
      success: verdicts[run.conclusion] ?? null,
      whole: true,
      by: run.html_url ?? run.url ?? what,
      branches: [run.head_branch],
      message: run.head_commit?.message,
      at: run.updated_at,
      key: `workflow_run/${run.id}/${run.run_attempt ?? 1}/${run.conclusion}`,
    };
  },
  status(payload) {
    const given = checkInput(status, payload);
    const what = `status ${given.context}`;
    if (given.state === 'pending') return notFinal(what, given.state);
    return {
      what,
      conclusion: given.description == null ? given.state : `${given.state}, ${given.description}`,
      // The state `error` says that the build could not be made.
      success: verdicts[given.state] ?? null,
      whole: false,
      by: given.target_url ?? given.commit?.html_url ?? what,
      // Others hold the commit too, such as those that branched off after it.
      branches: given.branches.filter(({ commit }) => commit?.sha === given.sha).map(({ name }) => name),
      // A commit that is on no branch here is a fork's.
      message: given.branches.length === 0 ? null : given.commit?.commit?.message,
      at: given.updated_at,
      key: `status/${given.id}/${given.state}`,
    };
  },
};

const notFinal = (what: string, state: string | null | undefined): string =>
  `${what} is not final: ${state ?? 'no result yet'}`;

const notOurs = (what: string): string => `${what} is of no branch of this repository`;
