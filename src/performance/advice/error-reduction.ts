/** ERROR_REDUCTION: errors that cost failures or time, more errors or failures than earlier or than peers. Pure. */
import { groupBy } from '../../shared/group-by.js';
import { EARLIER, GOAL } from './candidate.js';
import { cellsOf, dayText } from './cells.js';
import { LEAST_EXECUTIONS } from './contrast.js';
import { errorSignatures } from './error-signatures.js';
import { errors, success } from './measures.js';
import type { Performer, Scene } from './scene.js';
import { againstEarlier, againstPeers, trialOfChange } from './slack.js';
import { effectOf, evidenceFor, type Family, type Trial } from './trial.js';
import { amount, facts, percent } from './wording.js';

/** Success rate that an agent is measured against where no other works. */
const ACCEPTABLE = 0.7;

const saying = { doing: 'Reduce errors of', look: 'beginning with the errors that are most usual' };

export const errorReduction = (scene: Scene): Family[] => {
  const rows = groupBy(scene.picture.errors, ({ dimensions }) => dimensions['agentType'] ?? '');
  return scene.performers.map((performer) => ({
    type: 'ERROR_REDUCTION',
    agentType: performer.agentType,
    trials: [
      ...errorSignatures(scene, performer, rows.get(performer.agentType) ?? []),
      ...againstEarlier(scene, performer, errors, saying),
      ...againstPeers(scene, performer, errors, saying),
      ...failsMore(scene, performer),
      ...belowAcceptable(scene, performer),
    ],
  }));
};

/** Fails more than it did earlier. */
function failsMore({ category }: Scene, { agentType, changes, monthly }: Performer): Trial[] {
  const change = changes(success).worse;
  if (change === null) return [];
  const since = dayText(change.day);
  const [now, before] = change.contrast.means;
  return [
    {
      subject: EARLIER,
      ...trialOfChange(change, success),
      monthlyExecutions: monthly.executions,
      monthlySpend: monthly.executions,
      tell: () => ({
        title: `Reduce failures of ${agentType} in ${category}: they grew on ${since}`,
        reason: `since ${since} ${agentType} succeeds in ${amount(success, now)} of like tasks, before in ${amount(success, before)}`,
        action: `Find out what changed for ${agentType} about ${since}, and take it back`,
        evidence: { since, ...facts(success, change.contrast) },
      }),
    },
  ];
}

/** With nobody else in the category: surely below the acceptable success rate. */
function belowAcceptable({ category, performers }: Scene, performer: Performer): Trial[] {
  const { agentType, entries, monthly } = performer;
  let [n, successes] = [0, 0];
  for (const cell of cellsOf(entries, success)) {
    n += cell.n;
    successes += cell.total;
  }
  if (performers.length > 1 || n < LEAST_EXECUTIONS) return [];
  const rate = (successes + 1) / (n + 2);
  const below = {
    estimate: ACCEPTABLE - successes / n,
    error: Math.sqrt((rate * (1 - rate)) / n),
    freedom: Number.POSITIVE_INFINITY,
  };
  const tested = { scale: 'points', least: 0, typical: success.typical } as const;
  return [
    {
      subject: GOAL,
      evidence: evidenceFor(below, tested),
      effect: effectOf(below, tested),
      metric: 'successRate',
      monthlyExecutions: monthly.executions,
      monthlySpend: monthly.executions,
      tell: () => ({
        title: `Reduce failures of ${agentType} in ${category}`,
        reason: `it succeeded in ${successes} of ${n}, surely less than ${percent(ACCEPTABLE)}, and no other agent has done ${category} often enough to compare`,
        action: `Look into the failures of ${agentType} in ${category}, or let another agent try`,
        evidence: { successes, known: n, goal: ACCEPTABLE },
      }),
    },
  ];
}
