/** What an agent changed, and what people decided about it, in lines. Pure. */
import pc from 'picocolors';
import type { ApprovalOutcome } from '../shared/approval.js';
import type { AppliedChange, WorkspaceChange } from '../shared/workspace.js';
import { moment, plain } from './format.js';

/** How much was changed and by whom, where it went, why there is no patch, and the folder that was kept. */
export function changeLines(change: WorkspaceChange & Partial<AppliedChange>, by?: string): string[] {
  const { diff, applied, reason, problem, folder } = change;
  const where =
    applied === undefined
      ? ''
      : applied
        ? pc.green(', applied')
        : pc.yellow(`, not applied${reason === undefined ? '' : `: ${plain(reason)}`}`);
  const much =
    problem === undefined
      ? diff === null
        ? 'nothing'
        : sizeText(change)
      : pc.yellow(`no patch: ${plain(problem)}`);
  const who = by === undefined ? '' : `${plain(by)}: `;
  return [`${who}${much}${where}`, ...(folder === undefined ? [] : [`folder kept: ${plain(folder)}`])];
}

/** E.g. `3 files, +12 -4`. */
const sizeText = ({ files, additions, deletions }: WorkspaceChange): string =>
  `${files} ${files === 1 ? 'file' : 'files'}, +${additions} -${deletions}`;

/** What a person answered, or that nobody did: e.g. `result rejected by ana, 2026-01-31 12:00:00: too slow`. */
export function approvalText({
  when,
  approved,
  by,
  byDeadline,
  decidedAt,
  comment,
}: ApprovalOutcome): string {
  const answer = approved ? pc.green('approved') : pc.red('rejected');
  const who = byDeadline ? 'because nobody answered in time' : `by ${plain(by)}`;
  const why = comment === undefined ? '' : `: ${plain(comment)}`;
  return `${when === 'before' ? 'start' : 'result'} ${answer} ${who}, ${moment(decidedAt)}${why}`;
}
