// Turns figures into rows with a verdict, and rows into markdown.

/** One target of the product: what must be reached and what we aim for. */
export interface Target {
  readonly what: string
  readonly unit: string
  /** `least`: the figure must not be lower. `most`: it must not be higher. */
  readonly bound: 'least' | 'most'
  readonly must: number
  readonly aim: number
}

export interface Row extends Target {
  readonly measured: number
  readonly verdict: 'aim' | 'must' | 'missed'
}

/** Judges a figure. `slack` 2 halves what must be reached (or doubles what is allowed): the generous run on shared machines. */
export function judge(target: Target, measured: number, slack: number): Row {
  const must = target.bound === 'least' ? target.must / slack : target.must * slack
  const reaches = (limit: number): boolean => (target.bound === 'least' ? measured >= limit : measured <= limit)
  return { ...target, must, measured, verdict: reaches(target.aim) ? 'aim' : reaches(must) ? 'must' : 'missed' }
}

/** A figure with as many decimals as it deserves. */
export function show(value: number): string {
  if (!Number.isFinite(value)) return '-'
  const size = Math.abs(value)
  return value.toFixed(size >= 100 ? 0 : size >= 10 ? 1 : size >= 0.1 ? 2 : 3)
}

/** A markdown table with padded columns; the first row is the head. */
export function table(rows: readonly (readonly string[])[]): string {
  const widths = (rows[0] ?? []).map((_, column) => Math.max(3, ...rows.map((row) => (row[column] ?? '').length)))
  const line = (row: readonly string[]): string => `| ${widths.map((width, column) => (row[column] ?? '').padEnd(width)).join(' | ')} |`
  const [head, ...body] = rows
  return [line(head ?? []), `|${widths.map((width) => '-'.repeat(width + 2)).join('|')}|`, ...body.map(line)].join('\n')
}

/** The verdict table. */
export function verdicts(rows: readonly Row[]): string {
  return table([
    ['target', 'measured', 'must', 'aim', 'verdict'],
    ...rows.map((row) => {
      const sign = row.bound === 'least' ? '>=' : '<='
      const unit = row.unit === 'x' ? 'x' : row.unit === '' ? '' : ` ${row.unit}`
      return [
        row.what,
        `${show(row.measured)}${unit}`,
        `${sign} ${show(row.must)}${unit}`,
        `${sign} ${show(row.aim)}${unit}`,
        row.verdict === 'missed' ? 'MISSED' : `reaches ${row.verdict}`,
      ]
    }),
  ])
}
