/** `journeyman evaluate knowledge`: whether consolidation finds near-duplicates and contradictions that were planted. */
import { Command, Option } from 'commander';
import { startLocalServers } from '../embedded/index.js';
import { evaluateKnowledge, type KnowledgeEvaluation } from '../evaluate/evaluate-knowledge.js';
import { itemsOfRuns } from '../evaluate/knowledge-items.js';
import { readInteractionsFile } from '../evaluate/patterns-file.js';
import { embedderOf } from '../retrieval/embedding/embedder-of.js';
import { setUpStore } from '../setup.js';
import { openStore } from '../store/store.js';
import { commandContext } from './common-options.js';
import { printJson, printLine, printStep } from './print.js';

interface KnowledgeOptions {
  embedder?: 'auto' | 'none';
  seed: string;
}

const HELP = `
Examples:
  journeyman evaluate knowledge runs.jsonl more-runs.jsonl --json
  journeyman evaluate knowledge runs.jsonl --embedder none

A line of a file is a recorded run, as "journeyman evaluate patterns" reads them. Items are made of them in their own
words: a warning for each distinct error, a solution for each action that went through after it had failed, and for
each successful run one with what it came to. Then 20% near-duplicates, 5% contradictions and 100 items that only look
alike are planted, all is written to a database of its own on a local server, consolidated as the maintenance run
does, and removed.

Keys of --json: items, embedder (null: by words alone), seconds;
  duplicates, contradictions   planted, found, share; byKind; duplicates also by kinds that the limits of the
                               comparison were chosen by (familiar), and others (unfamiliar)
  lookalikes                   planted, and how many of them were merged all the same
  neighbours                   pairs of items nearest to each other: those that a rule calls distinct, and merged ones
  contradictionsMerged         contradictions that were merged
  unplantedMerges, unplantedMarks   the pairs that were merged or marked without having been planted`;

export function evaluateKnowledgeCommand(): Command {
  return new Command('knowledge')
    .description('plant near-duplicates and contradictions among knowledge, and see which are found')
    .argument('<files...>', 'JSON lines: a recorded run a line')
    .addOption(
      new Option(
        '--embedder <which>',
        "auto: the local model; none: by words alone (default: the configuration's)",
      ).choices(['auto', 'none']),
    )
    .option('--seed <text>', 'what is planted depends on it', '1')
    .addHelpText('after', HELP)
    .action(async (files: string[], { embedder: which, seed }: KnowledgeOptions, command: Command) => {
      const { json, config } = await commandContext(command);
      const read = await Promise.all(files.map((file) => readInteractionsFile(file)));
      const items = read.flatMap(({ interactions }) => itemsOfRuns(interactions));
      const embedder = await embedderOf(which ?? config.retrieval.embedder, process.env, printStep);
      const servers = await startLocalServers({ dataDir: null, onStep: printStep });
      const database = `journeyman_evaluation_${process.pid}`;
      const store = openStore({ uri: servers.mongo.uri, database, deadlineMs: 20_000 });
      try {
        await setUpStore(store);
        const tenant = 'evaluation';
        const evaluation = await evaluateKnowledge(store, items, {
          seed,
          embedder,
          tenant,
          onStep: printStep,
        });
        if (json) printJson(evaluation);
        else printLine(evaluationText(evaluation));
      } finally {
        await store.db.dropDatabase();
        await store.close();
        await servers.stop();
      }
    });
}

function evaluationText(evaluation: KnowledgeEvaluation): string {
  const { duplicates, contradictions, lookalikes, neighbours, unplantedMerges, unplantedMarks } = evaluation;
  const share = ({ planted, found }: { planted: number; found: number }): string => `${found} of ${planted}`;
  return [
    `${evaluation.items} items, consolidated in ${evaluation.seconds.toFixed(0)} s; embedder: ${evaluation.embedder ?? 'none'}`,
    '',
    `Near-duplicates merged      ${share(duplicates)}`,
    `  by familiar rewordings    ${share(duplicates.familiar)}`,
    `  by others                 ${share(duplicates.unfamiliar)}`,
    `Contradictions marked       ${share(contradictions)}`,
    `Lookalikes merged           ${lookalikes.merged} of ${lookalikes.planted}`,
    `Distinct neighbours merged  ${neighbours.merged} of ${neighbours.distinct}`,
    `Merged, not planted         ${unplantedMerges.count}, ${unplantedMerges.distinct} of them distinct by the rule`,
    `Marked, not planted         ${unplantedMarks.count}`,
  ].join('\n');
}
