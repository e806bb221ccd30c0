// An upstream for the bench of the proxy: takes requests and answers that they were taken. Prints its port; at the end, on SIGTERM, what it got:
// requests, bytes, and in how many of those that were looked into the word stood that must not arrive.
//
//   node otlp-sink.js WORD
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { gunzipSync } from 'node:zlib'

const word = process.argv[2] ?? ''
const seen = { requests: 0, bytes: 0, looked: 0, found: 0 }
const server = createServer({ keepAliveTimeout: 60_000 }, (request, response) => {
  const chunks: Buffer[] = []
  request.on('data', (chunk: Buffer) => chunks.push(chunk))
  request.on('end', () => {
    const body = Buffer.concat(chunks)
    seen.bytes += body.length
    // Now and then: looking costs time that is not the proxy's.
    if (seen.requests++ % 20 === 0) {
      seen.looked++
      if ((request.headers['content-encoding'] === 'gzip' ? gunzipSync(body) : body).includes(word)) seen.found++
    }
    response.writeHead(200, { 'content-type': 'application/x-protobuf', 'content-length': 0 }).end()
  })
})
server.listen(0, '127.0.0.1', () => process.stdout.write(`${(server.address() as AddressInfo).port}\n`))
process.on('SIGTERM', () => {
  process.stdout.write(`${JSON.stringify(seen)}\n`, () => process.exit(0))
})
