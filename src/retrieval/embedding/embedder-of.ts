/** The embedder that the configuration asks for. */
import { type Embedder, EmbeddingError } from './embedder.js';
import { type EndpointSettings, endpointEmbedder } from './endpoint-embedder.js';
import { findLocalModel } from './local-model.js';
import { openMiniLm } from './minilm.js';
import { rememberTexts } from './remember-texts.js';

/** `auto`: the local model where its files are there. `none`: search goes by words alone. Else an endpoint. */
export type EmbedderSetting = 'auto' | 'none' | EndpointSettings;

/**
 * Opens the embedder of a setting. Nothing is downloaded: that is for `journeyman models fetch`.
 *
 * @param say told once what was chosen, or why there is none
 * @returns null when search goes by words alone
 * @throws InvalidInputError when the key of an endpoint is not in the environment
 * @throws EmbeddingError when `JOURNEYMAN_MODEL_PATH` names a folder that cannot be used
 */
export async function embedderOf(
  setting: EmbedderSetting,
  env: Readonly<Record<string, string | undefined>>,
  say: (text: string) => void,
): Promise<Embedder | null> {
  if (setting === 'none') return null;
  if (setting !== 'auto') {
    const embedder = endpointEmbedder(setting, env);
    say(`Search by meaning: ${embedder.id}`);
    return rememberTexts(embedder);
  }
  const model = findLocalModel(env);
  if (model === null) {
    say('Search by words alone: there is no local model. "journeyman models fetch" fetches it.');
    return null;
  }
  try {
    const embedder = await openMiniLm(model);
    say(`Search by meaning: ${embedder.id} (${model.folder})`);
    return rememberTexts(embedder);
  } catch (error) {
    // What was named must work; what happened to be there need not.
    if (!(error instanceof EmbeddingError) || model.found === 'configured') throw error;
    say(`Search by words alone. ${error.message}`);
    return null;
  }
}
