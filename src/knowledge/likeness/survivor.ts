/** Which of two items that say the same speaks for both. Pure. */
import { trustLevels } from '../../shared/terms.js';
import type { KnowledgeDocument } from '../collections.js';

/** What the choice looks at. */
export type Candidate = Pick<
  KnowledgeDocument,
  | 'id'
  | 'type'
  | 'channel'
  | 'state'
  | 'priority'
  | 'trust'
  | 'learningId'
  | 'votes'
  | 'downvotes'
  | 'confirmations'
  | 'createdAt'
>;

/** What an item that has less of it never swallows: proof by use, urgency, whose words they are. */
const standing = ({ state, priority, trust }: Candidate): number[] => [
  state === 'VALIDATED' ? 1 : 0,
  priority === 'CRITICAL' ? 1 : 0,
  trustLevels.indexOf(trust ?? 'untrusted'),
];

/**
 * Whether one item may be merged into another that says the same: warnings only into warnings, items of a channel
 * only into the same one (items of no channel into any, and any into them), nothing into what has less standing,
 * and nothing that was made from a learning, which goes on speaking for that.
 */
function maySwallow(into: Candidate, from: Candidate): boolean {
  if (from.learningId != null) return false;
  if ((into.type === 'WARNING') !== (from.type === 'WARNING')) return false;
  if (into.channel !== null && from.channel !== null && into.channel !== from.channel) return false;
  const theirs = standing(from);
  return standing(into).every((value, at) => value >= (theirs[at] ?? 0));
}

/**
 * Chooses between two items that say the same. The one of more standing survives; of equals the one that more
 * agents found useful (votes for it and confirmations, less votes against it), then the older one, then the one
 * with the lower id.
 *
 * @returns null when neither may swallow the other: both stay
 */
export function chooseSurvivor<T extends Candidate>(a: T, b: T): { into: T; from: T } | null {
  const ways = [
    { into: a, from: b },
    { into: b, from: a },
  ].filter(({ into, from }) => maySwallow(into, from));
  if (ways.length < 2) return ways[0] ?? null;
  return better(a, b) ? { into: a, from: b } : { into: b, from: a };
}

const usefulness = ({ votes, downvotes, confirmations }: Candidate): number =>
  votes + (confirmations ?? 0) - (downvotes ?? 0);

function better(a: Candidate, b: Candidate): boolean {
  const differences = [
    usefulness(a) - usefulness(b),
    b.createdAt.getTime() - a.createdAt.getTime(),
    a.id < b.id ? 1 : -1,
  ];
  return (differences.find((difference) => difference !== 0) ?? 0) > 0;
}
