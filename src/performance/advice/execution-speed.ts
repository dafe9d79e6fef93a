/** EXECUTION_SPEED: slow against itself earlier, a step that grew, or slow against peers. Pure. */

import { seconds } from './measures.js';
import type { Performer, Scene } from './scene.js';
import { againstEarlier, againstPeers } from './slack.js';
import { queueStep, taskSteps, toolSteps } from './steps.js';
import type { Family } from './trial.js';

const saying = { doing: 'Speed up', look: 'beginning with the steps that take longest' };

/** Tests every agent, its tools and its queue; the steps of tasks under the agent that does most of them. */
export const executionSpeed = (scene: Scene): Family[] =>
  scene.performers.map((performer: Performer, place) => ({
    type: 'EXECUTION_SPEED',
    agentType: performer.agentType,
    trials: [
      ...againstEarlier(scene, performer, seconds, saying),
      ...againstPeers(scene, performer, seconds, saying),
      ...queueStep(scene, performer),
      ...toolSteps(scene, performer),
      ...(place === 0 ? taskSteps(scene, performer) : []),
    ],
  }));
