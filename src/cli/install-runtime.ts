/** Temporal's runtime, set up for a command; it must be installed before the first worker connection. */
import { DefaultLogger, type LogEntry, makeTelemetryFilterString, Runtime } from '@temporalio/worker';
import type { Log } from './worker-log.js';

/**
 * Installs the runtime. Signals stay the command's own to handle.
 *
 * @param log where the SDK's warnings and errors go; without it, only its errors are printed
 * @param metricsAddress `host:port` that Prometheus metrics are served at
 * @throws Error when the port is taken
 */
export function installRuntime(log?: Log, metricsAddress?: string): void {
  const write = (entry: LogEntry): void => {
    const { sdkComponent: _, ...details } = entry.meta ?? {};
    // A worker that only hosts an agent has no workflows, on purpose.
    if (entry.message.startsWith('No workflows registered')) return;
    (log ?? printError)(levelOf(entry.level), entry.message, details);
  };
  const level = log === undefined ? 'ERROR' : 'WARN';
  Runtime.install({
    logger: new DefaultLogger(level, write),
    shutdownSignals: [],
    telemetryOptions: {
      logging: {
        filter: makeTelemetryFilterString({ core: log === undefined ? 'ERROR' : 'WARN', other: 'ERROR' }),
        forward: {},
      },
      ...(metricsAddress !== undefined && { metrics: { prometheus: { bindAddress: metricsAddress } } }),
    },
  });
}

const printError: Log = (level, message) => void process.stderr.write(`worker ${level}: ${message}\n`);

function levelOf(level: LogEntry['level']): Parameters<Log>[0] {
  if (level === 'ERROR') return 'error';
  if (level === 'WARN') return 'warn';
  return level === 'INFO' ? 'info' : 'debug';
}
