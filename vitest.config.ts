import { defineConfig } from 'vitest/config'

// `MASK_LOGS_TEST_REPORT=file` adds a JSON report, from which .ci/run prints its closing line.
const report = process.env['MASK_LOGS_TEST_REPORT']

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    // Forks, not threads: the CLI tests start processes and send signals. Two, so that figures of growth tests mean
    // something on the smallest machine the suite is meant for.
    pool: 'forks',
    maxWorkers: 2,
    testTimeout: 120_000,
    hookTimeout: 120_000,
    reporters: report ? ['default', 'json'] : ['default'],
    ...(report ? { outputFile: { json: report } } : {}),
  },
})
