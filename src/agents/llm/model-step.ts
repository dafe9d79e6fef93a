/** One call of the model, streamed. */
import { type LanguageModel, type ModelMessage, streamText, type ToolSet } from 'ai';
import type { LlmAgent } from '../../shared/agent-declaration.js';
import type { Usage } from '../price.js';
import { PROVIDER } from './endpoint.js';
import type { StepMeter } from './step-meter.js';

/** A call of a tool that the model asks for. */
export interface ToolCall {
  id: string;
  name: string;
  /** The arguments; as text when they are not JSON. */
  input: unknown;
  /** A mark that some models want to see again beside the call. */
  signature?: string;
}

export interface ModelAnswer {
  text: string;
  /** What the model thought aloud; some want to see it again. */
  reasoning: string;
  calls: ToolCall[];
  /** Why it ended: `stop`, `tool-calls`, `length`, `content-filter` or `other`. */
  finish: string;
}

export interface ModelRequest {
  model: LanguageModel;
  settings: Pick<LlmAgent, 'maxOutputTokens' | 'temperature'>;
  system: string;
  messages: ModelMessage[];
  tools: ToolSet;
  signal: AbortSignal;
  meter: StepMeter;
  onDoing: (doing: string) => void;
  /** Told the answer's text as far as it came. */
  onText: (text: string) => void;
}

/**
 * Asks the model once. Its tools are not run here: a call that fails half-way can then be repeated without
 * repeating what tools did.
 *
 * @throws what the endpoint, the connection or the stream failed with
 */
export async function askModel(request: ModelRequest): Promise<ModelAnswer> {
  const { meter } = request;
  // An answer that is given up must be given up at the endpoint too.
  const over = new AbortController();
  const stream = startStream(request, AbortSignal.any([request.signal, over.signal]));
  const answer: ModelAnswer = { text: '', reasoning: '', calls: [], finish: 'other' };
  let usage: Usage | null = null;
  try {
    for await (const part of stream) {
      switch (part.type) {
        case 'error':
          throw part.error;
        case 'abort':
          request.signal.throwIfAborted();
          break;
        case 'start-step':
          meter.answered(charsOf(request));
          request.onDoing('reads the answer');
          break;
        case 'text-delta':
          answer.text += part.text;
          request.onText(answer.text);
          meter.came(part.text.length);
          break;
        case 'reasoning-delta':
          answer.reasoning += part.text;
          meter.came(part.text.length);
          break;
        case 'tool-input-start':
          request.onDoing(`reads the answer: ${part.toolName}`);
          break;
        case 'tool-input-delta':
          meter.came(part.delta.length);
          break;
        case 'tool-call': {
          const signature = part.providerMetadata?.[PROVIDER]?.['thoughtSignature'];
          answer.calls.push({
            id: part.toolCallId,
            name: part.toolName,
            input: part.input,
            ...(typeof signature === 'string' ? { signature } : {}),
          });
          break;
        }
        case 'finish-step':
          answer.finish = part.finishReason;
          usage = usageOf(part.usage);
          break;
        default:
      }
    }
    return answer;
  } finally {
    meter.over(usage);
    over.abort();
  }
}

function startStream({ model, settings, system, messages, tools }: ModelRequest, abortSignal: AbortSignal) {
  return streamText({
    model,
    system,
    messages,
    tools,
    abortSignal,
    ...(settings.maxOutputTokens === undefined ? {} : { maxOutputTokens: settings.maxOutputTokens }),
    ...(settings.temperature === undefined ? {} : { temperature: settings.temperature }),
    // Its own retries wait at most a minute, whatever the endpoint asks for.
    maxRetries: 0,
    // By default it prints errors, with whatever the endpoint put into them.
    onError: () => undefined,
  }).fullStream;
}

/** What the assistant said, as the next request repeats it. Pure. */
export function assistantMessage({ text, reasoning, calls }: ModelAnswer): ModelMessage {
  return {
    role: 'assistant',
    content: [
      ...(reasoning === '' ? [] : [{ type: 'reasoning' as const, text: reasoning }]),
      ...(text === '' ? [] : [{ type: 'text' as const, text }]),
      ...calls.map(({ id, name, input, signature }) => ({
        type: 'tool-call' as const,
        toolCallId: id,
        toolName: name,
        input,
        // The provider takes the mark back under this name only.
        ...(signature === undefined ? {} : { providerOptions: { google: { thoughtSignature: signature } } }),
      })),
    ],
  };
}

const charsOf = ({ system, messages }: ModelRequest): number =>
  system.length + JSON.stringify(messages).length;

function usageOf(usage: {
  inputTokens: number | undefined;
  outputTokens: number | undefined;
  inputTokenDetails: { cacheReadTokens: number | undefined };
}): Usage | null {
  const { inputTokens, outputTokens, inputTokenDetails } = usage;
  if (inputTokens === undefined || outputTokens === undefined) return null;
  return { input: inputTokens, cached: inputTokenDetails.cacheReadTokens ?? 0, output: outputTokens };
}
