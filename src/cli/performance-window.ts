/** Which days and tasks the subcommands of `performance` are about, and whether an agent is known. */
import { type Command, Option } from 'commander';
import type { PerformanceOptimizer } from '../performance/performance-optimizer.js';
import { NotFoundError } from '../shared/errors.js';
import { parseLargeCount } from './arguments.js';
import { plain } from './format.js';

export interface WindowOptions {
  days?: number;
  from?: string;
  to?: string;
  category?: string;
}

/** Adds `--days`, or `--from`, and `--to`. */
export const addWindow = (command: Command): Command =>
  command
    .addOption(
      new Option('--days <n>', 'so many days, the last of them --to (default: 90)').argParser(
        parseLargeCount,
      ),
    )
    .addOption(
      new Option('--from <day>', 'from this day on, YYYY-MM-DD, UTC, in place of --days').conflicts('days'),
    )
    .option('--to <day>', 'up to this day, YYYY-MM-DD, UTC (default: today)');

export const addCategory = (command: Command): Command =>
  command.option('--category <name>', 'only tasks of this category');

/** What the options ask the Performance Optimizer for. */
export const windowQuery = ({ days, from, to, category }: WindowOptions) => ({ days, from, to, category });

/** Agents that are named where one is asked for that is not known. */
const MOST_NAMED = 10;

/**
 * Refuses agents of which nothing was ever recorded: most likely they are misspelt.
 *
 * @throws NotFoundError naming those that are known
 */
export async function checkAgents(optimizer: PerformanceOptimizer, ...agents: string[]): Promise<void> {
  const known = (await optimizer.statistics('agentType')).map(({ agentType = '' }) => agentType);
  const missing = agents.find((agent) => !known.includes(agent));
  if (missing === undefined) return;
  const more = known.length - MOST_NAMED;
  const names = known.slice(0, MOST_NAMED).map(plain).join(', ');
  const others =
    known.length === 0 ? 'nor of any other' : `but of ${names}${more > 0 ? ` and ${more} more` : ''}`;
  throw new NotFoundError('agent', missing, `no execution of it is recorded, ${others}`);
}
