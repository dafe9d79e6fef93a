/** ITERATION_REDUCTION: more iterations than earlier, or than peers. Pure. */
import { iterations } from './measures.js';
import type { Scene } from './scene.js';
import { againstEarlier, againstPeers } from './slack.js';
import type { Family } from './trial.js';

const saying = { doing: 'Reduce iterations of', look: 'such as its instructions, examples and checks' };

export const iterationReduction = (scene: Scene): Family[] =>
  scene.performers.map((performer) => ({
    type: 'ITERATION_REDUCTION',
    agentType: performer.agentType,
    trials: [
      ...againstEarlier(scene, performer, iterations, saying),
      ...againstPeers(scene, performer, iterations, saying),
    ],
  }));
