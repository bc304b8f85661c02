/** A file of products, in parts that one request may carry: whole rows, a table's header on each. */

/** Largest part, in bytes: the gateway takes 5 MiB, and names of fields take some. */
export const largest = 4_500_000;

export interface Part {
  text: string;
  /** Number of its first line in the whole file, so that errors name the lines of that. */
  firstLine: number;
}

/** Splits a file; `header` says that its first line stands on every part. */
export function split(text: string, header: boolean, most = largest): Part[] {
  const rows = rowsOf(text, header);
  const [first] = header ? rows.splice(0, 1) : [];
  const head = first?.text ?? '';
  const parts: Part[] = [];
  let part: Part | undefined;
  for (const row of rows) {
    if (part && size(part.text) + size(row.text) <= most) {
      part.text += row.text;
      continue;
    }
    // With the header before it, the line counted first is the one above the row.
    part = { text: head + row.text, firstLine: header ? row.line - 1 : row.line };
    parts.push(part);
  }
  return parts;
}

interface Row {
  text: string;
  line: number;
}

/** In a table a line break inside quotes belongs to the row. */
function rowsOf(text: string, quoted: boolean): Row[] {
  const lines = text.split(/(?<=\n)/);
  const rows: Row[] = [];
  let open = false;
  for (const [index, line] of lines.entries()) {
    const last = rows.at(-1);
    if (open && last) last.text += line;
    else rows.push({ text: line, line: index + 1 });
    if (quoted && (line.match(/"/g)?.length ?? 0) % 2 === 1) open = !open;
  }
  return rows.filter((row) => row.text.trim() !== '').map((row) => ({ ...row, text: ended(row.text) }));
}

function ended(row: string): string {
  return row.endsWith('\n') ? row : `${row}\n`;
}

function size(text: string): number {
  return new TextEncoder().encode(text).length;
}
