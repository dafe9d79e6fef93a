/** How confidence came true, for a person. */
import type { ReliabilityBin, Scores } from '../evaluate/calibration.js';
import type { Calibration } from '../evaluate/forecasts.js';
import { tableText } from './print.js';

/** Characters from a probability of 0 to one of 1, both included. */
const SPAN = 21;

/** A table of bins with a picture, and the scores beside those of base rates. */
export function reliabilityTable(calibration: Calibration, width: number | undefined): string {
  const bins = tableText(
    [
      { title: 'confidence' },
      { title: 'predicted', align: 'right' },
      { title: 'came true', align: 'right' },
      { title: '95%', align: 'right', spare: 1 },
      { title: 'tasks', align: 'right', spare: 0 },
      { title: `0${'1'.padStart(SPAN - 1)}` },
    ],
    calibration.bins.map((bin) => [
      `${bin.low.toFixed(1)} to ${bin.high.toFixed(1)}`,
      bin.predicted.toFixed(3),
      bin.cameTrue.toFixed(3),
      `${bin.interval.low.toFixed(2)} to ${bin.interval.high.toFixed(2)}`,
      String(bin.n),
      picture(bin),
    ]),
    width,
  );
  const score = (name: string, { ece, brier, logLoss }: Scores): string[] => [
    name,
    ...[ece, brier, logLoss].map((value) => value.toFixed(4)),
  ];
  const scores = tableText(
    [
      { title: 'predicted by' },
      { title: 'calibration error', align: 'right' },
      { title: 'Brier score', align: 'right' },
      { title: 'log loss', align: 'right' },
    ],
    [
      score('Journeyman', calibration.ours),
      score("the agent's base rate (hindsight)", calibration.baseRate),
      score('its base rate so far', calibration.runningBaseRate),
    ],
    width,
  );
  return [bins, '| predicted, o came true, - its 95% interval, X both', '', scores].join('\n');
}

/** What was predicted, what came true and how sure that is, on a line from 0 to 1. */
function picture({ predicted, cameTrue, interval }: ReliabilityBin): string {
  const at = (probability: number): number => Math.round(probability * (SPAN - 1));
  const line: string[] = Array.from({ length: SPAN }, (_, place) =>
    place >= at(interval.low) && place <= at(interval.high) ? '-' : '·',
  );
  line[at(predicted)] = '|';
  line[at(cameTrue)] = at(predicted) === at(cameTrue) ? 'X' : 'o';
  return line.join('');
}
