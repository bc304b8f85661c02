/** The values of a pattern's `:names`, decoded. */
export type Params = Readonly<Record<string, string>>;

/** Reads `path` as `pattern` (`/p/:gtin`); `undefined` when it is another path. A trailing slash says nothing. */
export function match(pattern: string, path: string): Params | undefined {
  const wanted = segments(pattern);
  const given = segments(path);
  if (wanted.length !== given.length) return undefined;

  const params: Record<string, string> = {};
  for (const [index, name] of wanted.entries()) {
    const value = decode(given[index] ?? '');
    if (value === undefined) return undefined;
    if (name.startsWith(':')) params[name.slice(1)] = value;
    else if (name !== value) return undefined;
  }
  return params;
}

function segments(path: string): string[] {
  return path.replace(/\/$/, '').split('/');
}

function decode(segment: string): string | undefined {
  try {
    return decodeURIComponent(segment);
  } catch {
    return undefined; // not percent-encoded text: no page of ours
  }
}
