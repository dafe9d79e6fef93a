/** Recorded runs in a neutral format: a run a line, and reading them as interactions. */
import { z } from 'zod';
import { allParts, type Interaction } from '../learning/interactions.js';
import { type AgentReport, actionSchema, resultSchema } from '../shared/agent-contract.js';
import { InvalidInputError } from '../shared/errors.js';
import { type JsonLine, JsonLines } from './json-lines.js';

const COUNT = 'a whole number from 0';
const COST = 'a number of USD from 0, or null';

const rowSchema = z.object({
  id: z.string().min(1, 'an id').max(400, 'at most 400 characters'),
  agentType: z.string().min(1, 'the type of the agent'),
  taskDescription: z.string().min(1, 'what the task was'),
  taskCategory: z.string().min(1, 'the category of the task'),
  context: z.record(z.string(), z.json()).default({}),
  actions: z.array(actionSchema),
  results: z.array(resultSchema),
  success: z.boolean('true or false'),
  iterations: z.number(COUNT).int(COUNT).min(0, COUNT).default(0),
  cost: z.number(COST).min(0, COST).nullable().default(null),
});
type Row = z.infer<typeof rowSchema>;

export interface InteractionsFile {
  file: string;
  /** In the file's order. */
  interactions: readonly Interaction[];
}

/**
 * Reads recorded runs line by line.
 *
 * @throws InvalidInputError naming file and line, the field, its value and what is allowed
 */
export async function readInteractionsFile(file: string): Promise<InteractionsFile> {
  const reader = new JsonLines(file, 'a recorded run');
  const interactions: Interaction[] = [];
  for await (const line of reader.lines()) {
    const row = reader.parse(rowSchema, line);
    checkResults(row, line);
    reader.noteId(row.id, line);
    interactions.push(interactionOf(row, line.number));
  }
  if (interactions.length === 0) throw new InvalidInputError(file, '', 'at least one run, one a line');
  return { file, interactions };
}

function checkResults({ actions, results }: Row, { at }: JsonLine): void {
  if (actions.length !== results.length)
    throw new InvalidInputError(
      `${at}: results`,
      `${results.length} results`,
      `one result an action (here are ${actions.length} actions)`,
    );
}

/** The run as the record of it would be, were it known in full. The files tell no times: their order stands for it. */
function interactionOf(row: Row, line: number): Interaction {
  const { id, agentType, taskDescription, taskCategory, context, success } = row;
  const source = 'verifier';
  const report: AgentReport = {
    success,
    actions: row.actions,
    results: row.results,
    iterations: row.iterations,
    errors: [],
    discoveries: [],
    applied: [],
    ...(row.cost === null ? {} : { cost: row.cost }),
  };
  return {
    _id: id,
    schemaVersion: 1,
    executionId: id,
    tenant: 'evaluation',
    taskId: id,
    workflowId: null,
    runId: null,
    firstRunId: null,
    origin: 'direct',
    description: taskDescription,
    context,
    learning: 'full',
    analysis: {
      complexity: 'MODERATE',
      category: taskCategory,
      requirements: [],
      keywords: [],
      suggestedAgents: [],
      estimatedDuration: 0,
      evidence: [],
    },
    choice: null,
    learnings: [],
    knowledge: [],
    missing: [],
    attempts: [
      { agentType, role: 'worker', report, success, source, durationMs: 0, elapsedMs: 0, decisive: true },
    ],
    ending: 'completed',
    outcome: { success, source },
    startedAt: line,
    endedAt: line,
    steps: { analyse: 0, lookUp: 0, execute: 0 },
    recordedAt: new Date(line),
    generations: [],
    parts: [...allParts],
  };
}
