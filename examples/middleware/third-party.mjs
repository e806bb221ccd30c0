// Answers of another company's API, masked before any of our code sees them: what a test system, a support tool or a language model
// gets of production data.
import { createServer } from 'node:http'
import { maskedFetch } from 'mask-logs/http'
import { customer, ruleset, runSecret } from './data.mjs'

/** Stands for the other company. */
export async function vendor() {
  const server = createServer((request, response) => {
    if (request.url === '/broken') response.writeHead(200, { 'content-type': 'application/json' }).end(customer.slice(1))
    else response.writeHead(200, { 'content-type': 'application/json', 'x-account': 'amelia.nobody@example.com', 'set-cookie': 'session=8f7e6d5c4b3a' }).end(customer)
  })
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve))
  return { url: `http://127.0.0.1:${server.address().port}`, stop: () => new Promise((resolve) => server.close(resolve)) }
}

/** The only fetch that the rest of the program gets. */
export const fetchMasked = maskedFetch(globalThis.fetch, { ruleset, runSecret })
