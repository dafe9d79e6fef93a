/**
 * Transcripts of plain text. What aider prints of its edits, commits, tokens and costs is recognised: see
 * `coders/base_coder.py`, `repo.py` and `utils.py` of Aider-AI/aider.
 */
import { stripVTControlCharacters } from 'node:util';
import { TextTail } from './text-tail.js';
import type { TranscriptParser } from './transcript-parser.js';
import { TranscriptRecord } from './transcript-record.js';

const OUTPUT_BYTES = 64_000;
const LINE_CHARS = 64_000;

const tokensLine =
  /^Tokens: ([\d.]+)(k?) sent(?:, ([\d.]+)(k?) cache write)?(?:, ([\d.]+)(k?) cache hit)?, ([\d.]+)(k?) received\./;
const costPart = /\bCost: \$([\d.]+) message,(?: \$([\d.]+) session\.)?/;
const appliedLine = /^Applied edit to (.+)$/;
const commitLine = /^Commit ([0-9a-f]{7,40}) (.+)$/;
const errorStart = /^(?:(?:fatal )?error|fatal|[A-Za-z_.]*(?:Error|Exception))\b ?:/i;
const traceback = /^Traceback \(most recent call last\)/;

/** Makes a parser for one run. It never says how the run went: text does not tell. */
export function createTextParser(): TranscriptParser {
  const printed = new TextTail(OUTPUT_BYTES);
  const record = new TranscriptRecord(() => printed.text());
  record.iterations = 1;
  let answers = 0;
  let steps = 0;
  let inTraceback = false;

  const done = (type: string, input: object): void => {
    const id = `${(steps += 1)}`;
    record.act(id, type, input);
    record.resolve(id, true, undefined);
  };
  const spent = (match: RegExpExecArray): void => {
    const [, sent, sentK, , , hit, hitK, received, receivedK] = match;
    const before = record.tokens ?? { input: 0, output: 0, cachedInput: 0 };
    record.tokens = {
      input: before.input + thousands(sent, sentK),
      output: before.output + thousands(received, receivedK),
      cachedInput: (before.cachedInput ?? 0) + thousands(hit, hitK),
    };
    answers += 1;
    record.iterations = answers;
  };
  const errors = (line: string): void => {
    if (traceback.test(line)) inTraceback = true;
    else if (inTraceback && /^\S/.test(line)) {
      inTraceback = false;
      record.wentWrong(line.slice(0, 300));
    } else if (errorStart.test(line)) record.wentWrong(line.slice(0, 300));
  };

  return {
    push(raw) {
      const line = stripVTControlCharacters(raw.slice(0, LINE_CHARS)).replace(/\r$/, '');
      // A progress bar writes over itself.
      const shown = line.slice(line.lastIndexOf('\r') + 1);
      printed.push(shown);
      if (shown.trim() !== '') record.does(shown);
      const tokens = tokensLine.exec(shown);
      if (tokens !== null) spent(tokens);
      const cost = costPart.exec(shown);
      if (cost !== null)
        record.cost = cost[2] === undefined ? (record.cost ?? 0) + Number(cost[1]) : Number(cost[2]);
      const file = appliedLine.exec(shown)?.[1];
      if (file !== undefined) done('edit', { file });
      const commit = commitLine.exec(shown);
      if (commit !== null) done('commit', { hash: commit[1], message: commit[2] });
      errors(shown);
    },
    state: record,
  };
}

const thousands = (number: string | undefined, k: string | undefined): number =>
  Math.round(Number(number ?? 0) * (k === 'k' ? 1_000 : 1));
