/** What following advice changes by itself. Pure. */
import type { PlanPreference } from '../../shared/plan-preference.js';
import { EARLIER, PEERS } from '../advice/candidate.js';
import { type Recommendation, recommendationId } from './recommendation.js';

/** The stages of `first>then`. */
export const stagesOf = (subject: string): [string, string] | null => {
  const [first, then, ...more] = subject.split('>');
  return first === undefined || then === undefined || more.length > 0 ? null : [first, then];
};

/** Whether the advice is that another agent does the work. */
export const isTakenOver = ({ type, subject }: Pick<Recommendation, 'type' | 'subject'>): boolean =>
  type === 'AGENT_SELECTION' || (type === 'RESOURCE_EFFICIENCY' && subject !== EARLIER && subject !== PEERS);

/** The preference that accepted advice comes to; null where people have to follow it themselves. */
export function preferenceOf(
  one: Pick<Recommendation, 'type' | 'agentType' | 'category' | 'subject'>,
): PlanPreference | null {
  const { type, agentType, category, subject } = one;
  const of = { id: recommendationId(one), category };
  if (isTakenOver(one)) return { ...of, kind: 'agent', instead: agentType, prefer: subject };
  const stages = type === 'PARALLEL_EXECUTION' ? stagesOf(subject) : null;
  return stages === null ? null : { ...of, kind: 'parallel', instead: stages[0], prefer: stages[1] };
}

/** What a preference changes, in plain sentences. */
export function changesOf({ kind, category, instead, prefer }: PlanPreference): string[] {
  const share = '9 of 10 times that';
  return kind === 'agent'
    ? [
        `${share} a plan of ${instead} is drawn for ${category}, the same plan with ${prefer} in its place is taken`,
        `1 of 10 stays with ${instead}, so that it is measured whether this helps`,
      ]
    : [
        `${share} sequential(${instead}>${prefer}) is drawn for ${category}, parallel(${instead}+${prefer}) is taken`,
        'plans of more stages are left as they are; 1 of 10 stays sequential, so that it is measured whether this helps',
      ];
}
