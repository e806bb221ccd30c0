// `npm run demo`: runs the shop of app.mjs, pipes its real log lines through the built CLI with the default ruleset, shows
// some of them before and after, and checks every line: none of the planted values is left, and every byte outside them is
// as it was. Exit code 1 when either does not hold.
import { spawn } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { planted } from './values.mjs'

const here = (path) => fileURLToPath(new URL(path, import.meta.url))

/** Runs a Node program to its end. */
function run(args, input, env = {}) {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, args, { stdio: ['pipe', 'pipe', 'pipe'], env: { ...process.env, ...env } })
    const out = []
    const errors = []
    child.stdout.on('data', (chunk) => out.push(chunk))
    child.stderr.on('data', (chunk) => errors.push(chunk))
    child.on('error', reject)
    child.on('close', (code) => resolve({ code, out: Buffer.concat(out), errors: Buffer.concat(errors).toString() }))
    child.stdin.on('error', () => {}) // the program says itself what is wrong
    child.stdin.end(input)
  })
}

const app = await run([here('./app.mjs')], '')
if (app.code !== 0) throw new Error(`the shop ended with code ${app.code}\n${app.errors}`)
// A fixed run secret, so that every run of the demo shows the same substitutes. Yours belongs in a secret store.
const cli = await run([here('../../dist/src/bin.cjs'), '--stats'], app.out, { MASK_LOGS_RUN_SECRET: 'only-for-this-demo-0123456789' })
if (cli.code !== 0) throw new Error(`mask-logs ended with code ${cli.code}\n${cli.errors}`)

const before = app.out.toString().split('\n')
const after = cli.out.toString().split('\n')

// ------------------------------------------------------------------------------------------------ check

// A planted text as it stands in a JSON line: line breaks are escaped there.
const quoted = (text) => text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')
const anyPlanted = new RegExp(`(${planted.map((text) => quoted(text.replaceAll('\n', '\\n'))).join('|')})`)

/**
 * Cuts a line at the planted values and looks for the pieces between them in the masked line, in order. Gives alternating
 * kept and replaced stretches, or undefined when a byte outside the planted values has changed.
 */
function compare(line, masked) {
  const parts = line.split(anyPlanted)
  const stretches = []
  let at = 0
  for (let i = 0; i < parts.length; i += 2) {
    const kept = parts[i]
    const last = i === parts.length - 1
    const found =
      i === 0
        ? masked.startsWith(kept)
          ? 0
          : -1
        : last
          ? masked.length - kept.length >= at && masked.endsWith(kept)
            ? masked.length - kept.length
            : -1
          : masked.indexOf(kept, at)
    if (found === -1 || (last && i === 0 && masked.length !== kept.length)) return undefined
    if (i > 0) stretches.push({ from: parts[i - 1], to: masked.slice(at, found) })
    stretches.push({ kept })
    at = found + kept.length
  }
  return stretches
}

const problems = []
if (after.length !== before.length) problems.push(`${before.length - 1} lines went in, ${after.length - 1} came out`)
let replaced = 0
let bytesKept = 0
let touched = 0
const compared = before.map((line, i) => {
  const masked = after[i] ?? ''
  for (const text of planted) if (masked.includes(text) || masked.includes(text.replaceAll('\n', '\\n'))) problems.push(`line ${i + 1}: a planted value is still there: ${text}`)
  const stretches = compare(line, masked)
  if (stretches === undefined) {
    problems.push(`line ${i + 1}: bytes outside the planted values have changed\n  - ${line}\n  + ${masked}`)
    return []
  }
  const here = stretches.filter((stretch) => stretch.kept === undefined).length
  replaced += here
  if (here > 0) touched++
  bytesKept += stretches.reduce((sum, stretch) => sum + Buffer.byteLength(stretch.kept ?? ''), 0)
  return stretches
})

// ------------------------------------------------------------------------------------------------ show

const colour = process.stdout.isTTY === true && process.env.NO_COLOR === undefined
const mark = (text, code) => (colour ? `\u001b[${code}m${text}\u001b[0m` : `«${text}»`)
const dim = (text) => (colour ? `\u001b[2m${text}\u001b[0m` : text)
/** Long stretches of unchanged text are shown by their ends. */
const short = (text, first, last) => (text.length <= 90 ? text : `${first ? text.slice(0, 12) : text.slice(0, 40)} ... ${last ? text.slice(-30) : text.slice(-40)}`)
const shorten = (text) => (text.length <= 60 ? text : `${text.slice(0, 28)}...${text.slice(-20)}`)

function show(number) {
  const stretches = compared[number]
  const line = (side, code) =>
    stretches.map((stretch, i) => (stretch.kept === undefined ? mark(shorten(stretch[side]), code) : dim(short(stretch.kept, i === 0, i === stretches.length - 1)))).join('')
  process.stdout.write(`${mark('before', '31').replace(/[«»]/g, '')} ${line('from', '31')}\n${mark('after ', '32').replace(/[«»]/g, '')} ${line('to', '32')}\n\n`)
}

const wanted = [
  'configuration loaded',
  '"POST","url":"/login"',
  'login failed for',
  'gateway request',
  'identity check',
  '/reset?token=',
  '"ECONNREFUSED"',
  'signing.pem',
  'open carts',
  '[shutdown]',
]
process.stdout.write('Some lines of the shop, before and after mask-logs (changed stretches are marked, long ones are cut for the screen):\n\n')
for (const text of wanted) {
  const number = before.findIndex((line, i) => line.includes(text) && compared[i].length > 1)
  if (number !== -1) show(number)
}
const untouched = before.findIndex((line) => line.includes('nothing to hide here'))
process.stdout.write(`A line with nothing to mask comes back as it was, byte for byte:\n${dim(after[untouched] ?? '')}\n\n`)

const lines = before.length - 1
process.stdout.write(
  `${lines} lines, ${touched} of them with something to mask; ${replaced} values replaced; ${bytesKept} of ${app.out.length - lines} bytes stand as they were.\n`,
)
process.stdout.write(`\nmask-logs --stats says:\n${cli.errors}\n`)
if (problems.length > 0) {
  process.stdout.write(`${problems.length} problems:\n${problems.join('\n')}\n`)
  process.exitCode = 1
} else process.stdout.write('Checked: none of the planted values is left in the output, and every byte outside them is unchanged.\n')
