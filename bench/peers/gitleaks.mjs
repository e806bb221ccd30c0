// gitleaks over one file of texts: gitleaks.mjs INPUT OUTPUT, as run.mjs. Each text is a line of its input; its report says where.
// Needs the program `gitleaks` on the path.
import { spawnSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { performance } from 'node:perf_hooks'

const [input, output] = process.argv.slice(2)
const texts = readFileSync(input, 'utf8')
  .trimEnd()
  .split('\n')
  .map((line) => JSON.parse(line).replaceAll(/[\r\n\u2028\u2029]/g, ' '))
const work = mkdtempSync(join(tmpdir(), 'mask-logs-gitleaks-'))
try {
  const report = join(work, 'report.json')
  const start = performance.now()
  const run = spawnSync('gitleaks', ['stdin', '--report-format', 'json', '--report-path', report, '--no-banner', '--exit-code', '0'], {
    input: `${texts.join('\n')}\n`,
    maxBuffer: 1 << 26,
  })
  if (run.error !== undefined) process.exit(3)
  const microseconds = ((performance.now() - start) * 1000) / texts.length
  const out = [...texts]
  // Lines are counted from 0 in what comes from stdin by some versions: the secret itself says which line it is.
  for (const finding of JSON.parse(readFileSync(report, 'utf8'))) {
    for (const line of [finding.StartLine - 1, finding.StartLine]) {
      if (out[line]?.includes(finding.Secret)) {
        out[line] = out[line].replaceAll(finding.Secret, '[REDACTED]')
        break
      }
    }
  }
  const version = spawnSync('go', ['version', '-m', spawnSync('which', ['gitleaks']).stdout.toString().trim()]).stdout?.toString() ?? ''
  writeFileSync(output, [{ version: /\sv(8[\d.]+)/.exec(version)?.[1] ?? 'unknown', microseconds }, ...out].map((line) => `${JSON.stringify(line)}\n`).join(''))
} finally {
  rmSync(work, { recursive: true, force: true })
}
