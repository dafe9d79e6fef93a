/** Agents that are language models behind an OpenAI-compatible endpoint. */
import type { AgentReport, AgentTask } from '../../shared/agent-contract.js';
import type { LlmAgent } from '../../shared/agent-declaration.js';
import { AgentFailure } from '../agent-failure.js';
import { type AgentKind, type KindRun, withNews } from '../agent-kind.js';
import { firstLine } from '../clip.js';
import { readAnswer } from '../prompt/read-answer.js';
import { loadTemplate, renderNews, renderPrompt } from '../prompt/render-prompt.js';
import { createScrubber, type Scrubber } from '../secrets.js';
import { troubleOf } from './call-trouble.js';
import { openEndpoint } from './endpoint.js';
import { StepMeter } from './step-meter.js';
import { runToolLoop } from './tool-loop.js';
import { readTools } from './tools/read-tools.js';
import { runTool } from './tools/run-tool.js';
import type { Tool } from './tools/tool.js';
import { writeTools } from './tools/write-tools.js';
import { WorkLog } from './work-log.js';

/** Tokens of what came between two steps that the model is told. */
const NEWS_TOKENS = 2_000;

/**
 * Gives the declared model the prompt and the tools that the declaration allows, over the task's workspace. Its
 * success is what it says by the tool `finish`, unknown when it just answers. Where all tools are turned off it is
 * offered none, for there are models that take none.
 *
 * Keys are read from the environment at each call, and nothing that comes back holds them.
 */
export function llmAgent(declaration: LlmAgent): AgentKind {
  const { price } = declaration;
  return async (task, run) => {
    const endpoint = openEndpoint(declaration, run.onBytes);
    const scrubber = createScrubber(endpoint.secrets);
    const meter = new StepMeter(price, run.onSpent);
    const log = new WorkLog(meter, price !== undefined, scrubber);
    const { model, apiKeyEnv } = declaration;
    const name = { endpoint: endpoint.name, model, apiKeyEnv, scrub: scrubber.text };
    const prompt = renderPrompt(await loadTemplate(declaration.prompt), task, declaration.prompt.maxTokens);
    const tools = toolsFor(declaration, task, run);
    const mayFinish = isAnyToolOn(declaration);
    try {
      const ending = await runToolLoop({
        model: endpoint.model,
        settings: declaration,
        system: systemText(declaration, task, mayFinish),
        prompt,
        tools,
        mayFinish,
        maxSteps: declaration.maxSteps,
        patience: {
          until: performance.now() + secondsFor(declaration, task) * 1_000,
          explain: (error) => troubleOf(error, name, Date.now()),
        },
        signal: run.signal,
        meter,
        scrubber,
        log,
        news: newsOf(task, run),
        onDoing: (doing) => run.onDoing(firstLine(scrubber.text(doing))),
      });
      const told = withNews(task, run);
      const { output, applied } = readAnswer(told, ending.output);
      const named = ending.applied.filter((id) => shownIn(told).has(id));
      return log.report({
        success: ending.success,
        output: output ?? null,
        applied: [...new Set([...applied, ...named])],
      });
    } catch (error) {
      throw failureOf(error, run.signal, scrubber, log.soFar());
    }
  };
}

/** What the model is told of what came while it works, each item once. */
function newsOf({ news }: AgentTask, { inbox }: KindRun): () => string | null {
  const told = new Set(news.map(({ id }) => id));
  return () => {
    const fresh = inbox.items.filter(({ id }) => !told.has(id));
    for (const { id } of fresh) told.add(id);
    return fresh.length === 0 ? null : renderNews(fresh, NEWS_TOKENS);
  };
}

/** Whatever ended the work, in words, with what was done and spent until then. */
function failureOf(
  error: unknown,
  signal: AbortSignal,
  scrubber: Scrubber,
  done: Partial<AgentReport>,
): AgentFailure {
  const cause: unknown = signal.aborted ? signal.reason : error;
  const said = cause instanceof AgentFailure ? cause.errors.map(scrubber.text) : [];
  const unnamed = signal.aborted ? 'cancelled' : String(cause);
  const reason = cause instanceof Error ? cause.message : unnamed;
  return new AgentFailure(scrubber.text(reason), said, done);
}

function toolsFor({ tools }: LlmAgent, { workspace }: AgentTask, run: KindRun): Tool[] {
  if (workspace === undefined) return [];
  const program = { folder: workspace, allowed: tools.run, seconds: tools.runSeconds };
  return [
    ...(tools.read ? readTools(workspace) : []),
    ...(tools.write ? writeTools(workspace) : []),
    ...(tools.run.length > 0 ? [runTool(program, run)] : []),
  ];
}

const isAnyToolOn = ({ tools }: LlmAgent): boolean => tools.read || tools.write || tools.run.length > 0;

/** The system's part of the conversation: the declared one, and how to work with what is offered. */
function systemText({ system }: LlmAgent, { workspace }: AgentTask, mayFinish: boolean): string {
  return [
    system ?? 'You work on a task, on your own: nobody answers questions.',
    ...(mayFinish && workspace !== undefined
      ? [
          'Your tools act on one working folder; paths are relative to it. When a tool fails, read why and go on.',
        ]
      : []),
    ...(mayFinish
      ? [
          'At the end call `finish` once: with your final answer, whether the task was done, and the ids of the lessons and knowledge that you used. Say success only of what you checked.',
        ]
      : []),
  ].join('\n\n');
}

const secondsFor = ({ limits }: LlmAgent, { caps }: AgentTask): number =>
  Math.min(limits.startToCloseSeconds, caps?.seconds ?? Number.POSITIVE_INFINITY);

const shownIn = ({ lessons, knowledge, news }: AgentTask): Set<string> =>
  new Set([...lessons, ...knowledge, ...news].map(({ id }) => id));
