import fc from 'fast-check';
import { expect, it } from 'vitest';
import { OutputCapture } from '../../../src/agents/output-capture.js';

it('keeps beginning and end, however the stream is cut into pieces', () => {
  fc.assert(
    fc.property(fc.array(fc.string({ unit: 'grapheme-ascii', maxLength: 30 })), (pieces) => {
      const capture = new OutputCapture(20);
      for (const piece of pieces) capture.push(Buffer.from(piece));
      const all = pieces.join('');
      expect(capture.bytes).toBe(all.length);
      expect(capture.complete).toBe(all.length <= 40);
      const missing = all.length - 40;
      expect(capture.text()).toBe(
        missing <= 0 ? all : `${all.slice(0, 20)}\n[... ${missing} bytes cut ...]\n${all.slice(-20)}`,
      );
    }),
  );
});

it('leaves no broken character at a cut', () => {
  const capture = new OutputCapture(5);
  capture.push(Buffer.from('ä'.repeat(20)));
  expect(capture.text()).toBe('ää\n[... 30 bytes cut ...]\nää');
});
