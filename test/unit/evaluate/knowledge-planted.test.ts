import { describe, expect, it } from 'vitest';
import { drawFrom } from '../../../src/evaluate/knowledge-draw.js';
import { saySame } from '../../../src/evaluate/knowledge-found.js';
import { heldOut } from '../../../src/evaluate/knowledge-held-out.js';
import type { SharedItem } from '../../../src/evaluate/knowledge-items.js';
import { lookalikes, opposing } from '../../../src/evaluate/knowledge-opposites.js';
import { familiar } from '../../../src/evaluate/knowledge-paraphrase.js';
import { plant } from '../../../src/evaluate/knowledge-planted.js';
import { retold } from '../../../src/evaluate/knowledge-retold.js';

const texts = [
  "Use the parser of load_rows.py before the import. It doesn't need more than 40 seconds. The error is usually in the folder.",
  'You must provide the surname before the booking can be changed. At most 2 bags are allowed in economy, because of the weight.',
  'Check the request before that. Read the information of the following one. The customer cannot cancel "it" when the total price is 305 or more - the flight is taken.',
  'The worker reads the configuration, which is in its folder. It is fixed at the start, and it must be made again when the file changes.',
  'I know that the messages happened to be lost.\nThe queue keeps the rows.',
];
const items: SharedItem[] = Array.from({ length: 60 }, (_, at) => ({
  type: 'SOLUTION',
  title: `Item ${at}`,
  content: texts[at % texts.length] ?? '',
  category: 'general',
  agent: 'a',
}));

describe('planting', () => {
  it.each(Object.entries({ ...familiar, ...retold, ...heldOut, ...opposing, ...lookalikes }))(
    '%s changes some text, the same for the same seed',
    (_, change) => {
      const attempts = Array.from({ length: 20 }, (__, seed) =>
        texts.map((text) => change(text, drawFrom(`${seed}`))),
      );
      expect(attempts).toEqual(
        Array.from({ length: 20 }, (__, seed) => texts.map((text) => change(text, drawFrom(`${seed}`)))),
      );
      const changed = attempts.flatMap((each) =>
        each.filter((text, at) => text !== null && text !== texts[at]),
      );
      expect(changed.length).toBeGreaterThan(0);
    },
  );

  it('plants as many as asked, each from an item of its own', () => {
    const options = { seed: '1', duplicates: 0.2, contradictions: 0.05, lookalikes: 10 };
    const planted = plant(items, options);
    expect(planted).toEqual(plant(items, options));
    const count = (as: string) => planted.filter((item) => item.as === as).length;
    expect([count('duplicate'), count('contradiction'), count('lookalike')]).toEqual([12, 3, 10]);
    expect(new Set(planted.map(({ of }) => of)).size).toBe(25);
    for (const { of, content } of planted) expect(content).not.toBe(items[of]?.content);
    expect(plant(items, { ...options, seed: '2' })).not.toEqual(planted);
  });
});

it('the rule that checks merges goes by numbers, denials and wording', () => {
  const [text = ''] = texts;
  expect(saySame(text, `  ${text.toUpperCase()} `)).toBe(true);
  expect(saySame(text, text.replace('40', '50'))).toBe(false);
  expect(saySame(text, text.replace('is usually', 'is usually not'))).toBe(false);
  expect(saySame(text, texts[1] ?? '')).toBe(false);
});
