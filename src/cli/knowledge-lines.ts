/** An item as `journeyman knowledge show` tells it. Pure. */
import pc from 'picocolors';
import type { KnowledgeVersion } from '../knowledge/collections.js';
import type { Contradiction, Merge } from '../knowledge/likeness/read-likeness.js';
import type { ItemSource } from '../knowledge/provenance/sources.js';
import type { ItemAct } from '../knowledge/read-acts.js';
import type { MeasuredItem } from '../knowledge/usage/usage.js';
import type { Trust } from '../shared/terms.js';
import { field, prose } from './describe-execution.js';
import { moment, plain, share } from './format.js';
import { contentLines } from './knowledge-content.js';
import { idText, priorityText, stateText } from './knowledge-table.js';
import { wrap } from './wrap.js';

/** All that is told of one item. */
export interface WholeItem {
  item: MeasuredItem;
  sources: ItemSource[];
  versions: KnowledgeVersion[];
  merges: Merge[];
  contradictions: Contradiction[];
  acts: ItemAct[];
}

const MAX_LISTED = 8;
const INDENT = 12;

const trusts: Record<Trust, string> = {
  untrusted: "an agent's or a file's words: agents get them as data, not as instructions",
  derived: "Journeyman's own words about what it measured",
  trusted: "a person's words",
};

/** What `knowledge show` prints. */
export function describeItem({ item, sources, versions, merges, contradictions, acts }: WholeItem): string[] {
  const { usage } = item;
  return [
    ...wrap(`${pc.bold(plain(item.title))} ${pc.dim(`${item.id} v${item.version}`)}`, process.stdout.columns),
    ...field('Content', contentLines(item.content).flatMap(indented)),
    ...prose('Type', [
      `${item.type}, priority ${priorityText(item.priority)}, category ${plain(item.category)}`,
    ]),
    ...prose('State', [`${stateText(item)}${reasonText(item, acts)}`]),
    ...prose('Trust', [`${item.trust}: ${trusts[item.trust]}`]),
    ...prose('Shared', [
      `${moment(item.createdAt)} by ${plain(item.source)}${item.channel === null ? '' : ` in ${item.channel} (number ${item.sequence ?? '-'})`}`,
      `changed ${moment(item.updatedAt)}, ${item.lastUsedAt === null ? 'never used' : `last used ${moment(item.lastUsedAt)}`}`,
    ]),
    ...prose('Use', [
      `shown in ${count(usage.shown, 'task')}, applied ${count(usage.applied, 'time')}` +
        (usage.successRate === null
          ? ', outcomes not known yet'
          : `: ${usage.successes} of ${usage.successes + usage.failures} succeeded (${share(usage.successRate)})`),
    ]),
    ...prose('Agents', [
      `${count(item.votes, 'vote')} for it, ${item.downvotes} against; handed to ${count(item.views, 'agent')}; ` +
        `confirmed by ${count(item.confirmations, 'other agent')}, repeated ${count(item.repeats, 'time')}`,
    ]),
    ...prose('Tags', item.tags.length === 0 ? [] : [plain(item.tags.join(', '))]),
    ...prose('Learning', item.learningId === null ? [] : [`made from learning ${item.learningId}`]),
    ...prose('Disputed', contradictions.map(disputeText)),
    ...prose(
      'Merged',
      some(
        merges.map(({ id, title, at, reason }) => {
          const when = at === null ? '' : ` ${pc.dim(moment(at))}`;
          return `${idText(id)} "${plain(title)}"${when}${reason === null ? '' : `: ${plain(reason)}`}`;
        }),
      ),
    ),
    ...prose('Sources', sources.length === 0 ? [pc.dim('none is known')] : some(sources.map(sourceText))),
    ...prose(
      'Versions',
      some(
        versions
          .toReversed()
          .map(
            ({ version, at, by, changes }) => `v${version} ${moment(at)} by ${plain(by)}: ${plain(changes)}`,
          ),
      ),
    ),
    ...prose('Log', some(acts.map(actText))),
  ];
}

/** A source and what became of it. */
const sourceText = ({ kind, ref, at, with: beside, via, retractedBy }: ItemSource): string =>
  `${kind}:${plain(ref)} ${pc.dim(moment(at))}` +
  (beside.length === 0 ? '' : `, with ${plain(beside.join(', '))}`) +
  (via === null ? '' : `, by way of ${idText(via)}`) +
  (retractedBy === null ? '' : pc.red(`, retracted (${retractedBy})`));

const disputeText = ({ b, reason }: Contradiction): string =>
  `${idText(b.id)} "${plain(b.title)}" says otherwise${reason === null ? '' : `: ${plain(reason)}`}`;

/** One act of the log in words. */
function actText({ at, act, by, detail }: ItemAct): string {
  const text = (name: string): string | null => {
    const value = detail[name];
    return typeof value === 'string' && value !== '' ? plain(value) : null;
  };
  const [from, to] = [text('from'), text('to')];
  const moved = from === null || to === null || from === to ? '' : `, ${from} → ${to}`;
  const useful = detail['useful'];
  const vote = typeof useful === 'boolean' ? (useful ? ', useful' : ', not useful') : '';
  const about = text('into') ?? text('out') ?? text('other') ?? text('run') ?? text('file');
  const why = text('reason') ?? text('changes');
  return `${moment(at)} ${act} by ${plain(by)}${moved}${vote}${about === null ? '' : ` (${about})`}${why === null ? '' : `: ${why}`}`;
}

/** Why the item is in its state: the word that holds it there, else the reason of its last move. */
function reasonText(item: MeasuredItem, acts: readonly ItemAct[]): string {
  const { state, archival, deprecation } = item;
  const reasons = [
    ...(state === 'ARCHIVED' && archival !== null
      ? [`${plain(archival.by)}: ${plain(archival.reason)}`]
      : []),
    ...(state === 'ARCHIVED' && item.mergedInto !== null ? [`into ${item.mergedInto}`] : []),
    ...(state === 'DEPRECATED' && deprecation !== null
      ? [`${plain(deprecation.by)}: ${plain(deprecation.reason)}`]
      : []),
  ];
  if (reasons.length > 0) return `; ${reasons.join('; ')}`;
  const moved = acts.find(({ detail }) => detail['to'] === state && typeof detail['reason'] === 'string');
  return moved === undefined ? '' : `: ${plain(String(moved.detail['reason']))}`;
}

const some = (lines: readonly string[]): string[] =>
  lines.length <= MAX_LISTED
    ? [...lines]
    : [...lines.slice(0, MAX_LISTED), pc.dim(`and ${lines.length - MAX_LISTED} more`)];

/** Breaks a line at the terminal's edge, and keeps what follows as far in as its beginning. */
function indented(line: string): string[] {
  const lead = /^ *(?:- )?/.exec(line)?.[0].length ?? 0;
  const room = process.stdout.columns === undefined ? undefined : process.stdout.columns - INDENT - lead;
  const [first = '', ...rest] = wrap(line.slice(lead), room);
  return [line.slice(0, lead) + first, ...rest.map((each) => ' '.repeat(lead) + each)];
}

/** E.g. `1 vote`, `2 votes`. */
export const count = (n: number, what: string): string => `${n} ${what}${n === 1 ? '' : 's'}`;
