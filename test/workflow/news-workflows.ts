/** Workflows of a platform: one that takes news, and one that has no handler for them. */
import { condition } from '@temporalio/workflow';
import { receivedNews } from '../../src/workflows/learning-identity.js';

export async function listens(): Promise<string[]> {
  const news = receivedNews();
  await condition(() => news.length > 0);
  return news.map(({ id }) => id);
}

export async function isDeaf(): Promise<void> {
  await condition(() => false);
}
