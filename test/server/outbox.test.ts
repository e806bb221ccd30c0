// Answers that wait for the end of a turn: each goes to its own request, none waits for what takes long, and who has gone takes nothing along.
import { connect } from 'node:net'
import type { FastifyReply } from 'fastify'
import { beforeAll, describe, expect, it } from 'vitest'
import { Outbox } from '../../transports/server/outbox.ts'
import { testFolder } from '../support/folder.ts'
import { REDACT, startServer } from './support.ts'
import type { Tested } from './support.ts'

const folder = testFolder()
let t: Tested
let plan: string
beforeAll(async () => {
  t = await startServer(folder.next(), { auth: 'none' })
  plan = (await t.as(undefined)('POST', '/ifm/ruleset-plans/', { name: 'outbox', ruleset_yaml: REDACT })).json.name
})

const requestOf = (id: string, records: number): string => {
  const body = JSON.stringify({ request_id: id, data: Array.from({ length: records }, () => ({ secret: 'zz9', id })) })
  return `POST /ifm/ruleset-plans/${plan}/mask/ HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: ${Buffer.byteLength(body)}\r\n\r\n${body}`
}

/** The ids of the answers to what is written on one connection, in order, with the number of records in each. */
function answersTo(text: string, n: number): Promise<string[]> {
  return new Promise((done, failed) => {
    const socket = connect({ host: '127.0.0.1', port: t.server.port })
    let all = ''
    socket.setTimeout(10_000, () => failed(new Error('answers are missing')))
    socket.on('error', failed)
    socket.on('data', (chunk) => {
      all += chunk.toString()
      const found = [...all.matchAll(/\{"request_id":"([^"]*)".*?"data":(\[.*?\])\}/g)]
      if (found.length < n) return
      socket.destroy()
      done(found.map(([, id, data]) => `${id} ${(JSON.parse(data!) as { id: string; secret: string }[]).filter((one) => one.id === id && one.secret === '[REDACTED]').length}`))
    })
    socket.write(text)
  })
}

describe('short answers', () => {
  it('go to their own requests in their order, beside long ones, while others go away', { timeout: 20_000 }, async () => {
    const sizes = [1, 1, 400, 2, 1, 300, 1, 1]
    const gone = Array.from({ length: 10 }, () => {
      const socket = connect({ host: '127.0.0.1', port: t.server.port })
      socket.on('error', () => {})
      socket.write(requestOf('gone', 1), () => setImmediate(() => socket.destroy()))
      return socket
    })
    const got = await Promise.all(Array.from({ length: 12 }, (_, c) => answersTo(sizes.map((n, k) => requestOf(`c${c}-${k}`, n)).join(''), sizes.length)))
    got.forEach((answers, c) => void expect(answers).toEqual(sizes.map((n, k) => `c${c}-${k} ${n}`)))
    for (const socket of gone) socket.destroy()
    await expect.poll(async () => (await t.as(undefined)('GET', '/ifm/stats/')).json.requests.in_flight, { timeout: 5000 }).toBe(1)
  })

  it('go out at the end of the turn, before work that takes long, and without those that fail', async () => {
    const sent: string[] = []
    const reply = (name: string): FastifyReply =>
      ({
        send: () => {
          if (name === 'bad') throw new Error('never')
          sent.push(name)
        },
        raw: { destroy: () => void sent.push(`cut ${name}`) },
      }) as unknown as FastifyReply
    const outbox = new Outbox()
    const body = Buffer.from('{}')
    for (const name of ['a', 'bad', 'b']) outbox.put(reply(name), body)
    outbox.relieve()
    expect(sent).toEqual([])
    await new Promise((done) => setImmediate(done))
    expect(sent).toEqual(['a', 'cut bad', 'b'])
    outbox.put(reply('c'), body)
    const until = performance.now() + 1
    while (performance.now() < until);
    outbox.relieve()
    expect(sent.at(-1)).toBe('c')
    outbox.put(reply('d'), body)
    outbox.flush()
    outbox.put(reply('e'), body)
    await new Promise((done) => setImmediate(done))
    expect(sent).toEqual(['a', 'cut bad', 'b', 'c', 'd', 'e'])
  })
})
