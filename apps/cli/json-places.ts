/**
 * The line of a JSON text, from 1, on which the value of a JSON Pointer (RFC 6901) stands, or the nearest value around it. The
 * text has to be valid JSON.
 */
export function lineOf(text: string, pointer: string): number {
  const wanted = pointer
    .split('/')
    .slice(1)
    .map((part) => part.replaceAll('~1', '/').replaceAll('~0', '~'));
  const tokens = [...text.matchAll(/"(?:[^"\\]|\\.)*"|[{}[\],:]|[^\s{}[\],:"]+/g)];
  let at = 0;
  let found = tokens[0]?.index ?? 0;
  const is = (mark: string) => tokens[at]?.[0] === mark;

  /** Goes over one value; `depth` is how many parts of the pointer lead to it, undefined beside its way. */
  const walk = (depth: number | undefined): void => {
    if (depth !== undefined) found = tokens[at]!.index;
    const isObject = is('{');
    if (!isObject && !is('[')) {
      at += 1;
      return;
    }
    at += 1;
    for (let index = 0; !is('}') && !is(']'); index += 1) {
      let name = String(index);
      if (isObject) {
        name = JSON.parse(tokens[at]![0]) as string;
        at += 2;
      }
      walk(depth !== undefined && wanted[depth] === name ? depth + 1 : undefined);
      if (is(',')) at += 1;
    }
    at += 1;
  };
  walk(0);
  return text.slice(0, found).split('\n').length;
}
