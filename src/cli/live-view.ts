/** Progress on stderr: a block that updates itself on a terminal, and one line for each news elsewhere. */
import { createLogUpdate } from 'log-update';
import pc from 'picocolors';
import { clip } from './format.js';
import { printStep } from './print.js';

export interface LiveView {
  /**
   * Shows where something stands.
   *
   * @param block lines that replace the block shown before
   * @param news lines that are printed once each, where nothing can be replaced
   */
  show(block: readonly string[], news: readonly string[]): void;
  /** Says something that stays. */
  readonly say: (text: string) => void;
  /** Takes the block away. */
  close(): void;
}

const FRAMES = ['⠋', '⠙', '⠹', '⠸', '⠼', '⠴', '⠦', '⠧', '⠇', '⠏'];
const FRAME_MS = 80;

/** Opens a view on stderr. */
export function openLiveView(): LiveView {
  return process.stderr.isTTY ? terminalView() : lineView();
}

function terminalView(): LiveView {
  const update = createLogUpdate(process.stderr);
  let lines: readonly string[] = [];
  const paint = (): void => {
    const frame = FRAMES[Math.floor(Date.now() / FRAME_MS) % FRAMES.length] ?? '';
    const width = (process.stderr.columns ?? 80) - 3;
    update(lines.map((line, at) => `${at === 0 ? pc.cyan(frame) : ' '} ${clip(line, width)}`).join('\n'));
  };
  const timer = setInterval(paint, FRAME_MS);
  return {
    show(block) {
      lines = block;
      paint();
    },
    say(text) {
      update.clear();
      printStep(text);
      paint();
    },
    close() {
      clearInterval(timer);
      update.clear();
      update.done();
    },
  };
}

function lineView(): LiveView {
  const told = new Set<string>();
  return {
    show(_block, news) {
      for (const line of news) {
        if (told.has(line)) continue;
        told.add(line);
        process.stderr.write(`${line}\n`);
      }
    },
    say: printStep,
    close() {},
  };
}
