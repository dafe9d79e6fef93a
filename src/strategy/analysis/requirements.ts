/** What a task asks for, each with the words that say so. Pure. */
import type { Json } from '../../shared/agent-contract.js';
import { requirementRules } from './lexicon.js';
import type { TaskText } from './read-text.js';
import { signsIn, signTable } from './signs.js';

const MAX_NAMED = 3;
const rules = requirementRules.map(({ name, strong, weak }) => ({
  name,
  table: signTable([...strong, ...weak].filter((sign) => sign !== '')),
}));

/**
 * The requirements, in the order of the lexicon. Words in quoted code, in names and in what the text refuses are no
 * requirements.
 *
 * @param counts which of the words are not refused
 */
export function requirementsOf(
  text: TaskText,
  counts: readonly boolean[],
  context: Readonly<Record<string, Json>>,
): { requirements: string[]; evidence: string[] } {
  const { tokens, files } = text;
  const wanted = counts.map((stands, at) => stands && tokens[at]?.kind === 'prose');
  const evidence: string[] = [];
  const requirements = rules.flatMap(({ name, table }) => {
    const signs = signsIn(text, table, wanted).slice(0, MAX_NAMED);
    const said = signs.map((sign) => `"${sign.text}"`);
    if (name === 'multiple_files' && files.length > 1)
      said.push(`${files.length} files named, e.g. ${files.slice(0, 2).join(', ')}`);
    if (context[name] === true) said.push('the context says so');
    if (said.length === 0) return [];
    evidence.push(`requires ${name}: ${said.join(', ')}`);
    return [name];
  });
  return { requirements, evidence };
}
