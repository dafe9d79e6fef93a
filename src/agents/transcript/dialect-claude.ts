/**
 * Events of Claude Code: `claude -p --output-format stream-json --verbose`. Their shape is that of SDKMessage in
 * the documentation of the Claude Agent SDK and of `types.py` and `message_parser.py` in
 * anthropics/claude-agent-sdk-python.
 */
import type { Json } from '../../shared/agent-contract.js';
import { amountOf, countOf, type EventReader, type Fields, fieldsOf, listOf, textOf } from './event.js';
import type { TranscriptRecord } from './transcript-record.js';

interface Usage {
  input: number;
  cachedInput: number;
  output: number;
}
const nothing: Usage = { input: 0, cachedInput: 0, output: 0 };
const add = (one: Usage, other: Usage): Usage => ({
  input: one.input + other.input,
  cachedInput: one.cachedInput + other.cachedInput,
  output: one.output + other.output,
});

/** Messages of agents at work at once whose usage may still be told anew. */
const OPEN_MESSAGES = 100;

export function claudeEvents(record: TranscriptRecord): EventReader {
  /** Usage by message: several events may tell of the same message. */
  const recent = new Map<string, Usage>();
  let settled = nothing;
  let unnamed = 0;

  const spend = (id: string, usage: Usage): void => {
    recent.set(id, usage);
    const [oldest] = recent.entries();
    if (recent.size > OPEN_MESSAGES && oldest !== undefined) {
      settled = add(settled, oldest[1]);
      recent.delete(oldest[0]);
    }
    record.tokens = [...recent.values()].reduce(add, settled);
  };

  const onAssistant = (event: Fields): void => {
    const message = fieldsOf(event['message']);
    const isOwn = textOf(event['parent_tool_use_id']) === '';
    const id = textOf(message['id']) || `unnamed ${unnamed}`;
    const usage = usageOf(fieldsOf(message['usage']));
    if (isOwn && !recent.has(id)) record.iterations += 1;
    if (!recent.has(id) || usage.output > 0) spend(id, usage);
    const blocks = listOf(message['content']);
    for (const block of blocks) {
      if (block['type'] === 'tool_use' || block['type'] === 'server_tool_use')
        record.act(textOf(block['id']), textOf(block['name']), withoutCaption(block['input']));
    }
    const said = textIn(blocks);
    if (said !== '' && isOwn) record.say(said);
    else if (said !== '') record.does(said);
    const error = textOf(event['error']);
    if (error !== '') record.wentWrong(said === '' ? error : `${error}: ${said}`.slice(0, 300));
  };

  const onUser = (event: Fields): void => {
    unnamed += 1;
    for (const block of listOf(fieldsOf(event['message'])['content'])) {
      if (block['type'] !== 'tool_result') continue;
      const { content } = block;
      const output = Array.isArray(content) ? textIn(listOf(content)) : (content ?? undefined);
      record.resolve(
        textOf(block['tool_use_id']),
        block['is_error'] !== true,
        output,
        block['is_error'] === true ? plain(textOf(output)) : undefined,
      );
    }
  };

  const onResult = (event: Fields): void => {
    record.ended = true;
    record.success = event['subtype'] === 'success' && event['is_error'] !== true;
    const said = event['structured_output'] ?? event['result'];
    if (said !== undefined && said !== null) record.say(said as Json);
    const turns = amountOf(event['num_turns']);
    if (turns !== undefined) record.iterations = Math.round(turns);
    const cost = amountOf(event['total_cost_usd']);
    if (cost !== undefined) record.cost = cost;
    const total = totalUsage(event);
    if (total.input + total.output > 0) record.tokens = total;
    for (const denial of listOf(event['permission_denials'])) {
      const id = textOf(denial['tool_use_id']);
      if (record.isOpen(id)) record.resolve(id, false, undefined, 'permission denied');
    }
    if (record.success) delete record.failure;
    else record.failure = failureOf(event);
  };

  return (event) => {
    switch (event['type']) {
      case 'system':
        if (event['subtype'] !== 'init') return true;
        if (textOf(event['session_id']) !== '') record.session = textOf(event['session_id']);
        return true;
      case 'assistant':
        onAssistant(event);
        return true;
      case 'user':
        onUser(event);
        return true;
      case 'result':
        // Gemini CLI's results have a status instead.
        if (event['subtype'] === undefined && event['is_error'] === undefined) return false;
        onResult(event);
        return true;
      default:
        return false;
    }
  };
}

const textIn = (blocks: readonly Fields[]): string =>
  blocks
    .flatMap((block) => (block['type'] === 'text' ? [textOf(block['text'])] : []))
    .join('\n')
    .trim();

const plain = (text: string): string => text.replace(/<\/?tool_use_error>/g, '');

/** Input is what was sent, whether it was read from the cache, written into it, or neither. */
const usageOf = (usage: Fields): Usage => ({
  input:
    countOf(usage['input_tokens']) +
    countOf(usage['cache_creation_input_tokens']) +
    countOf(usage['cache_read_input_tokens']),
  cachedInput: countOf(usage['cache_read_input_tokens']),
  output: countOf(usage['output_tokens']),
});

/** Of all models, those of sub-agents too; `usage` alone is of the main conversation. */
function totalUsage(event: Fields): Usage {
  const byModel = Object.values(fieldsOf(event['modelUsage'])).map(fieldsOf);
  const all = byModel.map(camelUsage).reduce(add, nothing);
  if (all.input + all.output > 0) return all;
  const usage = fieldsOf(event['usage']);
  // Cursor writes the same names in camel case.
  return usage['inputTokens'] === undefined ? usageOf(usage) : camelUsage(usage);
}

const camelUsage = (usage: Fields): Usage =>
  usageOf({
    input_tokens: usage['inputTokens'],
    output_tokens: usage['outputTokens'],
    cache_read_input_tokens: usage['cacheReadInputTokens'] ?? usage['cacheReadTokens'],
    cache_creation_input_tokens: usage['cacheCreationInputTokens'] ?? usage['cacheWriteTokens'],
  });

function failureOf(event: Fields): string {
  const errors: unknown[] = Array.isArray(event['errors']) ? event['errors'] : [];
  const [first] = errors.map(textOf).filter((text) => text !== '');
  const subtype = textOf(event['subtype']);
  const said = first ?? textOf(event['result']);
  const kind = subtype === '' || subtype === 'success' ? 'error' : subtype;
  return said === '' ? kind : `${kind}: ${said}`;
}

/** A command comes with a caption for the reader, in other words each time: it is no part of what was done. */
function withoutCaption(input: unknown): unknown {
  const fields = fieldsOf(input);
  if (typeof fields['command'] !== 'string') return input;
  const { description: _, ...done } = fields;
  return done;
}
