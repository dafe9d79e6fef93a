/** Where an agent spends more than it did earlier, or than its peers do. Pure. */
import { EARLIER, PEERS } from './candidate.js';
import { cellsOf, dayText } from './cells.js';
import { type Change, lasts } from './changes.js';
import { contrast, contrastOver } from './contrast.js';
import type { Measure } from './measures.js';
import type { Mix } from './mix.js';
import { asItIs, type Performer, type Scene, succeedNoLess, succeedsLess } from './scene.js';
import { effectIn, evidenceFor, spendOf, type Trial } from './trial.js';
import { amount, facts } from './wording.js';

/** Points of the success rate that peers may succeed less by and still be an example. */
const MARGIN = 0.1;

/** How advice names what it is about. */
export interface Saying {
  /** `speed up`: begins the title. */
  doing: string;
  /** What to look at, after `find out`. */
  look: string;
}

/** The agent against itself earlier: where it got worse, and is so still. */
export function againstEarlier(
  { category }: Scene,
  { agentType, changes, monthly }: Performer,
  measure: Measure,
  saying: Saying,
): Trial[] {
  const change = changes(measure).worse;
  if (change === null) return [];
  const since = dayText(change.day);
  return [
    {
      subject: EARLIER,
      ...trialOfChange(change, measure),
      monthlyExecutions: monthly.executions,
      monthlySpend: spendOf(measure.metric, monthly),
      tell: () => ({
        title: `${saying.doing} ${agentType} in ${category}: it got worse on ${since}`,
        reason: `since ${since} ${agentType} takes ${amount(measure, change.contrast.means[0])} an execution on like tasks, before ${amount(measure, change.contrast.means[1])}`,
        action: `Find out what changed for ${agentType} about ${since}, ${saying.look}, and take it back`,
        evidence: { since, ...facts(measure, change.contrast) },
      }),
    },
  ];
}

/** What a change comes to as a trial. */
export function trialOfChange(
  change: Change,
  measure: Measure,
  mix?: Mix,
): Pick<Trial, 'evidence' | 'effect' | 'metric'> {
  const stands = change.evidence > 1 && lasts(change, measure, mix);
  return {
    evidence: stands ? change.evidence : 0,
    effect: effectIn(change.contrast, measure),
    metric: measure.metric,
  };
}

/** The agent against all others that succeed no less, taken together, on like tasks. */
export function againstPeers(
  { category, performers }: Scene,
  performer: Performer,
  measure: Measure,
  saying: Saying,
): Trial[] {
  const { agentType, monthly } = performer;
  const peers = performers
    .filter((other) => other.agentType !== agentType)
    .filter((other) => other.whole.length > 0 && !succeedsLess(other, performer));
  const theirs = peers.flatMap((peer) => asItIs(peer, measure));
  const compared = [cellsOf(asItIs(performer, measure), measure), cellsOf(theirs, measure), measure] as const;
  const found = contrast(...compared);
  if (found === null) return [];
  const evidence = evidenceFor(found, measure);
  const names = peers.map((peer) => peer.agentType);
  return [
    {
      subject: PEERS,
      evidence: evidence > 1 && succeedNoLess(peers, performer, MARGIN, 'likely') ? evidence : 0,
      effect: effectIn(contrastOver('first', found, ...compared), measure),
      metric: measure.metric,
      monthlyExecutions: monthly.executions,
      monthlySpend: spendOf(measure.metric, monthly),
      tell: () => ({
        title: `${saying.doing} ${agentType} in ${category}: its peers take less`,
        reason: `on like tasks ${agentType} takes ${amount(measure, found.means[0])} an execution, its peers with no less success ${amount(measure, found.means[1])}`,
        action: `Find out what ${agentType} does that ${names.join(' and ')} do without, ${saying.look}`,
        evidence: { peers: names.join(', '), ...facts(measure, found) },
      }),
    },
  ];
}
