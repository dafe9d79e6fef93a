/** What an operator reads of a task in the Temporal UI. Pure. */
import type { KnowledgeExcerpt, Lesson } from '../shared/agent-contract.js';
import type { KnowledgeLookup, PlanChoice, TaskAnalysis, TaskProgress } from '../shared/task.js';

/** What is known of a task while it runs. */
export interface TaskKnown {
  choice: PlanChoice | null;
  analysis: TaskAnalysis | null;
  lessons: readonly Lesson[];
  knowledge: KnowledgeLookup;
  missing: readonly string[];
  news: readonly KnowledgeExcerpt[];
}

const MAX_LINES = 20;
// Titles and reasons come from agents: they must not become headings, links or images of the page.
const plain = (text: string): string =>
  text
    .replace(/[\r\n]+/g, ' ')
    .replace(/[`*_[\]<>#|\\]/g, '\\$&')
    .slice(0, 300);

/** Markdown: what was chosen and why, which lessons were given, and how each agent did. */
export function taskDetails(known: TaskKnown, { phase, agents, approval }: TaskProgress): string {
  const { choice, analysis, lessons, knowledge, missing, news } = known;
  const lines = [`**${phase}**`];
  if (approval !== undefined)
    lines.push(
      '',
      `**Waits for a person** until ${new Date(approval.deadline).toISOString()}, then: ${approval.onDeadline}`,
      '',
      plain(approval.question),
    );
  if (analysis !== null) lines.push('', `${plain(analysis.category)}, ${analysis.complexity}`);
  if (choice !== null)
    lines.push(
      '',
      `**Plan** \`${choice.plan.key}\``,
      ...choice.reason.split('\n').flatMap((line) => ['', plain(line)]),
    );
  if (missing.length > 0) lines.push('', `Went without: ${missing.join(', ')}`);
  if (lessons.length > 0)
    lines.push(
      '',
      `**Lessons given (${lessons.length})**`,
      '',
      ...lessons
        .slice(0, MAX_LINES)
        .map((lesson) => `- ${plain(lesson.title)} (${lesson.state}, ${lesson.confidence})`),
    );
  if (knowledge.items.length > 0)
    lines.push(
      '',
      `**Knowledge given (${knowledge.items.length})**`,
      '',
      ...knowledge.items.slice(0, MAX_LINES).map((item) => `- ${plain(item.title)} (${item.state})`),
    );
  if (news.length > 0)
    lines.push('', '**News**', '', ...news.slice(-MAX_LINES).map((item) => `- ${plain(item.title)}`));
  if (agents.length > 0)
    lines.push(
      '',
      '**Agents**',
      '',
      ...agents
        .slice(-MAX_LINES)
        .map((agent) => `- ${agent.agentType} (${agent.role}): ${agent.state} ${plain(agent.detail)}`),
    );
  return lines.join('\n');
}
