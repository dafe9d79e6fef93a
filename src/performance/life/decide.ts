/** What people decide on recommendations: each decision in one transaction with its event and what it changes. */
import { randomUUID } from 'node:crypto';
import type { ClientSession } from 'mongodb';
import { ConflictError, NotFoundError } from '../../shared/errors.js';
import type { PlanPreference } from '../../shared/plan-preference.js';
import { appendEvent } from '../../store/event-log.js';
import type { Store } from '../../store/store.js';
import { changesOf, preferenceOf } from './effects.js';
import {
  type Decision,
  publicRecommendation,
  type Recommendation,
  type RecommendationState,
  recommendationKey,
  recommendations,
} from './recommendation.js';

/** Where decisions go that change which plans are chosen. */
export interface PlanPreferences {
  prefer(store: Store, tenant: string, preference: PlanPreference, session: ClientSession): Promise<void>;
  /** @returns whether it stood */
  drop(store: Store, tenant: string, id: string, session: ClientSession): Promise<boolean>;
}

/** For those who only read, or follow all advice themselves. */
export const noPreferences: PlanPreferences = {
  prefer: () => Promise.resolve(),
  drop: () => Promise.resolve(false),
};

/** A decision on one recommendation. */
interface Act {
  act: 'accepted' | 'applied' | 'dismissed';
  from: readonly RecommendationState[];
}

const acts = {
  accept: { act: 'accepted', from: ['open'] },
  apply: { act: 'applied', from: ['open', 'accepted'] },
  dismiss: { act: 'dismissed', from: ['open', 'accepted', 'applied', 'verified'] },
} as const satisfies Record<string, Act>;

/** Who decides, and why. */
export interface Deciding {
  by: string;
  reason?: string;
}

/** On which recommendation. */
type Identified<T> = T & { id: string };

/**
 * Accepts: it is to be followed. Where that is a matter of which plans are chosen, they are preferred from now on,
 * and it counts as applied.
 *
 * @throws NotFoundError when there is no such recommendation
 * @throws ConflictError when it is not open
 */
export function accept(
  store: Store,
  tenant: string,
  deciding: Identified<Deciding>,
  plans: PlanPreferences,
): Promise<Recommendation> {
  return decide(store, tenant, acts.accept, deciding, async (one, decision, session) => {
    const { expectedImprovement: promised } = one;
    const preference = preferenceOf(one);
    if (preference === null) return { ...one, state: 'accepted', accepted: decision, promised };
    await plans.prefer(store, tenant, preference, session);
    return {
      ...one,
      ...{ state: 'applied', accepted: decision, applied: decision, promised, looks: 0 },
      changes: changesOf(preference),
    };
  });
}

/**
 * Says that it is followed from now on: what comes of it is measured from the next day.
 *
 * @throws NotFoundError when there is no such recommendation
 * @throws ConflictError when it is neither open nor accepted
 */
export function apply(store: Store, tenant: string, deciding: Identified<Deciding>): Promise<Recommendation> {
  return decide(store, tenant, acts.apply, deciding, (one, decision) =>
    Promise.resolve({
      ...one,
      ...{ state: 'applied', applied: decision, looks: 0 },
      accepted: one.accepted ?? decision,
      promised: one.promised ?? one.expectedImprovement,
    }),
  );
}

/**
 * Dismisses: it does not come back without new evidence. What accepting it changed is taken back.
 *
 * @throws NotFoundError when there is no such recommendation
 * @throws ConflictError when it is closed or dismissed already
 */
export function dismiss(
  store: Store,
  tenant: string,
  deciding: Identified<Required<Deciding>>,
  plans: PlanPreferences,
): Promise<Recommendation> {
  return decide(store, tenant, acts.dismiss, deciding, async (one, decision, session) => {
    const dropped = await plans.drop(store, tenant, one.id, session);
    const { changes: _, ...rest } = one;
    return {
      ...rest,
      ...{ state: 'dismissed', dismissed: decision },
      ...(dropped ? { changes: ['what was preferred by it is preferred no longer'] } : {}),
    };
  });
}

async function decide(
  store: Store,
  tenant: string,
  { act, from }: Act,
  { id, by, reason }: Identified<Deciding>,
  become: (one: Recommendation, decision: Decision, session: ClientSession) => Promise<Recommendation>,
): Promise<Recommendation> {
  const _id = recommendationKey(tenant, id);
  return store.transaction(async (session) => {
    const found = await recommendations(store).findOne({ _id, tenant }, { session });
    if (found === null) throw new NotFoundError('recommendation', id);
    if (!from.includes(found.state))
      throw new ConflictError(
        `recommendation ${id} is ${found.state}; only ${from.join(' or ')} can be ${act}`,
      );
    const at = new Date();
    const decision: Decision = { by, at, ...(reason === undefined ? {} : { reason }) };
    const before = publicRecommendation(found);
    const after: Recommendation = { ...(await become(before, decision, session)), updatedAt: at };
    await recommendations(store).replaceOne({ _id, tenant }, { tenant, ...after }, { session });
    await appendEvent(
      store,
      {
        _id: `${tenant}/recommendation/${randomUUID()}`,
        tenant,
        kind: 'item',
        ...{ itemId: `recommendation:${id}`, act: `recommendation.${act}`, at, by, generations: [] },
        detail: {
          round: after.round,
          from: before.state,
          to: after.state,
          ...(reason === undefined ? {} : { reason }),
          ...(after.changes === undefined ? {} : { changes: after.changes }),
          promised: after.promised ?? after.expectedImprovement,
        },
      },
      session,
    );
    return after;
  });
}
