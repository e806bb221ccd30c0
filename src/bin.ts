#!/usr/bin/env node
// The command `mask-logs`: the process handed to run().
import { run } from './cli.ts'
import { hideCrashes, processIo } from './cli/io.ts'

hideCrashes()
// Handles (a pipe that is still open) would keep the process alive; run() has flushed everything.
process.exit(await run(process.argv.slice(2), processIo()))
