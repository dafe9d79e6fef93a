/** GitLab's events on builds. Pure. */
import { z } from 'zod';
import { checkInput } from './check-input.js';
import type { CiEvent } from './ci-event.js';

const text = z.string().nullish();
const project = z.object({ web_url: text }).nullish();
const commit = z.object({ message: text }).nullish();

const pipeline = z.object({
  object_attributes: z.object({
    id: z.number(),
    ref: text,
    status: z.string(),
    url: text,
    finished_at: text,
  }),
  merge_request: z
    .object({
      source_branch: text,
      source_project_id: z.number().nullish(),
      target_project_id: z.number().nullish(),
    })
    .nullish(),
  project,
  commit,
});
const job = z.object({
  build_id: z.number(),
  build_name: z.string(),
  build_status: z.string(),
  build_allow_failure: z.boolean().nullish(),
  build_finished_at: text,
  ref: text,
  project,
  repository: z.object({ homepage: text }).nullish(),
  commit,
});

const verdicts: Readonly<Record<string, boolean | null>> = {
  success: true,
  failed: false,
  canceled: null,
  skipped: null,
};

/**
 * Reads an event.
 *
 * @returns why it is ignored, when it is no result of a build
 * @throws InvalidInputError when it lacks what its kind has
 */
export function fromGitlab(payload: { object_kind?: unknown }): CiEvent | string {
  if (payload.object_kind === 'pipeline') return fromPipeline(payload);
  if (payload.object_kind === 'build') return fromJob(payload);
  return `${String(payload.object_kind)} events are no results of builds`;
}

function fromPipeline(payload: object): CiEvent | string {
  const { object_attributes: attributes, merge_request, project, commit } = checkInput(pipeline, payload);
  const { id, status, ref, url } = attributes;
  const what = `pipeline ${id}`;
  const success = verdicts[status];
  if (success === undefined) return `${what} is not final: ${status}`;
  if (merge_request != null && !isWithinProject(merge_request))
    return `${what} is of another project's branch`;
  return {
    what,
    conclusion: status,
    success,
    whole: true,
    by: url ?? addressOf(project?.web_url, 'pipelines', id) ?? what,
    branches: [ref, merge_request?.source_branch],
    message: commit?.message,
    at: attributes.finished_at,
    key: `pipeline/${id}/${status}`,
  };
}

function fromJob(payload: object): CiEvent | string {
  const given = checkInput(job, payload);
  const { build_id: id, build_status: status, ref, project, repository, commit } = given;
  const what = `job ${given.build_name}`;
  const success = verdicts[status];
  if (success === undefined) return `${what} is not final: ${status}`;
  const allowed = success === false && given.build_allow_failure === true;
  return {
    what,
    conclusion: allowed ? `${status}, which is allowed` : status,
    success: allowed ? null : success,
    whole: false,
    by: addressOf(project?.web_url ?? repository?.homepage, 'jobs', id) ?? what,
    branches: [ref],
    message: commit?.message,
    at: given.build_finished_at,
    key: `job/${id}/${status}`,
  };
}

const addressOf = (base: string | null | undefined, kind: string, id: number): string | null =>
  base == null ? null : `${base}/-/${kind}/${id}`;

/** Whether a merge request comes from the project itself; that of a fork is a stranger's. */
const isWithinProject = (request: {
  source_project_id?: number | null | undefined;
  target_project_id?: number | null | undefined;
}): boolean => request.source_project_id != null && request.source_project_id === request.target_project_id;
