/** What the subcommands of `knowledge` work with. */
import type { Command } from 'commander';
import { startAnnouncement } from '../knowledge/announce/announce.js';
import { KnowledgeBase } from '../knowledge/knowledge-base.js';
import { KnowledgeHub } from '../knowledge/knowledge-hub.js';
import { readExecutions } from '../recording/judged-executions.js';
import { openRetrieval, retrievalOptions } from '../retrieval/retrieval.js';
import { InvalidInputError } from '../shared/errors.js';
import { createRedactor } from '../shared/redact.js';
import { type CommandContext, commandContext } from './common-options.js';
import { plain } from './format.js';
import { localUser } from './local-user.js';
import { printStep } from './print.js';
import { type LocatedContext, openTemporal, withStore } from './servers.js';

export interface Knowledge {
  base: KnowledgeBase;
  hub: KnowledgeHub;
  context: CommandContext;
}

/** Runs what needs the tenant's knowledge, and closes the connections after it. */
export async function withKnowledge<T>(
  command: Command,
  action: (knowledge: Knowledge) => Promise<T>,
): Promise<{ context: CommandContext; answer: T }> {
  const context = await commandContext(command);
  const answer = await withStore(context, async (store, located) => {
    const { config, tenant } = located;
    const announcing: Promise<void>[] = [];
    const options = {
      settings: config.knowledge,
      executions: readExecutions,
      announce: (id: string): Promise<void> => {
        const told = announce(located, id);
        announcing.push(told);
        return told;
      },
    };
    const redactor = createRedactor(config.redact);
    // Reads nothing before something is searched for.
    const closeRetrieval = openRetrieval(
      store,
      retrievalOptions(config.retrieval, () => {}),
    );
    try {
      return await action({
        base: new KnowledgeBase(store, tenant, redactor, options),
        hub: new KnowledgeHub(store, tenant, redactor, options),
        context,
      });
    } finally {
      await Promise.all(announcing);
      closeRetrieval();
    }
  });
  return { context, answer };
}

/** Has running tasks told of an item; where Temporal is away, the next maintenance run does it. */
async function announce({ config, tenant }: LocatedContext, itemId: string): Promise<void> {
  try {
    const temporal = await openTemporal(config);
    try {
      await startAnnouncement(temporal, config.temporal.taskQueue, { tenant, itemId });
    } finally {
      await temporal.connection.close();
    }
  } catch {
    printStep('Temporal is out of reach: running tasks are told of it by the next maintenance run');
  }
}

/** Least of an id that may stand for the whole; those that Journeyman makes have 34 characters. */
const SHORTENED = /^k_[0-9a-f]{4,31}$/;

/**
 * The id that a person means: as given, or the only one that begins so.
 *
 * @throws InvalidInputError when several begin so
 */
export async function wholeId({ base }: Knowledge, given: string): Promise<string> {
  if (!SHORTENED.test(given)) return given;
  const [first, ...more] = await base.idsBeginning(given, 5);
  if (first === undefined || first === given) return given;
  if (more.length === 0) return first;
  throw new InvalidInputError(
    'id',
    given,
    `one item: ${[first, ...more].join(', ')}${more.length === 4 ? ' and more' : ''} begin so`,
  );
}

/**
 * The item that speaks for the one that a person means: itself, or what it was merged into; then this is told.
 *
 * @throws NotFoundError when the tenant has no such item
 */
export async function speakingId(
  knowledge: Knowledge,
  given: string,
  { itself = false }: { itself?: boolean } = {},
): Promise<string> {
  const id = await wholeId(knowledge, given);
  if (itself) return id;
  const { mergedInto, title } = await knowledge.base.get(id);
  if (mergedInto === null) return id;
  printStep(`${id} "${plain(title)}" was merged into ${mergedInto}, which speaks for it`);
  return mergedInto;
}

/** Who does so, by default who sits at the command line. */
export const actor = (by: string | undefined): string => by ?? localUser();

export const addBy = (command: Command): Command =>
  command.option('--by <name>', 'who does so (default: user@host)');

/** Adds the options of acts that are logged with a reason. */
export const addByAndReason = (command: Command): Command =>
  addBy(command.requiredOption('--reason <text>', 'why; kept in the log'));

export interface HandOptions {
  by?: string;
  reason: string;
}

export const byHand = ({ by, reason }: HandOptions) => ({ by: actor(by), reason });
