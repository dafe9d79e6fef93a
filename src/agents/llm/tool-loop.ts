/** The model's work: asking it, doing what it asks for, telling it what came of that, until it is done. */
import { type JSONSchema7, jsonSchema, type ModelMessage, type ToolResultPart, type ToolSet } from 'ai';
import { z } from 'zod';
import { AgentFailure } from '../agent-failure.js';
import { clip } from '../clip.js';
import type { Scrubber } from '../secrets.js';
import {
  askModel,
  assistantMessage,
  type ModelAnswer,
  type ModelRequest,
  type ToolCall,
} from './model-step.js';
import { type Patience, patiently } from './patiently.js';
import { type Ending, FINISH, finishTool } from './tools/finish-tool.js';
import type { Tool } from './tools/tool.js';
import type { WorkLog } from './work-log.js';

/** Characters of a tool's answer that the model sees. */
const SHOWN_CHARS = 20_000;

export interface ToolLoop extends Pick<ModelRequest, 'model' | 'settings' | 'system' | 'meter'> {
  prompt: string;
  tools: readonly Tool[];
  /** Whether the model is asked to say at the end how it went. */
  mayFinish: boolean;
  maxSteps: number;
  patience: Pick<Patience, 'until' | 'explain'>;
  signal: AbortSignal;
  scrubber: Scrubber;
  log: WorkLog;
  onDoing: (doing: string) => void;
  /** What has come since it was last asked for, as a text for the model; null when nothing has. */
  news: () => string | null;
}

/** How the work ended by the model's own will; `success` is null when it did not say. */
export type LastWord = Omit<Ending, 'success'> & { success: boolean | null };

/**
 * Works step by step. The loop is driven here, one call of the model at a time, and tools are run between the
 * calls: so a call that fails half-way is repeated without repeating a tool, what was spent is known after each
 * call, and nothing is done any more once the signal is aborted.
 *
 * @throws AgentFailure when there is no answer to be had, or none within the steps
 */
export async function runToolLoop(loop: ToolLoop): Promise<LastWord> {
  let ending: Ending | undefined;
  const finish = loop.mayFinish ? [finishTool((said) => (ending = said))] : [];
  const tools = [...loop.tools, ...finish];
  const offered: ToolSet = Object.fromEntries(
    tools.map(({ name, description, input }) => [name, { description, inputSchema: schemaOf(input) }]),
  );
  const messages: ModelMessage[] = [{ role: 'user', content: loop.prompt }];
  for (let step = 1; step <= loop.maxSteps; step += 1) {
    const say = (doing: string): void => loop.onDoing(`step ${step}: ${doing}`);
    const news = loop.news();
    if (news !== null) messages.push({ role: 'user', content: news });
    const answer = await ask(loop, { messages, tools: offered }, say);
    if (answer.calls.length === 0) return { success: null, output: textOf(answer), applied: [] };
    messages.push(assistantMessage(answer));
    const results: ToolResultPart[] = [];
    for (const call of finishLast(answer.calls)) {
      loop.signal.throwIfAborted();
      const failed = results.some(({ output }) => output.type === 'error-text');
      say(describe(call));
      const began = performance.now();
      const tooEarly = failed && call.name === FINISH;
      const result = tooEarly
        ? { error: 'not yet: another call beside it failed; look at that first' }
        : await use(tools, call, loop);
      if (ending === undefined)
        loop.log.did(call.name, call.input, result, tooEarly ? null : (performance.now() - began) / 1_000);
      results.push(resultPart(call, result));
    }
    if (ending !== undefined) return { ...ending, output: ending.output.trim() || loop.log.text };
    messages.push({ role: 'tool', content: results });
  }
  throw new AgentFailure(`stopped after ${loop.maxSteps} steps (maxSteps) without an end`);
}

/** Arguments stay as the model gives them; the tool checks them itself, and fills in what may be left out. */
const schemaOf = (input: z.ZodObject) =>
  jsonSchema(z.toJSONSchema(input, { io: 'input', target: 'draft-7' }) as JSONSchema7);

async function ask(
  loop: ToolLoop,
  said: Pick<ModelRequest, 'messages' | 'tools'>,
  say: (doing: string) => void,
): Promise<ModelAnswer> {
  const { model, settings, system, meter, signal, log } = loop;
  signal.throwIfAborted();
  meter.step();
  const before = log.text;
  const answer = await patiently(
    () => {
      say('asks the model');
      log.text = before;
      const onText = (text: string): void => {
        if (text.trim() !== '') log.text = text;
      };
      return askModel({ model, settings, system, meter, signal, ...said, onDoing: say, onText });
    },
    { ...loop.patience, signal, onWait: say, onTrouble: (reason) => log.stumbled(reason) },
  );
  // Counting what the answer cost may have been what ended the call.
  signal.throwIfAborted();
  return answer;
}

/** The answer of a model that calls no tool; it must be whole. */
function textOf({ text, finish }: ModelAnswer): string {
  if (finish === 'content-filter')
    throw new AgentFailure("the endpoint's content filter held the answer back");
  if (finish === 'length')
    throw new AgentFailure(
      'the answer was cut off: it reached the longest that is allowed (maxOutputTokens)',
    );
  if (text.trim() === '') throw new AgentFailure('the model answered with nothing');
  return text;
}

/** Whatever the order, what is said of the end is about everything done in the step. */
const finishLast = (calls: readonly ToolCall[]): ToolCall[] => [
  ...calls.filter(({ name }) => name !== FINISH),
  ...calls.filter(({ name }) => name === FINISH),
];

type ToolResult = { output: string } | { error: string };

/** Runs a tool. Whatever fails is told to the model, and recorded, even where the call itself was ended. */
async function use(tools: readonly Tool[], call: ToolCall, { scrubber }: ToolLoop): Promise<ToolResult> {
  const shown = (text: string): string => clip(scrubber.text(text), SHOWN_CHARS);
  const tool = tools.find(({ name }) => name === call.name);
  if (tool === undefined) {
    const names = tools.map(({ name }) => name).join(', ') || 'none';
    return { error: shown(`there is no tool ${JSON.stringify(call.name)}; there are: ${names}`) };
  }
  try {
    return { output: shown(await tool.use(call.input)) };
  } catch (error) {
    return { error: shown(error instanceof Error ? error.message : String(error)) };
  }
}

const resultPart = ({ id, name }: ToolCall, result: ToolResult): ToolResultPart => ({
  type: 'tool-result',
  toolCallId: id,
  toolName: name,
  output:
    'error' in result
      ? { type: 'error-text', value: `error: ${result.error}` }
      : { type: 'text', value: result.output },
});

/** A call in one line, e.g. `read_file src/index.ts`. */
function describe({ name, input }: ToolCall): string {
  const { path, command } = (typeof input === 'object' && input !== null ? input : {}) as Record<
    string,
    unknown
  >;
  const about = Array.isArray(command) ? command.join(' ') : typeof path === 'string' ? path : '';
  return `${name} ${about}`;
}
