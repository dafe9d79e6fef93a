import { describe, expect, it } from 'vitest';
import type { LearningDraft } from '../../../src/learning/drafts.js';
import { featureKey } from '../../../src/learning/feature.js';
import { type Learning, learningId } from '../../../src/learning/learning.js';
import { type Findings, settle } from '../../../src/learning/settle.js';
import { madeLearning } from './made-learning.js';

const nothing: Findings = { harmful: new Map(), explained: new Map(), trends: new Map() };
const actionKey = (type: string, input?: Record<string, string>) =>
  featureKey({ kind: 'action', type, ...(input === undefined ? {} : { input }) });

/** What is drawn from the same rows as a learning again, but for what is given. */
function draftFor(learning: Learning, given: Partial<LearningDraft> = {}): LearningDraft {
  const {
    _id,
    tenant: _tenant,
    version: _version,
    origin: _origin,
    control: _control,
    agentTypes,
    firstSeen,
    lastSeen,
    ...content
  } = learning;
  return { ...content, seen: { first: firstSeen, last: lastSeen, agentTypes }, ...given };
}

const counts = (n: number, successes: number) => ({ n, successes, withoutN: 30, withoutSuccesses: 12 });
const settled = (drafts: LearningDraft[], stored: Learning[], findings: Partial<Findings> = {}) =>
  settle('t1', drafts, stored, { ...nothing, ...findings });

describe('what is stored', () => {
  it('is left alone when nothing changed, and so is what was settled a moment ago', () => {
    const learning = madeLearning();
    expect(settled([draftFor(learning)], [learning])).toEqual([]);
    const draft = draftFor(learning, { counts: counts(40, 30), stated: counts(40, 30) });
    const [once] = settled([draft], [learning]);
    expect(settled([draft], [once?.learning ?? learning])).toEqual([]);
  });

  it('gets new counts without a version while they say the same, and keeps the words', () => {
    const learning = madeLearning();
    const now = counts(21, 19);
    const advice =
      'Use `run-tests`: it goes with success. 19 of 21 runs with it succeeded, 12 of 30 without it.';
    const [moved] = settled([draftFor(learning, { counts: now, stated: now, advice })], [learning]);
    expect(moved).toMatchObject({ isNewVersion: false, isRetired: false });
    expect(moved?.learning).toMatchObject({
      version: 1,
      counts: now,
      stated: learning.stated,
      advice: learning.advice,
    });
  });

  it.each([
    ['a rate that moved', { counts: counts(20, 16), stated: counts(20, 16) }],
    ['half as many runs again', { counts: counts(30, 27), stated: counts(30, 27) }],
    ['another state', { state: 'candidate' as const }],
    ['another confidence', { confidence: 'VERY_HIGH' as const }],
    ['other words', { condition: 'The task is of category bug_fix, and urgent' }],
  ])('gets a version for %s', (_name, given) => {
    const learning = madeLearning();
    const [changed] = settled([draftFor(learning, given)], [learning]);
    expect(changed).toMatchObject({ isNewVersion: true, learning: { version: 2, ...given } });
  });

  it('keeps when it was seen first, and what people want of it', () => {
    const control = { disabled: true, pinned: false, edits: { title: 'Mine' } };
    const learning = madeLearning({ control });
    const seen = { first: new Date('2026-01-20'), last: new Date('2026-03-01'), agentTypes: ['tester'] };
    const [moved] = settled([draftFor(learning, { seen, state: 'candidate' })], [learning]);
    expect(moved?.learning).toMatchObject({
      control,
      firstSeen: learning.firstSeen,
      lastSeen: seen.last,
      agentTypes: ['coder', 'tester'],
    });
  });

  it('gives way to what was observed here, where it was imported', () => {
    const learning = madeLearning({
      origin: 'imported',
      control: { disabled: false, pinned: true, edits: null },
    });
    const [taken] = settled([draftFor(learning)], [learning]);
    expect(taken?.learning).toMatchObject({ origin: 'extracted', version: 2, control: { pinned: true } });
  });
});

