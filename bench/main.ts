/** `npm run bench -- <name> [--json] [options]`: side-by-side measurements. */
import { InvalidInputError } from '../src/shared/errors.js';
import { advice } from './advice/advice.js';
import type { Bench, BenchWithOptions } from './bench.js';
import { choice } from './choice/choice.js';
import { delivery } from './delivery/delivery.js';
import { extraction } from './extraction/extraction.js';
import { importing } from './import/import.js';
import { lookup } from './lookup/lookup.js';
import { overhead } from './overhead.js';
import { patterns } from './patterns/patterns.js';
import { optionsText, readOptions } from './read-options.js';
import { relevance } from './relevance/relevance.js';
import { selection } from './selection/selection.js';
import { statistics } from './statistics/statistics.js';

const benches: Record<string, Bench | BenchWithOptions> = {
  advice,
  choice,
  delivery,
  extraction,
  import: importing,
  lookup,
  overhead,
  patterns,
  relevance,
  selection,
  statistics,
};

const [name, ...words] = process.argv.slice(2);

try {
  const { options, run } = benchOf(name);
  const { json, values } = readOptions(words, options);
  const { figures, text } = await run(values);
  process.stdout.write(`${json ? JSON.stringify(figures, null, 2) : text}\n`);
} catch (error) {
  if (!(error instanceof InvalidInputError)) throw error;
  process.stderr.write(`${error.message}\n${usage()}\n`);
  process.exitCode = 2;
}

function benchOf(name: string | undefined): BenchWithOptions {
  const bench = name !== undefined && Object.hasOwn(benches, name) ? benches[name] : undefined;
  if (bench === undefined)
    throw new InvalidInputError('name', name ?? '', `one of ${Object.keys(benches).join(', ')}`);
  return typeof bench === 'function' ? { options: {}, run: bench } : bench;
}

function usage(): string {
  const bench = name !== undefined && Object.hasOwn(benches, name) ? benches[name] : undefined;
  const options = bench === undefined || typeof bench === 'function' ? {} : bench.options;
  return `Usage: npm run bench -- ${bench === undefined ? '<name>' : name} [${optionsText(options).replaceAll(', --', '] [--')}]`;
}
