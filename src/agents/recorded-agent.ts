/** Agents whose answers are in a file. */
import { createReadStream } from 'node:fs';
import { createInterface } from 'node:readline';
import type { AgentReport } from '../shared/agent-contract.js';
import type { RecordedAgent } from '../shared/agent-declaration.js';
import { preview } from '../shared/errors.js';
import { AgentFailure } from './agent-failure.js';
import type { AgentKind } from './agent-kind.js';
import { checkedReport } from './read-report.js';

/** Answers by what they answer. */
export interface RecordedAnswers {
  byTaskId: ReadonlyMap<string, AgentReport>;
  byDescription: ReadonlyMap<string, AgentReport>;
}

/** Answers each task from the declared file, found by the task's id or else by its description. */
export function recordedAgent(declaration: RecordedAgent): AgentKind {
  let answers: Promise<RecordedAnswers> | undefined;
  return async (task) => {
    answers ??= loadRecordedAnswers(declaration.file);
    const { byTaskId, byDescription } = await answers;
    const report = byTaskId.get(task.taskId) ?? byDescription.get(task.description);
    if (report === undefined) {
      throw new AgentFailure(`no recorded answer for task ${preview(task.taskId)} in ${declaration.file}`);
    }
    return report;
  };
}

/**
 * Reads a file of recorded answers: JSON lines of `taskId` or `description` (or both) and `report`.
 *
 * @throws AgentFailure naming file, line and field
 */
export async function loadRecordedAnswers(file: string): Promise<RecordedAnswers> {
  const byTaskId = new Map<string, AgentReport>();
  const byDescription = new Map<string, AgentReport>();
  const input = createReadStream(file, 'utf8');
  let number = 0;
  try {
    for await (const line of createInterface({ input, crlfDelay: Number.POSITIVE_INFINITY })) {
      number += 1;
      if (line.trim() === '') continue;
      const row = rowOf(line);
      if (row.taskId !== undefined) setOnce(byTaskId, 'taskId', row.taskId, row.report);
      // Tasks with ids may share a description; the first stands for it.
      if (
        row.description !== undefined &&
        !(row.taskId !== undefined && byDescription.has(row.description))
      ) {
        setOnce(byDescription, 'description', row.description, row.report);
      }
    }
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    throw new AgentFailure(number === 0 ? `${file}: ${why}` : `${file}:${number}: ${why}`);
  } finally {
    input.destroy();
  }
  return { byTaskId, byDescription };
}

function rowOf(line: string): { taskId?: string; description?: string; report: AgentReport } {
  let row: unknown;
  try {
    row = JSON.parse(line);
  } catch {
    throw new AgentFailure(`${preview(line)} is not JSON`);
  }
  if (row === null || typeof row !== 'object' || Array.isArray(row)) {
    throw new AgentFailure(`${preview(row)} is not allowed; expected an object`);
  }
  const { taskId, description, report } = row as Record<string, unknown>;
  const keys = { ...text('taskId', taskId), ...text('description', description) };
  if (taskId === undefined && description === undefined) {
    throw new AgentFailure('taskId: undefined is not allowed; expected a taskId or a description');
  }
  return { ...keys, report: checkedReport(report) };
}

function text(field: string, value: unknown): Record<string, string> {
  if (value === undefined) return {};
  if (typeof value === 'string' && value !== '') return { [field]: value };
  throw new AgentFailure(`${field}: ${preview(value)} is not allowed; expected text`);
}

function setOnce(answers: Map<string, AgentReport>, field: string, key: string, report: AgentReport): void {
  if (answers.has(key))
    throw new AgentFailure(`${field}: ${preview(key)} is not allowed; expected a new one`);
  answers.set(key, report);
}
