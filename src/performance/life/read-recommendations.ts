/** Reading recommendations. */
import { checkInput } from '../../shared/check-input.js';
import { NotFoundError } from '../../shared/errors.js';
import type { Store } from '../../store/store.js';
import { idSchema, type RecommendationQuery, recommendationQuerySchema } from './inputs.js';
import {
  publicRecommendation,
  type Recommendation,
  recommendationKey,
  recommendations,
} from './recommendation.js';

/**
 * Recommendations, highest priority first; those that are open unless other states are asked for.
 *
 * @throws InvalidInputError naming the field, the value and what is allowed
 */
export async function listRecommendations(
  store: Store,
  tenant: string,
  query: RecommendationQuery,
): Promise<Recommendation[]> {
  const { agentType, minPriority, states } = checkInput(recommendationQuerySchema, query);
  const found = await store.run((options) =>
    recommendations(store)
      .find(
        {
          tenant,
          state: { $in: states },
          priority: { $gte: minPriority },
          ...(agentType === undefined ? {} : { agentType }),
        },
        options,
      )
      .sort({ priority: -1, _id: 1 })
      .toArray(),
  );
  return found.map(publicRecommendation);
}

/**
 * One recommendation, in whatever state it is.
 *
 * @throws NotFoundError when there is none
 */
export async function readRecommendation(
  store: Store,
  tenant: string,
  given: string,
): Promise<Recommendation> {
  const { id } = checkInput(idSchema, { id: given });
  const found = await store.run((options) =>
    recommendations(store).findOne({ _id: recommendationKey(tenant, id), tenant }, options),
  );
  if (found === null) throw new NotFoundError('recommendation', id);
  return publicRecommendation(found);
}
