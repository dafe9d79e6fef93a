/** One world: what was learned, and tasks of which is known what would help them. */
import { seededUniform } from '../../src/evidence/random.js';
import type { Learning } from '../../src/learning/learning.js';
import { errorSignature } from '../../src/shared/error-signature.js';
import { learnedLesson } from './lesson.js';
import { errors, remarks, type Subject, strangers, subjects, type Topic } from './subjects.js';

/** By which of its marks a task can be told to need a lesson. */
export type TaskKind = 'words' | 'meaning' | 'category' | 'error' | 'near' | 'far';

export interface PlantedTask {
  kind: TaskKind;
  description: string;
  category: string | undefined;
  /** Lessons that help. Of `near` tasks only the subject is known, of `far` ones nothing at all. */
  relevant: ReadonlySet<string>;
  /** Lessons on the same subject: whether they help is a matter of taste, and not judged. */
  related: ReadonlySet<string>;
}

export interface World {
  learnings: Learning[];
  tasks: PlantedTask[];
}

/** Lessons that fit no task: a search has to leave them. */
const BYSTANDERS = 400;
const verbs = [
  'archive',
  'merge',
  'split',
  'sign',
  'rank',
  'sample',
  'pack',
  'trim',
  'label',
  'weigh',
  'print',
  'align',
];
const things = [
  'invoice',
  'branch',
  'tensor',
  'ticket',
  'panel',
  'sensor',
  'ledger',
  'gearbox',
  'sample',
  'socket',
];
const fields = [
  'payroll',
  'research',
  'printing',
  'warehouse',
  'telemetry',
  'shipyard',
  'museum',
  'laboratory',
];
/** Share of a condition's words that a task in like words uses. */
const WORDS_KEPT = 0.6;

/** @param seed the same one makes the same world */
export function plantedWorld(seed: number): World {
  const uniform = seededUniform(`relevance|${seed}`);
  const below = (limit: number): number => Math.floor(uniform() * limit);
  const oneOf = <T>(values: readonly T[]): T => values[below(values.length)] as T;

  const learnings: Learning[] = [];
  const lessonsOf = new Map<Topic, string>();
  for (const { category, topics } of subjects)
    for (const topic of topics) {
      if (topic.lesson === null) continue;
      const learning = learnedLesson({ category: null, words: topic.lesson, action: topic.action });
      learnings.push(learning, learnedLesson({ category, words: null, action: topic.action }));
      lessonsOf.set(topic, learning.id);
    }
  for (const { signature, action } of errors) learnings.push(learnedLesson({ signature, action }));
  for (let index = 0; index < BYSTANDERS; index += 1)
    learnings.push(
      learnedLesson({
        category: oneOf(fields),
        words: null,
        action: `${oneOf(verbs)}_${oneOf(things)}_${index}`,
      }),
    );

  const ofSubject = ({ topics, category }: Subject): Set<string> =>
    new Set([
      ...topics.flatMap((topic) => lessonsOf.get(topic) ?? []),
      ...learnings.filter((learning) => learning.category === category).map(({ id }) => id),
    ]);
  const say = (ask: string): string => {
    const before = Array.from({ length: below(3) }, () => oneOf(remarks));
    const after = Array.from({ length: below(4) }, () => oneOf(remarks));
    return [...before, ask, ...after].join(' ');
  };
  const inLikeWords = (condition: string): string =>
    condition
      .split(' ')
      .filter(() => uniform() < WORDS_KEPT)
      .join(' ');
  const tasks: PlantedTask[] = [];
  for (const subject of subjects) {
    const related = ofSubject(subject);
    const ofCategory = new Set(
      learnings.filter(({ category }) => category === subject.category).map(({ id }) => id),
    );
    for (const topic of subject.topics) {
      const lesson = lessonsOf.get(topic);
      const relevant = new Set(lesson === undefined ? [] : [lesson]);
      const plant = (kind: TaskKind, ask: string, more: Partial<PlantedTask> = {}): void => {
        tasks.push({ kind, description: say(ask), category: undefined, relevant, related, ...more });
      };
      for (const ask of topic.asks) {
        if (topic.lesson === null) {
          plant('near', ask);
          continue;
        }
        plant('meaning', ask);
        plant('words', inLikeWords(topic.lesson.condition));
        plant('category', ask, { category: subject.category, relevant: ofCategory });
        const { text, signature } = oneOf(errors);
        const helps = learnings.filter((learning) => learning.signature === signature);
        plant('error', `${ask}\n  at step 3: ${text(below(9_000) + 1)}\n`, {
          relevant: new Set(helps.map(({ id }) => id)),
        });
      }
    }
  }
  for (const { category, topics } of strangers)
    for (const ask of topics.flatMap(({ asks }) => asks))
      tasks.push({ kind: 'far', description: say(ask), category, relevant: new Set(), related: new Set() });
  return { learnings, tasks };
}

for (const { text, signature } of errors)
  if (errorSignature(text(7)) !== signature) throw new Error(`${text(7)} is not of ${signature}`);
