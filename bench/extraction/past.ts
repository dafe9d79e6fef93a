/** Executions as agents would have left them: tasks of differing difficulty, each tried a few times. */
import { seededUniform, type Uniform } from '../../src/evidence/random.js';
import type { Action, ActionResult } from '../../src/shared/agent-contract.js';
import type { ExecutionRecord } from '../../src/shared/task.js';

const CATEGORIES = [
  'bug_fix',
  'documentation',
  'refactoring',
  'testing',
  'data',
  'operations',
  'review',
  'search',
];
const AGENTS = ['coder', 'searcher', 'planner'];
const TRIALS = 5;
/** The past that is drawn: half a year. */
const SPAN_MS = 180 * 86_400_000;
const END = Date.UTC(2026, 0, 1);

const ERRORS = [
  'TypeError: cannot read properties of undefined',
  'AssertionError: 3 !== 4',
  "ENOENT: no such file or directory, open 'notes.txt'",
  'TimeoutError: no answer within 30 s',
  'SyntaxError: unexpected token } in line 12',
  'error: merge conflict in src/main.ts',
  'ModuleNotFoundError: no module named numpy',
  'PermissionError: permission denied',
];
const COMMANDS = [
  'npm test',
  'npm run build',
  'git status',
  'git diff',
  'ls -la',
  'grep -rn name src',
  'make all',
];
const TOOLS = ['read', 'edit', 'search', 'write', 'plan', 'ask'];

const pick = <T>(from: readonly T[], uniform: Uniform): T => from[Math.floor(uniform() * from.length)] as T;

/** The execution of a number; the same at any time. Trials of a task are neighbours. */
export function pastExecution(tenant: string, number: number, of: number): ExecutionRecord {
  const task = Math.floor(number / TRIALS);
  const kind = seededUniform(`task ${task}`);
  const category = pick(CATEGORIES, kind);
  const difficulty = kind();
  const uniform = seededUniform(`execution ${number}`);
  const agentType = pick(AGENTS, uniform);
  const careful = uniform() < 0.5;
  const steps: [Action, ActionResult][] = [];
  const add = (action: Action, error?: string): void => {
    steps.push([action, error === undefined ? { success: true } : { success: false, error }]);
  };
  const length = 4 + Math.floor(uniform() * 8);
  let bonus = careful ? 0.15 : -0.15;
  for (let at = 0; at < length; at += 1) {
    const draw = uniform();
    if (draw < 0.4)
      add({ type: pick(TOOLS, uniform), input: { path: `src/part-${Math.floor(uniform() * 40)}.ts` } });
    else if (draw < 0.75) add({ type: 'bash', input: { command: pick(COMMANDS, uniform) } });
    else {
      const error = pick(ERRORS, uniform);
      add({ type: 'bash', input: { command: 'npm test' } }, error);
      const repair = pick(['edit', 'write', 'ask'], uniform);
      const works = uniform() < (repair === 'edit' ? 0.8 : 0.3);
      add({ type: repair, input: { mode: pick(['small', 'large'], uniform) } });
      add({ type: 'bash', input: { command: 'npm test' } }, works ? undefined : error);
      bonus += works ? 0.05 : -0.05;
    }
  }
  if (careful) add({ type: 'check', input: { what: 'result' } });
  const success = uniform() < Math.min(0.95, Math.max(0.05, 1 - difficulty + bonus));
  const endedAt = END - SPAN_MS + Math.floor((SPAN_MS * number) / of);
  const iterations = 1 + Math.floor(uniform() * 6) + (careful ? 0 : 2);
  const plan = `single(${agentType})`;
  const id = `past-${number}`;
  return {
    schemaVersion: 1,
    executionId: `${tenant}/${id}/run`,
    tenant,
    taskId: id,
    workflowId: null,
    runId: null,
    firstRunId: null,
    origin: 'direct',
    description: `Task ${task}: change part ${task % 997} of the ${category} work`,
    context: { language: pick(['go', 'python', 'typescript'], kind), urgent: kind() < 0.3 },
    learning: 'full',
    analysis: {
      complexity: 'MODERATE',
      category,
      requirements: [],
      keywords: [],
      suggestedAgents: [],
      estimatedDuration: 60,
      evidence: [],
    },
    choice: {
      strategyId: `${plan}@${category}`,
      plan: {
        key: plan,
        strategy: 'single',
        agents: [],
        onFailure: 'next',
      },
      confidence: null,
      propensity: null,
      source: 'requested',
      reason: 'as drawn',
      candidates: [],
      learning: 'full',
    },
    learnings: [],
    knowledge: [],
    missing: [],
    attempts: [
      {
        agentType,
        role: 'worker',
        report: {
          success,
          output: 'x'.repeat(500),
          actions: steps.map(([action]) => action),
          results: steps.map(([, result]) => result),
          iterations,
          errors: [],
          discoveries: [],
          applied: [],
          cost: 0.01 * length,
        },
        success,
        source: 'verifier',
        durationMs: 1_000 * iterations,
        elapsedMs: 1_000 * iterations,
        decisive: true,
      },
    ],
    ending: 'completed',
    outcome: { success, source: 'verifier' },
    startedAt: endedAt - 1_000 * iterations,
    endedAt,
    steps: { analyse: 1, lookUp: 1, execute: 1_000 * iterations },
  };
}
