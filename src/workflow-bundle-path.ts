/** Where the prebuilt workflow bundle lies. */
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

export const WORKFLOW_BUNDLE = 'workflow-bundle.js';

/**
 * The bundle beside the compiled code; code that runs from its sources uses the one in `dist`.
 *
 * @throws Error when the project has not been built
 */
export function workflowBundlePath(): string {
  const places = [`./${WORKFLOW_BUNDLE}`, `../dist/${WORKFLOW_BUNDLE}`].map((place) =>
    fileURLToPath(new URL(place, import.meta.url)),
  );
  const found = places.find((place) => existsSync(place));
  if (found === undefined)
    throw new Error(`No workflow bundle at ${places.join(' or ')}: run "npm run build"`);
  return found;
}
