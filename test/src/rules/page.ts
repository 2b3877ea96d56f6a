/** The tables of a page. */

export interface Table {
  readonly title: string;
  /** What stands between the title and the table. */
  readonly prose: string;
  readonly headings: readonly string[];
  /** A cell for each heading. */
  readonly rows: readonly (readonly string[])[];
}

const cellsOf = (line: string): string[] =>
  line
    .split('|')
    .slice(1, -1)
    .map((cell) => cell.trim());

const isLineOfTable = (line: string): boolean => line.startsWith('|');

/** One for each `##` that has one; throws where a section has two, or a row another number of cells than headings. */
export function tablesOf(page: string): Table[] {
  return page
    .split(/^## /m)
    .slice(1)
    .map((section): Table => {
      const [title = '', ...lines] = section.split('\n');
      const first = lines.findIndex(isLineOfTable);
      if (first < 0) return { title, prose: lines.join('\n').trim(), headings: [], rows: [] };
      const [head = '', , ...rest] = lines.slice(first);
      const end = rest.findIndex((line) => !isLineOfTable(line));
      if (end >= 0 && rest.slice(end).some(isLineOfTable)) throw new Error(`${title}: two tables`);
      const headings = cellsOf(head);
      const rows = (end < 0 ? rest : rest.slice(0, end)).map(cellsOf);
      for (const row of rows) {
        if (row.length !== headings.length) throw new Error(`${title}: ${row.join(' | ')}`);
      }
      return { title, prose: lines.slice(0, first).join('\n').trim(), headings, rows };
    });
}
