const ALTERNATE_SCREEN = '\u001b[?1049h\u001b[?25l';
const MAIN_SCREEN = '\u001b[?25h\u001b[?1049l';
const TOP_LEFT = '\u001b[H';
const CLEAR_LINE_END = '\u001b[K';
const CLEAR_BELOW = '\u001b[J';

const CTRL_C = '\u0003';
const ESCAPE = '\u001b';

/** The terminal taken over for a while: a second screen without a cursor, which leaves the first one as it was. */
export class Screen {
  readonly #onQuit: () => void;

  /** @param onQuit - Called when the person asks for the end, or the system does. */
  constructor(onQuit: () => void) {
    this.#onQuit = onQuit;
  }

  open(): void {
    process.stdout.write(ALTERNATE_SCREEN);
    if (process.stdin.isTTY) process.stdin.setRawMode(true).on('data', this.#onKey).resume();
    process.once('SIGINT', this.#onQuit).once('SIGTERM', this.#onQuit);
  }

  /** Draws over the last frame, line by line, so that nothing flickers. */
  draw(frame: string): void {
    const lines = frame.split('\n').join(`${CLEAR_LINE_END}\r\n`);
    process.stdout.write(`${TOP_LEFT}${lines}${CLEAR_LINE_END}${CLEAR_BELOW}`);
  }

  close(): void {
    if (process.stdin.isTTY) process.stdin.setRawMode(false).off('data', this.#onKey).pause();
    process.off('SIGINT', this.#onQuit).off('SIGTERM', this.#onQuit);
    process.stdout.write(MAIN_SCREEN);
  }

  readonly #onKey = (data: Buffer): void => {
    const key = data.toString();
    if (key === 'q' || key === CTRL_C || key === ESCAPE) this.#onQuit();
  };
}
