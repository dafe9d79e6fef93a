/** The words of a learning, by rule, with the numbers it stands on. Pure. */
import { type Feature, parseFeature } from './feature.js';
import type { PaceVerdict } from './inference/pace.js';
import type { Verdict } from './inference/verdict.js';
import { type Deed, deedOf, signatureText, signOf, typesOf } from './wording-feature.js';
import { certaintyText, effectText, paceText, plural, ratesText } from './wording-numbers.js';

/** What a reader, and a search, get. */
export interface Wording {
  title: string;
  condition: string;
  advice: string;
  text: string;
}

/** Features that are named beside the one that stands for them. */
const MAX_ALIASES = 2;

const capital = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1);
/** `bug fix tasks` of `bug_fix`. */
const tasksOf = (category: string): string =>
  category === 'unknown' ? 'tasks without a category' : `${category.replace(/[_-]+/g, ' ')} tasks`;
const ofCategory = (category: string): string =>
  category === 'unknown' ? 'The task has no known category' : `The task is of category ${category}`;

/** Words that tell a learning apart, without marks and placeholders. */
const words = (...texts: readonly string[]): string =>
  texts
    .join(' ')
    .replace(/<(?:n|path|text|id|hash)>/g, ' ')
    .replace(/[^\p{L}\p{N}_]+/gu, ' ')
    .trim();

/** What is done after an error: it ends the error, or does not. */
export function recoveryWording(signature: string, feature: Feature, verdict: Verdict): Wording {
  const error = `"${signatureText(signature)}"`;
  const { todo, doing } = deedOf(feature) ?? { todo: '', doing: '' };
  const { n, successes, withoutN, withoutSuccesses } = verdict.counts;
  const ended =
    `it ended the error in ${successes} of ${plural(n, 'try')}` +
    (withoutN === 0 ? '; nothing else was tried' : `, everything else in ${withoutSuccesses} of ${withoutN}`);
  const isCertain = verdict.state === 'asserted';
  const better = verdict.verb === 'prefer';
  const perhaps = better ? `it may help to ${todo}` : `${doing} may not help`;
  const surely = better ? `${todo} first` : `do something else than ${doing}`;
  return {
    title: `After ${error}, ${isCertain ? (better ? todo : `do not count on ${doing}`) : perhaps}`,
    condition: `An action failed with ${error}`,
    advice: sentences(`${capital(isCertain ? surely : perhaps)}: ${ended}`, ...numbers(verdict, feature)),
    text: words(signature, featureWords(feature)),
  };
}

/** What runs of a category do, or meet, that goes with success or with failure. */
export function actionWording(category: string, feature: Feature, verdict: Verdict): Wording {
  return {
    ...tendency(`In ${whereOf(category, feature)}`, feature, verdict),
    condition: conditionOf(category, feature),
    advice: sentences(leadOf(feature, verdict), ratesText(verdict), ...numbers(verdict, feature)),
    text: words(category, featureWords(feature)),
  };
}

function conditionOf(category: string, feature: Feature): string {
  if (feature.kind !== 'condition') return ofCategory(category);
  return `${ofCategory(category)}, and its context says ${feature.key}=${String(feature.value)}`;
}

const whereOf = (category: string, feature: Feature): string =>
  feature.kind === 'condition'
    ? `${tasksOf(category)} with ${feature.key}=${String(feature.value)}`
    : tasksOf(category);

/** A plan that does better, or worse, than the others in a category. */
export function planWording(category: string, feature: Feature, verdict: Verdict): Wording {
  return {
    ...tendency(`For ${tasksOf(category)}`, feature, verdict),
    condition: ofCategory(category),
    advice: sentences(
      leadOf(feature, verdict),
      ratesText(verdict, 'with other plans'),
      ...numbers(verdict, feature),
    ),
    text: words(category, featureWords(feature)),
  };
}

const measures = {
  iterations: { gain: 'fewer iterations', unit: 'iterations' },
  durationMs: { gain: 'less time', unit: 'time' },
  cost: { gain: 'less money', unit: 'money' },
} as const;

/** A plan, or a way to act, that gets to success with fewer iterations, in less time or for less money. */
export function paceWording(category: string, feature: Feature, verdict: PaceVerdict): Wording {
  const { gain, unit } = measures[verdict.measure];
  const { todo, doing } = deedOf(feature) ?? { todo: '', doing: signOf(feature) ?? '' };
  return {
    title: `For ${whereOf(category, feature)}, ${verdict.state === 'asserted' ? `${todo}: ${gain}` : `${doing} may take ${gain}`}`,
    condition: conditionOf(category, feature),
    advice: sentences(
      `${capital(doing)} ${verdict.state === 'asserted' ? 'takes' : 'may take'} ${gain} to success`,
      paceText(verdict, unit),
      certaintyText(verdict),
      ...aliasText(verdict, feature),
    ),
    text: words(category, featureWords(feature), gain),
  };
}

