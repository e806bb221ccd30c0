// Starts a server, makes a plan of each ruleset here, and masks the records beside it, as a client would:
//
//   node examples/rest/run.mjs [FOLDER]     answers go to FOLDER as <name>.out.json (default: they are printed)
//
// MASK_LOGS is the command (default: mask-logs).
import { spawn } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

const here = import.meta.dirname
const [command, ...args] = (process.env.MASK_LOGS ?? 'mask-logs').split(' ')
const folder = mkdtempSync(join(tmpdir(), 'mask-logs-'))
const password = 'only for this example'
const server = spawn(command, [...args, 'serve'], {
  env: { ...process.env, MASK_LOGS_LISTEN: '127.0.0.1:0', MASK_LOGS_DATA_DIR: folder, MASK_LOGS_ADMIN_PASSWORD: password },
  stdio: ['ignore', 'ignore', 'pipe'],
})
const url = await new Promise((done, failed) => {
  let said = ''
  server.stderr.on('data', (chunk) => {
    said += chunk
    const found = /"message":"listening","url":"([^"]+)"/.exec(said)
    if (found !== null) done(found[1])
  })
  server.on('close', () => failed(new Error(said)))
})

/** A request; the answer as text, whatever is no success ends the example. */
async function call(path, body, token) {
  const response = await fetch(path.startsWith('http') ? path : url + path, {
    method: 'POST',
    headers: { 'Content-Type': 'application/json', ...(token === undefined ? {} : { Authorization: `Bearer ${token}` }) },
    body: typeof body === 'string' ? body : JSON.stringify(body),
  })
  const text = await response.text()
  if (!response.ok) throw new Error(`${path}: ${response.status} ${text}`)
  return text
}

try {
  const { access_token } = JSON.parse(await call('/api/auth/jwt/login/', { username: 'admin', password }))
  for (const name of ['customer-record', 'support', 'third-party']) {
    const ruleset_yaml = readFileSync(join(here, `${name}.yaml`), 'utf8')
    const plan = JSON.parse(await call('/ifm/ruleset-plans/', { name, exact_name: true, ruleset_yaml }, access_token))
    const records = readFileSync(join(here, `${name === 'customer-record' ? 'customer' : name}.json`), 'utf8')
    const answer = await call(`${plan.url}mask/`, records, access_token)
    // the masked records as they came, everything around them aside
    const data = answer.slice(answer.indexOf('"data":') + 7, -1)
    if (process.argv[2] === undefined) process.stdout.write(`${name}:\n${data}\n\n`)
    else writeFileSync(join(process.argv[2], `${name}.out.json`), `${data}\n`)
  }
} finally {
  server.kill('SIGTERM')
  await new Promise((done) => server.once('close', done))
  rmSync(folder, { recursive: true, force: true })
}
