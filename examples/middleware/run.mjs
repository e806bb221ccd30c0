// Starts the servers on free local ports, asks them, prints the answers, and ends. `expected.txt` is what it prints.
import { planted } from './data.mjs'
import { start as startExpress } from './express.mjs'
import { start as startFastify } from './fastify.mjs'
import { start as startHono } from './hono.mjs'
import { fetchMasked, vendor } from './third-party.mjs'

let out = ''
const say = (text) => {
  out += `${text}\n`
}
const show = async (title, response) => say(`## ${title}\n${response.status} ${await response.text()}`)

const fastify = await startFastify()
for (const path of ['/customer', '/export', '/events', '/broken', '/fails']) await show(`Fastify ${path}`, await fetch(fastify.url + path))
say(`failures: ${JSON.stringify(fastify.stats().failures)}`)
await fastify.stop()

const express = await startExpress(0, (line) => say(`log: ${line.trim()}`))
const headers = { 'content-type': 'application/json', authorization: 'Bearer 0a1b2c3d4e5f6g7h' }
const body = JSON.stringify({ email: 'amelia.nobody@example.com', items: 2 })
await show('Express /orders', await fetch(`${express.url}/orders/C-004711?phone=%2B14155550142`, { method: 'POST', headers, body }))
say(`## Express /login\nlocation: ${(await fetch(`${express.url}/login`, { redirect: 'manual' })).headers.get('location')}`)
await express.stop()

const hono = await startHono()
for (const path of ['/customer', '/events']) await show(`Hono ${path}`, await fetch(hono.url + path))
await hono.stop()

const other = await vendor()
const answer = await fetchMasked(`${other.url}/customer`)
say(`## Another company's API\nx-account: ${answer.headers.get('x-account')}\nset-cookie: ${answer.headers.get('set-cookie')}`)
await show('... and its body', answer)
await fetchMasked(`${other.url}/broken`).catch((error) => say(`## ... broken\n${error.name}: ${error.code}`))
await other.stop()
fetchMasked.close()

process.stdout.write(out)
const left = planted.filter((value) => out.includes(value))
if (left.length > 0) throw new Error(`${left.length} planted values are left in the answers`)
