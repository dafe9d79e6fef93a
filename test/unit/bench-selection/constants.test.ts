import { readFile } from 'node:fs/promises';
import { expect, it } from 'vitest';
import { settings } from '../../../src/strategy/selection/settings.js';

/** Every constant by its name, those of a group as `group.name`. */
const flat = (values: object, prefix = ''): [string, number][] =>
  Object.entries(values).flatMap(([name, value]): [string, number][] =>
    typeof value === 'object' ? flat(value, `${prefix}${name}.`) : [[`${prefix}${name}`, value]],
  );

it('docs/selection.md has every constant of selection with its value', async () => {
  const text = await readFile(new URL('../../../docs/selection.md', import.meta.url), 'utf8');
  const section = text.slice(text.indexOf('\n## Constants'), text.indexOf('\n## Comparison'));
  const documented = Array.from(section.matchAll(/^\| (`[^|]+) \| ([^|]+) \|/gm)).flatMap(
    ([, names = '', values = '']) => {
      const numbers = values.split(', ').map((value) => Number(value.replace(',', '')));
      // `.name` is of the group that the row's first name tells.
      const group = /`(\w+)\./.exec(names)?.[1] ?? '';
      return Array.from(names.matchAll(/`([\w.]+)`/g), ([, name = ''], index) => [
        name.startsWith('.') ? `${group}${name}` : name,
        numbers[index],
      ]);
    },
  );
  expect(Object.fromEntries(documented)).toEqual(Object.fromEntries(flat(settings)));
});
