import type { Json } from '../../shared/agent-contract.js';
import type { Attempt, Plan, PlannedAgent } from '../../shared/task.js';
import type { WorkspaceChange } from '../../shared/workspace.js';
import { callAgent } from '../call-agent.js';
import type { TaskRun } from '../task-run.js';
import { allEnded } from './all-ended.js';
import { decidedBy, failedPlan, type PlanOutcome } from './plan-outcome.js';

/** Most parts that a lead may split a task into. */
const MAX_PARTS = 50;

/**
 * A lead splits the task, the others do the parts at once, and the lead integrates what they report. The
 * lead's split is its output `{ "parts": [...] }`; a part that is an object may name its `agent`, and the
 * rest go round.
 */
export async function hierarchical(run: TaskRun, plan: Plan): Promise<PlanOutcome> {
  const [lead, ...others] = plan.agents;
  if (lead === undefined || others.length === 0) return failedPlan('the plan needs a lead and another agent');
  const split = await callAgent(run, lead, { role: 'lead-split' });
  if (split.success === false) return decidedBy(split);
  const parts = partsOf(split.report.output ?? null);
  if (typeof parts === 'string') return failedPlan(`${lead.type} split the task badly: ${parts}`);
  const done = await allEnded(
    parts.map((part, index) =>
      callAgent(run, agentFor(part, index, others), {
        role: 'part',
        part,
        earlier: [split],
        changes: changesOf([split]),
        atOnce: parts.length,
      }),
    ),
  );
  return decidedBy(
    await callAgent(run, lead, {
      role: 'lead-integrate',
      earlier: [split, ...done],
      // A part's change includes the split's, which it went on from.
      changes: changesOf(done),
    }),
  );
}

const changesOf = (attempts: readonly Attempt[]): WorkspaceChange[] =>
  attempts.flatMap(({ change }) => change ?? []);

/** The parts of a split, or what is wrong with it. */
function partsOf(output: Json): Json[] | string {
  const parts =
    typeof output === 'object' && output !== null && !Array.isArray(output) ? output['parts'] : undefined;
  if (!Array.isArray(parts)) return 'its output has no list "parts"';
  if (parts.length === 0) return 'its "parts" are empty';
  return parts.length <= MAX_PARTS ? parts : `${parts.length} parts, at most ${MAX_PARTS} are allowed`;
}

function agentFor(part: Json, index: number, others: readonly PlannedAgent[]): PlannedAgent {
  const named = typeof part === 'object' && part !== null && !Array.isArray(part) ? part['agent'] : undefined;
  const agent = others.find(({ type }) => type === named) ?? others[index % others.length];
  if (agent === undefined) throw new RangeError('hierarchical plans have at least two agents');
  return agent;
}
