// Builds what the comparison and the optional test need, from Go modules, outside the repository: a Collector with the parts named below, and telemetrygen.
//
//   node bench/collector/build.mjs FOLDER
//
// Needs Go 1.26 or newer; takes some minutes and 3 GB in FOLDER. At the end it prints the variables to set.

import { spawnSync } from 'node:child_process'
import { mkdirSync, writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'

const VERSION = '0.161.0'
const core = 'go.opentelemetry.io/collector'
const contrib = 'github.com/open-telemetry/opentelemetry-collector-contrib'

const folder = process.argv[2] === undefined ? undefined : resolve(process.argv[2])
if (folder === undefined) {
  console.error('usage: node bench/collector/build.mjs FOLDER')
  process.exit(2)
}
mkdirSync(folder, { recursive: true })
const env = { ...process.env, GOPATH: join(folder, 'go'), GOBIN: join(folder, 'bin'), GOCACHE: join(folder, 'cache'), GOFLAGS: '-modcacherw' }

function run(command, ...args) {
  console.error([command, ...args].join(' '))
  const { status, error } = spawnSync(command, args, { cwd: folder, env, stdio: ['ignore', 'inherit', 'inherit'] })
  if (status !== 0) throw new Error(error?.message ?? `${command} ended with ${status}`)
}

const list = (modules) => modules.map((name) => `  - gomod: ${name} v${VERSION}`).join('\n')
writeFileSync(
  join(folder, 'builder.yaml'),
  `dist: { name: otelcol, output_path: ./dist, version: ${VERSION} }
receivers:
${list([`${core}/receiver/otlpreceiver`])}
processors:
${list([`${contrib}/processor/redactionprocessor`, `${contrib}/processor/transformprocessor`])}
exporters:
${list([`${core}/exporter/otlpexporter`, `${core}/exporter/otlphttpexporter`, `${contrib}/exporter/fileexporter`])}
`,
)
run('go', 'install', `${core}/cmd/builder@v${VERSION}`)
run(join(folder, 'bin/builder'), '--config', 'builder.yaml', '--skip-strict-versioning')
run('go', 'install', `${contrib}/cmd/telemetrygen@v${VERSION}`)
console.log(`export MASK_LOGS_OTELCOL=${join(folder, 'dist/otelcol')} MASK_LOGS_TELEMETRYGEN=${join(folder, 'bin/telemetrygen')}`)
