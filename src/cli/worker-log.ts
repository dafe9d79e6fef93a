/** The worker's log on stderr: JSON lines for machines, plain ones on a terminal. */
import pc from 'picocolors';
import { pino } from 'pino';
import { plain } from './format.js';

type LogLevel = 'debug' | 'info' | 'warn' | 'error';
/** Writes one entry. */
export type Log = (level: LogLevel, message: string, details?: Record<string, unknown>) => void;

/**
 * Opens the log.
 *
 * @param json JSON lines even where stderr is a terminal
 */
export function openLog(json: boolean): Log {
  if (json || !process.stderr.isTTY) {
    const { err: error } = pino.stdSerializers;
    const options = { base: { pid: process.pid }, serializers: { error } };
    const logger = pino(options, pino.destination({ fd: 2, sync: true }));
    return (level, message, details = {}) => logger[level](details, message);
  }
  return (level, message, details = {}) => {
    const time = new Date().toTimeString().slice(0, 8);
    const pairs = Object.entries(details).map(([key, value]) => `${key}=${plain(textOf(value))}`);
    const line = [pc.dim(time), label(level), plain(message), pc.dim(pairs.join(' '))];
    process.stderr.write(`${line.filter((part) => part !== '').join(' ')}\n`);
  };
}

function textOf(value: unknown): string {
  if (value instanceof Error) return value.message;
  return typeof value === 'string' ? value : (JSON.stringify(value) ?? String(value));
}

function label(level: LogLevel): string {
  if (level === 'error') return pc.red('error');
  if (level === 'warn') return pc.yellow('warn ');
  return level === 'info' ? pc.cyan('info ') : pc.dim('debug');
}
