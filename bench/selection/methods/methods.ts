/** The methods of the comparison, by the names that the tables have. */
import type { MakeMethod } from '../method.js';
import { decayingShare, epsilonGreedy } from './epsilon-greedy.js';
import { discountedThompson, slidingWindowThompson } from './forgetful-thompson.js';
import { gittinsLike, greedy, hierarchical, knowledgeGradient, posteriorDraw } from './hierarchical.js';
import { informationDirected } from './information-directed.js';
import { linUcb } from './lin-ucb.js';
import { pacedThompson } from './paced-thompson.js';
import { shipping } from './shipping.js';
import { thompson } from './thompson.js';
import { topTwoThompson } from './top-two.js';
import { klUcb, ucb1, ucbTuned } from './upper-confidence.js';

/** What all others are laid beside. */
export const REFERENCE = 'thompson';
const SHIPPING = 'shipping';

export const methods: Readonly<Record<string, MakeMethod>> = {
  [REFERENCE]: thompson(),
  [SHIPPING]: shipping(),
  'thompson-by-category': thompson({ byCategory: true }),
  'thompson-sharp-x4': thompson({ sharpness: 4 }),
  'thompson-last-500': slidingWindowThompson(500),
  'thompson-discount-.998': discountedThompson(0.998),
  'thompson-top-two': topTwoThompson(),
  'epsilon-greedy-.1': epsilonGreedy(() => 0.1),
  'epsilon-greedy-decaying': epsilonGreedy(decayingShare),
  ucb1: ucb1(),
  'ucb1-narrow-x.1': ucb1(0.2),
  'ucb1-tuned': ucbTuned(),
  'kl-ucb': klUcb(),
  'information-directed': informationDirected(),
  'linucb-on-text': linUcb(0.5),
  'hierarchical-thompson': hierarchical(posteriorDraw()),
  'hierarchical-thompson-x.5': hierarchical(posteriorDraw(0.5)),
  'hierarchical-greedy': hierarchical(greedy),
  'hierarchical-gittins': hierarchical(gittinsLike),
  'hierarchical-knowledge': hierarchical(knowledgeGradient),
};

/** Methods that hold a budget. */
export const budgetMethods: Readonly<Record<string, MakeMethod>> = {
  'thompson-paced': pacedThompson(),
  [SHIPPING]: shipping(),
};

/** Methods that the changed worlds are played with by default. */
export const FOLLOWERS: readonly string[] = [
  REFERENCE,
  'thompson-last-500',
  'thompson-discount-.998',
  SHIPPING,
];
