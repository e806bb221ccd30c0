// Request bodies: bounded, before and after inflating; slow ones are given up.

import type { FastifyRequest } from 'fastify'
import type { IncomingMessage } from 'node:http'
import { createGunzip } from 'node:zlib'
import { refuse } from './errors.ts'

/** How bodies are read. */
export interface BodyLimits {
  readonly maxBytes: number
  /** Milliseconds. */
  readonly timeout: number
}

export const tooLarge = (maxBytes: number): Error => refuse(413, `Request body is larger than ${maxBytes} bytes.`)

/** 415 for what a body cannot be. Multipart is judged by its route. */
export function checkContentType(request: FastifyRequest): void {
  const type = request.headers['content-type']
  if (type === 'application/json') return
  const [media = '', ...parameters] = (type ?? '').toLowerCase().split(';')
  const charset = parameters.map((p) => /^\s*charset\s*=\s*"?([^"\s]+)"?\s*$/.exec(p)?.[1]).find((c) => c !== undefined)
  const json = /^application\/(?:[a-z0-9.!#$&^_-]+\+)?json$/.test(media.trim())
  if (!json || (charset !== undefined && charset !== 'utf-8' && charset !== 'utf8')) throw refuse(415, 'The request body must be application/json in UTF-8.')
}

/** Reads a body to its end. Throws 415 and 413, or hands on 408, 413 and 400. */
export function readBody(request: FastifyRequest, payload: IncomingMessage, { maxBytes, timeout }: BodyLimits, done: (error: Error | null, body?: Buffer) => void): void {
  const coding = request.headers['content-encoding']?.toLowerCase().trim()
  const gzip = coding === 'gzip' || coding === 'x-gzip'
  if (coding !== undefined && coding !== 'identity' && !gzip) throw refuse(415, 'The request body must not be encoded, or with gzip.')
  const length = Number(request.headers['content-length'] ?? Number.NaN)
  if (length > maxBytes) throw tooLarge(maxBytes)
  const chunks: Buffer[] = []
  let total = 0
  let received = 0
  const inflate = gzip ? createGunzip() : undefined
  let ready = false
  let timer: NodeJS.Timeout | undefined
  const end = (error: Error | undefined): void => {
    if (ready) return
    ready = true
    if (timer !== undefined) clearTimeout(timer)
    payload.off('data', onData)
    payload.off('end', ended)
    payload.off('error', aborted)
    payload.off('close', aborted)
    if (inflate !== undefined) {
      inflate.removeAllListeners()
      inflate.on('error', () => {})
      inflate.destroy()
    }
    if (error !== undefined) {
      payload.pause()
      done(error)
      return
    }
    // a short one comes in one piece
    if (chunks.length === 1) {
      done(null, chunks[0]!)
      return
    }
    // memory of its own, so that it can be handed to another thread
    const body = Buffer.allocUnsafeSlow(total)
    let at = 0
    for (const chunk of chunks) at += chunk.copy(body, at)
    done(null, body)
  }
  const take = (chunk: Buffer): void => {
    total += chunk.length
    if (total > maxBytes) end(tooLarge(maxBytes))
    else chunks.push(chunk)
  }
  const ended = (): void => {
    // what is inflated may take a moment longer
    payload.off('close', aborted)
    if (inflate === undefined) end(undefined)
    else inflate.end()
  }
  const aborted = (): void => end(refuse(400, 'The request body is not complete.'))
  const compressed = (chunk: Buffer): void => {
    received += chunk.length
    if (received > maxBytes) end(tooLarge(maxBytes))
    else if (!inflate!.write(chunk)) {
      payload.pause()
      inflate!.once('drain', () => payload.resume())
    }
  }
  const onData = inflate === undefined ? take : compressed
  payload.on('data', onData)
  // most bodies come with the head of the request: no clock is set for them
  process.nextTick(() => {
    if (!ready && (inflate !== undefined || !payload.complete)) timer = setTimeout(() => end(refuse(408, 'The request body took too long.')), timeout)
  })
  if (inflate !== undefined) {
    inflate.on('data', take)
    inflate.on('end', () => end(undefined))
    inflate.on('error', () => end(refuse(400, 'The request body is not valid gzip.')))
  }
  payload.on('end', ended)
  payload.on('error', aborted)
  payload.on('close', aborted)
}
