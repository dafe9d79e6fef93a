/** The demo's configuration: four repair agents that need no LLM, and plans that combine them. */
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { type Config, parseConfig } from '../config.js';
import type { PlanRequest } from '../shared/task.js';
import { repairMethods } from './repair/repair.js';

/** The repair program, compiled, or from its source where the project runs from its sources. */
function repairProgram(): string[] {
  const compiled = fileURLToPath(new URL('./repair/main.js', import.meta.url));
  if (existsSync(compiled)) return [process.execPath, compiled];
  return [process.execPath, '--import', 'tsx', fileURLToPath(new URL('./repair/main.ts', import.meta.url))];
}

/** Plans to choose among besides each agent alone: two agents, the second for what the first cannot mend. */
const fallbacks = [
  ['mutate', 'bisect'],
  ['lint-fix', 'mutate'],
] as const;

/** Makes the configuration; task queues are the run's own, so that runs at once do not mix. */
export function demoConfig(run: string): Config {
  return parseConfig(
    {
      temporal: { taskQueue: `journeyman-${run}` },
      agents: repairMethods.map((method) => ({
        type: method,
        kind: 'command',
        command: [...repairProgram(), '--method', method],
        taskQueue: `journeyman-${run}-${method}`,
        limits: { startToCloseSeconds: 60, maxConcurrent: 2 },
      })),
      plans: fallbacks.map((agents) => ({ strategy: 'sequential', agents: [...agents], onFailure: 'next' })),
    },
    'demo',
  );
}

/** Every plan that can be chosen, as requests: what runs beside draws from the same ones. */
export function demoPlans(config: Config): PlanRequest[] {
  return [
    ...config.agents.map(({ type }): PlanRequest => ({ strategy: 'single', agents: [type] })),
    ...config.plans,
  ];
}
