/** AGENT_SELECTION: another agent succeeds more often on like tasks. Pure. */
import { cellsOf } from './cells.js';
import { contrast, contrastOver } from './contrast.js';
import { success } from './measures.js';
import { asItIs, type Performer, type Scene } from './scene.js';
import { effectIn, evidenceFor, type Family, spendOf, type Trial } from './trial.js';
import { amount, facts } from './wording.js';

export const agentSelection = (scene: Scene): Family[] =>
  scene.performers.map((performer) => ({
    type: 'AGENT_SELECTION',
    agentType: performer.agentType,
    trials: scene.performers
      .filter((other) => other !== performer)
      .flatMap((other) => betterPeer(scene, performer, other)),
  }));

function betterPeer({ category }: Scene, performer: Performer, other: Performer): Trial[] {
  const { agentType, monthly } = performer;
  const cells = (of: Performer) => cellsOf(asItIs(of, success), success);
  const compared = [cells(other), cells(performer), success] as const;
  const found = contrast(...compared);
  if (found === null) return [];
  const [theirs, own] = [amount(success, found.means[0]), amount(success, found.means[1])];
  return [
    {
      subject: other.agentType,
      evidence: evidenceFor(found, success),
      effect: effectIn(contrastOver('second', found, ...compared), success),
      metric: 'successRate',
      monthlyExecutions: monthly.executions,
      monthlySpend: spendOf('successRate', monthly),
      tell: () => ({
        title: `Prefer ${other.agentType} over ${agentType} for ${category}`,
        reason: `on like tasks ${other.agentType} succeeded in ${theirs} of ${found.n[0]}, ${agentType} in ${own} of ${found.n[1]}`,
        action: `Give ${category} to ${other.agentType} in place of ${agentType}`,
        evidence: { betterAgent: other.agentType, ...facts(success, found) },
      }),
    },
  ];
}
