#!/usr/bin/env node
/** The `journeyman` program. */
import { runCli } from './program.js';

// Whoever reads may have seen enough: `journeyman tasks | head`.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code !== 'EPIPE') throw error;
  process.exit(0);
});
process.exitCode = await runCli(process.argv.slice(2));
