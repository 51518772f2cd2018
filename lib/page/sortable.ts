/** Lets the columns of a table be sorted by the buttons in its head; `data-sort` of a cell overrides its text. */
export function makeSortable(table: HTMLTableElement): void {
  const heads = [...table.querySelectorAll<HTMLElement>('thead th')];
  heads.forEach((head, column) => {
    head.addEventListener('click', () => {
      const isAscending = head.getAttribute('aria-sort') === 'descending';
      for (const other of heads) other.removeAttribute('aria-sort');
      head.setAttribute('aria-sort', isAscending ? 'ascending' : 'descending');
      sortRows(table, { column, isAscending });
    });
  });
}

function sortRows(
  table: HTMLTableElement,
  { column, isAscending }: { readonly column: number; readonly isAscending: boolean },
): void {
  const [body] = table.tBodies;
  if (body === undefined) return;
  const keyed = [...body.rows].map((row) => ({ row, key: keyOf(row.cells[column]) }));
  keyed.sort((a, b) => (isAscending ? compare(a.key, b.key) : compare(b.key, a.key)));
  body.append(...keyed.map(({ row }) => row));
}

function keyOf(cell: HTMLTableCellElement | undefined): string {
  return cell?.dataset['sort'] ?? cell?.textContent ?? '';
}

/** Numbers by value, everything else by text. */
function compare(a: string, b: string): number {
  const difference = Number(a) - Number(b);
  return Number.isNaN(difference) ? a.localeCompare(b) : difference;
}
