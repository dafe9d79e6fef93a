/** What the choices are among, and a task to choose for. */
import { parseConfig } from '../../src/config.js';
import { planOffer } from '../../src/plan-offer.js';
import type { TaskAnalysis } from '../../src/shared/task.js';
import type { SelectionRequest } from '../../src/strategy/choose-plan.js';
import { agents, type PastTask } from './past.js';

/** The agents alone: so many plans there are, whatever is proposed. */
export const offer = planOffer(
  parseConfig(
    { agents: agents.map((type) => ({ type, kind: 'activity' })), selection: { proposals: false } },
    'the measurement',
  ),
);

export function requestFor(
  { category }: Pick<PastTask, 'category'>,
  at: number,
  budget?: number,
): SelectionRequest {
  const analysis: TaskAnalysis = {
    category,
    complexity: 'MODERATE',
    requirements: [],
    keywords: [],
    suggestedAgents: [],
    estimatedDuration: 60,
    evidence: [],
  };
  return {
    analysis,
    executionId: `bench/choice/${at}`,
    learning: 'full',
    ...(budget === undefined ? {} : { budget }),
  };
}
