/** Takes the observations of interactions into a generation that is being built. */
import type { ClientSession } from 'mongodb';
import type { Store } from '../store/store.js';
import type { Interaction } from './interactions.js';
import { takeObservations } from './take-observations.js';
import { takenOf, wordsOn } from './taken-of.js';

/**
 * Takes in what interactions say, as it is known how they went, inside a transaction. Words that come later are
 * pending for the generation too, and correct it when they are consumed.
 */
export async function rebuildObservations(
  store: Store,
  tenant: string,
  generation: string,
  interactions: readonly Interaction[],
  session: ClientSession,
): Promise<void> {
  const words = await wordsOn(
    store,
    tenant,
    interactions.map(({ _id }) => _id),
    session,
  );
  const taken = interactions.flatMap((interaction) => {
    const said = words.get(interaction._id) ?? [];
    const all = [{}, ...said.map(({ _id }) => ({ eventId: _id }))];
    return takenOf(interaction, said, all);
  });
  await takeObservations(store, tenant, generation, taken, session);
}
