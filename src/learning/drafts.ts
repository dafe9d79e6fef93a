/** From the counters of a group to the learnings they support. Pure. */
import type { LessonAction } from '../shared/agent-contract.js';
import type { LearningType } from '../shared/terms.js';
import { lessonActionOf, parseActionKey } from './action-key.js';
import { groupBy } from './group-by.js';
import { type LearningContent, learningId, weightOf } from './learning.js';
import { type JudgedKind, patternId } from './patterns.js';
import { confidenceOf, judgePace, judgeRates, type PatternRow, type Verdict } from './verdict.js';
import {
  actionWording,
  paceWording,
  planWording,
  practiceWording,
  recoveryWording,
  type Wording,
} from './wording.js';

/** A learning before it is compared with what is stored. */
export interface LearningDraft extends LearningContent {
  id: string;
}

/** Fewest categories that make an action a best practice. */
const MIN_CATEGORIES = 2;

interface Reading {
  kind: JudgedKind;
  group: string;
  type: LearningType;
  verdict: Verdict;
  wording: Wording;
  category: string | null;
  signature?: string;
  action?: LessonAction | null;
}

function draft({ kind, group, type, verdict, wording, category, signature, action }: Reading): LearningDraft {
  const { verb, state, confidence, counts, pValue } = verdict;
  const common = { type, verb, state, confidence, counts, pValue, ...wording };
  return {
    id: learningId(type, verb, group, verdict.action),
    ...common,
    category,
    signature: signature ?? null,
    action: action ?? null,
    retiredBecause: null,
    pattern: { kind, group, action: verdict.action },
    patterns: [patternId({ kind, group, action: verdict.action })],
    weight: weightOf(common),
  };
}

/** Better than the rest may be shown as a candidate; worse has to be asserted first. */
function isWorthShowing({ verb, state }: Verdict): boolean {
  return verb === 'prefer' || state === 'asserted';
}

/** What the recoveries of an error signature teach; `category` is where the error is seen most. */
export function recoveryDrafts(
  signature: string,
  rows: readonly PatternRow[],
  category: string | null,
): LearningDraft[] {
  return judgeRates(rows)
    .filter(isWorthShowing)
    .map((verdict) => {
      const named = parseActionKey(verdict.action);
      return draft({
        kind: 'recovery',
        group: signature,
        type: 'ERROR_RECOVERY',
        verdict,
        wording: recoveryWording(signature, named, verdict),
        category,
        signature,
        action: lessonActionOf(verdict.verb, named),
      });
    });
}

/** What the actions taken in a category teach. */
export function actionDrafts(category: string, rows: readonly PatternRow[]): LearningDraft[] {
  return judgeRates(rows)
    .filter((verdict) => isWorthShowing(verdict) && verdict.counts.withoutN > 0)
    .map((verdict) => {
      const named = parseActionKey(verdict.action);
      return draft({
        kind: 'action',
        group: category,
        type: verdict.verb === 'prefer' ? 'SUCCESS_PATTERN' : 'FAILURE_PATTERN',
        verdict,
        wording: actionWording(category, named, verdict),
        category,
        action: lessonActionOf(verdict.verb, named),
      });
    });
}

/** What the plans run in a category teach: which succeed more, and which need fewer iterations. */
export function planDrafts(category: string, rows: readonly PatternRow[]): LearningDraft[] {
  const kind = 'plan';
  const common = { kind, group: category, category } as const;
  const strategies = judgeRates(rows)
    .filter((verdict) => isWorthShowing(verdict) && verdict.counts.withoutN > 0)
    .map((verdict) =>
      draft({
        ...common,
        type: 'TASK_STRATEGY',
        verdict,
        wording: planWording(category, verdict.action, verdict),
      }),
    );
  const quicker = judgePace(rows).map((verdict) =>
    draft({
      ...common,
      type: 'OPTIMIZATION',
      verdict,
      wording: paceWording(category, verdict.action, verdict),
    }),
  );
  return [...strategies, ...quicker];
}

/** What is asserted with high confidence in several categories; the successes of one action each. */
export function practiceDrafts(
  successes: readonly Pick<LearningContent, 'pattern' | 'counts' | 'pValue'>[],
): LearningDraft[] {
  const byAction = groupBy(successes, ({ pattern }) => pattern.action);
  return [...byAction].flatMap(([key, members]) => {
    const categories = [...new Set(members.map(({ pattern }) => pattern.group ?? ''))].sort();
    if (categories.length < MIN_CATEGORIES) return [];
    const sum = (name: keyof LearningContent['counts']) =>
      members.reduce((total, { counts }) => total + counts[name], 0);
    const counts = {
      n: sum('n'),
      successes: sum('successes'),
      withoutN: sum('withoutN'),
      withoutSuccesses: sum('withoutSuccesses'),
    };
    // It claims to hold in each of its categories, so it is as sure as the least sure of them.
    const pValue = Math.max(...members.map((member) => member.pValue));
    const n = Math.min(...members.map((member) => member.counts.n));
    const verb = 'prefer';
    const named = parseActionKey(key);
    const verdict: Verdict = {
      action: key,
      counts,
      verb,
      state: 'asserted',
      confidence: confidenceOf(pValue, n),
      pValue,
    };
    const common = { ...verdict, ...practiceWording(named, categories, verdict) };
    const type = 'BEST_PRACTICE';
    return [
      {
        id: learningId(type, verb, null, key),
        type,
        verb,
        title: common.title,
        condition: common.condition,
        advice: common.advice,
        text: common.text,
        state: common.state,
        confidence: common.confidence,
        counts,
        pValue,
        category: null,
        signature: null,
        action: lessonActionOf(verb, named),
        retiredBecause: null,
        pattern: { kind: 'action', group: null, action: key },
        patterns: categories.map((group) => patternId({ kind: 'action', group, action: key })),
        weight: weightOf(verdict),
      },
    ];
  });
}
