/** One pass of an announcement, as an activity. */
import { Context } from '@temporalio/activity';
import { type PassCursor, tellRunningTasks } from '../knowledge/announce/tell-running-tasks.js';
import type { AnnounceActivities } from '../shared/activities.js';
import type { ActivityDependencies } from './dependencies.js';

const HEARTBEAT_MS = 5_000;

export function announceActivities({
  store,
  searchAttributes,
}: Pick<ActivityDependencies, 'store' | 'searchAttributes'>): AnnounceActivities {
  return {
    async announceKnowledge(request) {
      const context = Context.current();
      const from = context.info.heartbeatDetails as PassCursor | null | undefined;
      let cursor = from ?? undefined;
      const heart = setInterval(() => context.heartbeat(cursor), HEARTBEAT_MS);
      try {
        return await tellRunningTasks(store, context.client, request, {
          searchAttributes: await searchAttributes(),
          onPage: (reached) => {
            cursor = reached;
            context.heartbeat(reached);
          },
          ...(cursor === undefined ? {} : { from: cursor }),
        });
      } finally {
        clearInterval(heart);
      }
    },
  };
}
