const NAME = '[\\p{ID_Start}$_#][\\p{ID_Continue}$\\u200c\\u200d]*';

/** `async function* name(`, `name(`, `name = (`, read forward from where a declaration starts. */
const AHEAD = new RegExp(
  `^(?:(?:export|default|async|static|get|set|const|let|var)\\s+)*(?:function\\s*\\*?\\s*)?(${NAME})\\s*(?:<[^()]*>\\s*)?(?:\\(|[=:]\\s*(?:async\\b\\s*)?(?:function\\b|\\(|${NAME}\\s*=>))`,
  'u',
);

/** `name`, `name = (`, `name: async function `, read backward from the parameters or from the first of them. */
const BEHIND = new RegExp(
  `(${NAME})\\s*(?:<[^()]*>\\s*)?(?:(?:[=:]|:[^=]*=)\\s*(?:async\\b\\s*)?(?:function\\b\\s*\\*?\\s*)?\\(?)?$`,
  'u',
);

/** What stands where a name could, and is none. */
const KEYWORDS = new Set(
  'async await case catch const default do else export for function get if in let new of return set static switch throw typeof var void while with yield'.split(
    ' ',
  ),
);

/**
 * Characters that are looked at on either side. Names stand nearer in what people write; generated lines have megabytes,
 * and reading backward starts anew at each character: it costs the square of the length.
 */
const MAX_LENGTH = 500;

/**
 * The name that a source gives to the function whose parameters, or whose declaration, start at `column` of a line.
 * `undefined` for a function without one. Reads one line only; it is no parser.
 */
export function functionNameAt(line: string, column: number): string | undefined {
  const ahead = line.slice(column, column + MAX_LENGTH);
  const behind = line.slice(0, column).slice(-MAX_LENGTH);
  const candidates = [AHEAD.exec(ahead), BEHIND.exec(behind)];
  return candidates
    .map((match) => match?.[1])
    .find((name) => name !== undefined && !KEYWORDS.has(name));
}
