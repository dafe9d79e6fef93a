/** The options that every command has, and what they resolve to. */
import { homedir } from 'node:os';
import path from 'node:path';
import type { Command } from 'commander';
import { type Config, loadConfig } from '../config.js';
import { checkedTenant } from '../task-request.js';

interface CommonOptions {
  config?: string;
  tenant?: string;
  data?: string;
  json?: boolean;
}

/** What every command starts from. */
export interface CommandContext {
  config: Config;
  tenant: string;
  /** Folder of the local servers. */
  dataDir: string;
  /** Print one JSON document on stdout, and nothing else there. */
  json: boolean;
}

/** Adds the options that may stand before or after a command's name. */
export function addCommonOptions(command: Command): Command {
  return command
    .option('--config <file>', 'configuration (default: journeyman.config.json of this folder, if there)')
    .option(
      '--tenant <name>',
      "whose tasks and learnings (default: the configuration's, or $JOURNEYMAN_TENANT)",
    )
    .option('--data <dir>', 'data folder of the local servers (default: $JOURNEYMAN_HOME or ~/.journeyman)')
    .option('--json', 'print one JSON document on stdout');
}

/**
 * Reads configuration and tenant.
 *
 * @param command the command that was called
 * @throws ConfigError when the configuration cannot be used
 * @throws InvalidInputError when the tenant's name is not allowed
 */
export async function commandContext(command: Command): Promise<CommandContext> {
  const options = command.optsWithGlobals<CommonOptions>();
  const config = await loadConfig(options.config);
  const { JOURNEYMAN_TENANT, JOURNEYMAN_HOME } = process.env;
  return {
    config,
    tenant: checkedTenant(options.tenant ?? config.tenant ?? (JOURNEYMAN_TENANT || 'default')),
    dataDir: path.resolve(options.data ?? (JOURNEYMAN_HOME || path.join(homedir(), '.journeyman'))),
    json: options.json === true,
  };
}
