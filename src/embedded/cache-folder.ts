import { homedir } from 'node:os';
import { normalize } from 'node:path';
import { cacheFolder as cacheFolderOf } from '../shared/cache-folder.js';

/** The user's folder of downloads; it may not exist yet. */
export const cacheFolder = (env: NodeJS.ProcessEnv): string => normalize(cacheFolderOf(env, homedir()));
