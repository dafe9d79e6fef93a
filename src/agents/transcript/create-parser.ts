/** Finds the parser that a declaration names. */
import { pathToFileURL } from 'node:url';
import { z } from 'zod';
import { problemsOf, problemText } from '../../shared/problems.js';
import { AgentFailure } from '../agent-failure.js';
import { createStreamJsonParser } from './stream-json.js';
import { createTextParser } from './text.js';
import type { Clock, TranscriptParser, TranscriptState } from './transcript-parser.js';

/**
 * Makes a parser for one run.
 *
 * @param name `stream-json`, `text`, or the absolute path of a module that exports `createParser()`
 * @param clock by which actions are timed; without it they are not
 * @throws AgentFailure when the module cannot be loaded or makes no parser
 */
export async function createParser(name: string, clock?: Clock): Promise<TranscriptParser> {
  if (name === 'stream-json') return createStreamJsonParser(clock);
  if (name === 'text') return createTextParser();
  const module = `transcript parser ${JSON.stringify(name)}`;
  const why = (error: unknown): string => (error instanceof Error ? error.message : String(error));
  const loaded = await import(pathToFileURL(name).href).catch((error: unknown) => {
    throw new AgentFailure(`${module} cannot be loaded: ${why(error)}`);
  });
  const create: unknown = (loaded as { createParser?: unknown }).createParser;
  if (typeof create !== 'function') throw new AgentFailure(`${module} exports no function createParser`);
  let parser: unknown;
  try {
    parser = await create();
  } catch (error) {
    throw new AgentFailure(`${module}: createParser failed: ${why(error)}`);
  }
  if (!isParser(parser))
    throw new AgentFailure(`${module}: createParser must return an object with a function push and a state`);
  return guarded(parser, module);
}

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null;

const isParser = (value: unknown): value is TranscriptParser =>
  isObject(value) && typeof value['push'] === 'function' && isObject(value['state']);

const count = z.number().int().min(0);
/** What is read after every line; actions and their results are checked with the report. */
const stateSchema = z.object({
  actions: z.array(z.unknown()),
  results: z.array(z.unknown()),
  errors: z.array(z.string()),
  failure: z.string().optional(),
  iterations: count,
  tokens: z.object({ input: count, output: count, cachedInput: count.optional() }).optional(),
  cost: z.number().min(0).optional(),
  success: z.boolean().nullable(),
  ended: z.boolean().optional(),
  session: z.string().optional(),
  doing: z.string().optional(),
});

/** A parser of somebody else's, whose errors name it. */
function guarded(parser: TranscriptParser, module: string): TranscriptParser {
  return {
    push: (line) => {
      try {
        parser.push(line);
      } catch (error) {
        throw new AgentFailure(`${module} failed: ${error instanceof Error ? error.message : String(error)}`);
      }
    },
    get state(): TranscriptState {
      const { state } = parser;
      const parsed = stateSchema.safeParse(state);
      if (parsed.success) return state;
      const [problem] = problemsOf(parsed.error, state);
      throw new AgentFailure(
        `${module}: state.${problem === undefined ? 'is not allowed' : problemText(problem)}`,
      );
    },
  };
}
