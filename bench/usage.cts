// Loaded into each measured process with `--require` (`--import` would start the loader of ES modules in all of them): on exit it writes what the process used to the file that
// MASK_LOGS_BENCH_USAGE names. The peak comes from VmHWM where /proc exists: `maxRSS` of a freshly started process on Linux
// still counts the memory of the process that started it.
const fs = process.getBuiltinModule('node:fs')

const target = process.env['MASK_LOGS_BENCH_USAGE']
if (target !== undefined) {
  process.on('exit', () => {
    const used = process.resourceUsage()
    let peak = used.maxRSS * 1024
    try {
      const match = /VmHWM:\s+(\d+) kB/.exec(fs.readFileSync('/proc/self/status', 'utf8'))
      if (match !== null) peak = Number(match[1]) * 1024
    } catch {
      // No /proc here: maxRSS stands.
    }
    fs.writeFileSync(target, JSON.stringify({ cpu: (used.userCPUTime + used.systemCPUTime) / 1e6, peak }))
  })
}
