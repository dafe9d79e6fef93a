/** How two versions of an item differ, for people and for programs. Pure. */
import type { Json } from '../../shared/agent-contract.js';
import type { KnowledgeVersion } from '../collections.js';
import { changesBetween, type JsonChange } from './json-changes.js';
import { versionedFields } from './next-version.js';

/** What differs between two versions. */
export interface VersionDiff {
  from: number;
  to: number;
  /** One line a change, e.g. `content.steps[2]: "run tests" → "run unit tests"`. */
  lines: string[];
  changes: JsonChange[];
}

/** Longest value that a line shows whole, in characters of JSON. */
const MAX_SHOWN = 160;
/** Most lines that are told. */
const MAX_LINES = 500;

export function versionDiff(from: KnowledgeVersion, to: KnowledgeVersion): VersionDiff {
  // What only one of them kept is not known to differ.
  const kept = versionedFields.filter((field) => from[field] !== undefined && to[field] !== undefined);
  const pick = (version: KnowledgeVersion): Json =>
    Object.fromEntries(kept.map((field) => [field, version[field] as Json]));
  const changes = changesBetween(pick(from), pick(to));
  return { from: from.version, to: to.version, changes, lines: describeChanges(changes) };
}

/** How one value differs from another, in lines such as `steps[2]: "run tests" → "run unit tests"`. */
export const describeDiff = (before: Json, after: Json): string[] =>
  describeChanges(changesBetween(before, after));

/** Changes in lines; of more than some hundreds, how many are left out. */
function describeChanges(changes: readonly JsonChange[]): string[] {
  const lines = changes.flatMap(linesOf);
  if (lines.length <= MAX_LINES) return lines;
  return [...lines.slice(0, MAX_LINES), `… and ${lines.length - MAX_LINES} more`];
}

function linesOf({ path, kind, before, after, from, parts }: JsonChange): string[] {
  const place = path === '' ? 'the whole' : path;
  if (kind === 'moved') return [`${place}: moved from [${from}]: ${shown(after)}`];
  if (kind === 'added') return [`${place}: added ${shown(after)}`];
  if (kind === 'removed') return [`${place}: removed ${shown(before)}`];
  if (parts === undefined) return [`${place}: ${shown(before)} → ${shown(after)}`];
  return parts.map((part) => {
    const where = part.line === null ? place : `${place}, line ${part.line}`;
    if (part.before === null) return `${where}: added ${shown(part.after)}`;
    if (part.after === null) return `${where}: removed ${shown(part.before)}`;
    return `${where}: ${shown(part.before)} → ${shown(part.after)}`;
  });
}

function shown(value: Json | undefined): string {
  const text = JSON.stringify(value) ?? '';
  return text.length <= MAX_SHOWN ? text : `${text.slice(0, MAX_SHOWN - 1)}…`;
}
