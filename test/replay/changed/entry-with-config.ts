/** The entry for platforms, were it to export a function that belongs outside the sandbox. */
export { loadConfig } from '../../../src/config.js';
export { withLearning } from '../../../src/workflow.js';