/** What is asserted in several categories. */
export function practiceWording(feature: Feature, categories: readonly string[], verdict: Verdict): Wording {
  const { todo, doing } = deedOf(feature) ?? { todo: '', doing: '' };
  const better = verdict.verb === 'prefer';
  return {
    title: better ? `Best practice: ${todo}` : `Best practice: avoid ${doing}`,
    condition: `The task is like those of ${listed(categories)}`,
    advice: sentences(
      `${capital(better ? todo : `avoid ${doing}`)}: it goes with ${better ? 'success' : 'failure'} in each of ${categories.length} categories`,
      ratesText(verdict),
      certaintyText(verdict),
    ),
    text: words(featureWords(feature), ...categories),
  };
}

function tendency(where: string, feature: Feature, verdict: Verdict): Pick<Wording, 'title'> {
  const { verb, state } = verdict;
  const deed = deedOf(feature);
  if (deed === null) {
    const is = state === 'asserted' ? 'is' : 'may be';
    return { title: `${where}, ${signOf(feature) ?? ''} ${is} a ${verb === 'prefer' ? 'good' : 'bad'} sign` };
  }
  if (state !== 'asserted') return { title: `${where}, ${perhaps(deed, verdict)}` };
  return { title: `${where}, ${verb === 'prefer' ? deed.todo : `avoid ${deed.doing}`}` };
}

/** A difference below half a point is none. */
const NO_DIFFERENCE = 0.005;

/** What can be said of a deed that is not told from chance. */
function perhaps({ todo, doing }: Deed, { verb, effect }: Verdict): string {
  if (Math.abs(effect) < NO_DIFFERENCE) return `${doing} may make no difference`;
  return verb === 'prefer' ? `it may help to ${todo}` : `${doing} may do harm`;
}

/** What to do about it. Seen beside the outcome, not drawn by lot: it goes with success, which is all that is known. */
function leadOf(feature: Feature, verdict: Verdict): string {
  const { verb, state } = verdict;
  const deed = deedOf(feature);
  const isCertain = state === 'asserted';
  if (deed === null)
    return verb === 'prefer'
      ? `Those who met it were ${isCertain ? '' : 'perhaps '}on a way that works: go on`
      : `Take it for a reason to ${isCertain ? 'change' : 'rethink'} the approach`;
  if (!isCertain) return capital(perhaps(deed, verdict));
  return verb === 'prefer'
    ? `${capital(deed.todo)}: it goes with success`
    : `Avoid ${deed.doing}: it goes with failure`;
}

const numbers = (verdict: Verdict, feature: Feature): string[] => [
  effectText(verdict),
  certaintyText(verdict),
  ...aliasText(verdict, feature),
];

/** What nearly the same runs did besides, so that it may as well be that; not what goes without saying. */
function aliasText({ aliases }: Pick<Verdict, 'aliases'>, feature: Feature): string[] {
  const types = new Set(typesOf(feature));
  const others = aliases.map(parseFeature).flatMap((alias) => {
    if (typesOf(alias).every((type) => types.has(type)) && alias.kind !== 'error') return [];
    return deedOf(alias)?.doing ?? signOf(alias) ?? [];
  });
  if (others.length === 0) return [];
  const more = others.length > MAX_ALIASES ? ` and ${others.length - MAX_ALIASES} more` : '';
  return [`Nearly the same runs show ${listed(others.slice(0, MAX_ALIASES))}${more}`];
}

const listed = (parts: readonly string[]): string =>
  parts.length < 2 ? parts.join('') : `${parts.slice(0, -1).join(', ')} and ${parts.at(-1)}`;

const sentences = (...parts: readonly string[]): string =>
  parts.map((part) => (/[.!?…]$/.test(part) ? part : `${part}.`)).join(' ');

/** The words of a feature that a task may have in common with it. */
function featureWords(feature: Feature): string {
  const deed = deedOf(feature)?.todo ?? signOf(feature) ?? '';
  const named = [...deed.matchAll(/`([^`]+)`/g)].map(([, name = '']) => name);
  const values = feature.kind === 'action' ? Object.values(feature.input ?? {}) : [];
  const own =
    feature.kind === 'error'
      ? [feature.signature]
      : feature.kind === 'condition'
        ? [String(feature.value)]
        : feature.kind === 'argument'
          ? [feature.name]
          : [];
  return [...named, ...values.map(String), ...own].join(' ');
}