describe('a learning is retired', () => {
  const learning = madeLearning();
  const retiredBy = (drafts: LearningDraft[], findings: Partial<Findings> = {}, stored = learning) => {
    const [gone] = settled(drafts, [stored], findings).filter(({ isRetired }) => isRetired);
    return gone?.learning;
  };
  const { id, type, verb } = learning;

  it('when nothing supports it any more', () => {
    expect(retiredBy([])).toMatchObject({
      state: 'retired',
      version: 2,
      retiredBecause: 'what was observed since no longer supports it',
      supersededBy: null,
    });
  });

  it('when showing it does harm, and when the newest runs say the opposite', () => {
    const harmful = new Map([[id, 'tasks shown it failed']]);
    expect(retiredBy([draftFor(learning)], { harmful })?.retiredBecause).toBe('tasks shown it failed');
    expect(retiredBy([], { harmful })?.retiredBecause).toBe('tasks shown it failed');
    const trends = new Map([[id, 'against' as const]]);
    expect(retiredBy([draftFor(learning)], { trends })?.retiredBecause).toBe(
      'the newest runs say the opposite',
    );
  });

  it('when a sharper one takes its place, and names it', () => {
    const sharper = madeLearning({
      pattern: { kind: 'action', group: 'bug_fix', action: actionKey('run-tests', { only: 'unit' }) },
    });
    expect(retiredBy([draftFor(sharper)])).toMatchObject({ supersededBy: sharper.id });
    const explained = new Map([[id, sharper.id]]);
    expect(retiredBy([draftFor(learning), draftFor(sharper)], { explained })).toMatchObject({
      supersededBy: sharper.id,
    });
  });

  it('when another one has come to speak for it', () => {
    const other = madeLearning({
      id: learningId(type, verb, 'bug_fix', actionKey('make')),
      pattern: { kind: 'action', group: 'bug_fix', action: actionKey('make') },
      aliases: [actionKey('run-tests')],
    });
    expect(retiredBy([draftFor(other)])).toMatchObject({
      supersededBy: other.id,
      retiredBecause: 'another lesson says the same',
    });
  });

  it('but never when people pinned it, nor when it is none of ours', () => {
    const pinned = madeLearning({ control: { disabled: false, pinned: true, edits: null } });
    const findings = { harmful: new Map([[id, 'harm']]), trends: new Map([[id, 'against' as const]]) };
    expect(retiredBy([], findings, pinned)).toBeUndefined();
    expect(retiredBy([draftFor(pinned)], findings, pinned)).toBeUndefined();
    expect(retiredBy([], {}, madeLearning({ origin: 'added' }))).toBeUndefined();
    expect(retiredBy([], {}, madeLearning({ origin: 'imported' }))).toBeUndefined();
  });
});

describe('a retired learning', () => {
  it('comes back when it is drawn again, in a version of its own', () => {
    const gone = madeLearning({ state: 'retired', retiredBecause: 'of old', version: 5 });
    const [back] = settled([draftFor(madeLearning())], [gone]);
    expect(back).toMatchObject({
      isNewVersion: true,
      learning: { state: 'asserted', retiredBecause: null, version: 6 },
    });
  });

  it('that was contradicted waits until the newest runs speak for it', () => {
    const gone = madeLearning({ state: 'retired', retiredBecause: 'the newest runs say the opposite' });
    const draft = draftFor(madeLearning());
    expect(settled([draft], [gone], { trends: new Map([[gone.id, 'unclear']]) })).toEqual([]);
    expect(settled([draft], [gone], { trends: new Map([[gone.id, 'with']]) })).toHaveLength(1);
  });

  it('that was superseded stays so as long as what took its place is asserted', () => {
    const sharper = madeLearning({
      pattern: { kind: 'action', group: 'bug_fix', action: actionKey('run-tests', { only: 'unit' }) },
    });
    const gone = madeLearning({
      state: 'retired',
      retiredBecause: 'a sharper one',
      supersededBy: sharper.id,
    });
    const draft = draftFor(madeLearning());
    expect(settled([draft, draftFor(sharper)], [gone, sharper])).toEqual([]);
    const alone = settled([draft], [gone]);
    expect(alone[0]?.learning).toMatchObject({ state: 'asserted', supersededBy: null });
  });
});
