/** RESOURCE_EFFICIENCY: a peer with the same success for less, or itself earlier. Pure. */
import { cellsOf, totalOf } from './cells.js';
import { contrast, contrastOver } from './contrast.js';
import { cost, type Measure, tokens } from './measures.js';
import { asItIs, type Performer, type Scene, succeedNoLess } from './scene.js';
import { againstEarlier } from './slack.js';
import { effectIn, evidenceFor, type Family, spendOf, type Trial } from './trial.js';
import { amount, facts } from './wording.js';

/** Points of the success rate that another may succeed less by and still do the same. */
const MARGIN = 0.05;

const saying = { doing: 'Cut the cost of', look: 'such as its model and the context it is given' };

export const resourceEfficiency = (scene: Scene): Family[] =>
  scene.performers.map((performer) => {
    // Tokens stand for money only where nobody tells what it costs.
    const measure = totalOf(performer.entries, 'costed') > 0 ? cost : tokens;
    return {
      type: 'RESOURCE_EFFICIENCY',
      agentType: performer.agentType,
      trials: [
        ...againstEarlier(scene, performer, measure, saying),
        ...scene.performers
          .filter((other) => other !== performer)
          .flatMap((other) => cheaperPeer(scene, performer, other, measure)),
      ],
    };
  });

function cheaperPeer({ category }: Scene, performer: Performer, other: Performer, measure: Measure): Trial[] {
  const { agentType, monthly } = performer;
  const cells = (of: Performer) => cellsOf(asItIs(of, measure), measure);
  const compared = [cells(performer), cells(other), measure] as const;
  const found = contrast(...compared);
  if (found === null) return [];
  const evidence = evidenceFor(found, measure);
  const [mine, less] = [amount(measure, found.means[0]), amount(measure, found.means[1])];
  return [
    {
      subject: other.agentType,
      evidence: evidence > 1 && succeedNoLess([other], performer, MARGIN, 'surely') ? evidence : 0,
      effect: effectIn(contrastOver('first', found, ...compared), measure),
      metric: measure.metric,
      monthlyExecutions: monthly.executions,
      monthlySpend: spendOf(measure.metric, monthly),
      tell: () => ({
        title: `Use ${other.agentType} instead of ${agentType} for ${category}: as good for less`,
        reason: `on like tasks ${agentType} takes ${mine} an execution, ${other.agentType} ${less}, and surely succeeds no more than ${100 * MARGIN} points less`,
        action: `Give ${category} to ${other.agentType} in place of ${agentType}`,
        evidence: { otherAgent: other.agentType, successMargin: MARGIN, ...facts(measure, found) },
      }),
    },
  ];
}
