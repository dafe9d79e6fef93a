/** The knowledge that agents would have shared of recorded runs, in the words of the runs. Pure. */
import type { Interaction } from '../learning/interactions.js';
import { errorSignature } from '../shared/error-signature.js';
import type { KnowledgeType } from '../shared/terms.js';

/** An item to be. */
export interface SharedItem {
  type: KnowledgeType;
  title: string;
  content: string;
  category: string;
  agent: string;
}

const MOST_CHARS = 600;

const line = (text: string, most: number): string => text.replace(/\s+/gu, ' ').trim().slice(0, most).trim();
const body = (text: string): string => text.trim().slice(0, MOST_CHARS).trim();

/**
 * What the agent of a run met, by a rule that knows nothing of the runs: a WARNING for each distinct error (by its
 * signature and action), a SOLUTION for each action that went through after the same kind of action had failed, and
 * for a successful run a SOLUTION with what it came to at last. Items are the same to the letter only once: sharing
 * would not make a second one of them.
 */
export function itemsOfRuns(runs: readonly Interaction[]): SharedItem[] {
  const items = new Map<string, SharedItem>();
  for (const run of runs)
    for (const item of itemsOfRun(run)) {
      const key = JSON.stringify([item.type, item.title, item.content]);
      if (!items.has(key)) items.set(key, item);
    }
  return [...items.values()];
}

function itemsOfRun({ attempts, description, analysis, outcome }: Interaction): SharedItem[] {
  const category = analysis?.category ?? 'general';
  return attempts.flatMap(({ agentType: agent, report }) => {
    const found: SharedItem[] = [];
    const add = (type: KnowledgeType, title: string, content: string): void => {
      if (content !== '')
        found.push({ type, title: line(title, 200), content: body(content), category, agent });
    };
    const seen = new Set<string>();
    const failed = new Map<string, string>();
    for (const [at, action] of report.actions.entries()) {
      const result = report.results[at];
      if (result === undefined) continue;
      const input = textOf(action.input);
      const output = textOf(result.output);
      const error = result.error ?? (result.success ? undefined : 'failed');
      if (error !== undefined) {
        const signature = `${action.type} ${errorSignature(error)}`;
        if (!seen.has(signature))
          add('WARNING', `${action.type}: ${error}`, `${output || error}\n${line(input, 200)}`);
        seen.add(signature);
        failed.set(action.type, input);
      } else if (failed.has(action.type)) {
        add('SOLUTION', `${action.type} went through`, `${body(input)}\n${line(output, 300)}`);
        failed.delete(action.type);
      }
    }
    const last = report.actions.length - 1;
    const came = textOf(report.results[last]?.output) || textOf(report.actions[last]?.input);
    if (outcome.success === true) add('SOLUTION', description.split('\n', 1)[0] ?? description, came);
    return found;
  });
}

const textOf = (value: unknown): string =>
  value === undefined || value === null ? '' : typeof value === 'string' ? value : JSON.stringify(value);
