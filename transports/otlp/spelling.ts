import { InputError } from '../../src/index.ts'

/** Names in the messages of createOtlpProxy, as the command line has them. */
const SPELLED: Readonly<Record<string, string>> = {
  listenHttp: '--listen-http',
  listenGrpc: '--listen-grpc',
  listenAdmin: '--listen-admin',
  forwardHttp: '--forward-http',
  forwardGrpc: '--forward-grpc',
  forwardHeaders: '--forward-header',
  corsOrigins: '--cors-origin',
  unknownFields: '--unknown-fields',
  findings: '--findings',
  findingsWait: '--findings-wait',
  maxBodyBytes: '--max-body-bytes',
  maxInFlightBytes: '--max-in-flight-bytes',
  maxConcurrent: '--max-concurrent',
  waitMs: '--wait',
  timeoutMs: '--timeout',
  bodyTimeoutMs: '--body-timeout',
  'forwardTls.cert': '--forward-cert',
  'forwardTls.key': '--forward-key',
  'forwardTls.ca': '--forward-ca',
  'tls.cert': '--tls-cert',
  'tls.key': '--tls-key',
  'tls.ca': '--tls-client-ca',
  forwardTls: '--forward-cert, --forward-key, --forward-ca',
  tls: '--tls-cert, --tls-key, --tls-client-ca',
  forward: '--forward',
  headers: '--upstream-headers-file',
}
const NAMES = new RegExp(`(?<![-\\w/'])(${Object.keys(SPELLED).join('|').replaceAll('.', '\\.')})(?=[ :.]|$)`, 'g')

/** The error in the words of the command line. */
export function inFlags(error: unknown): unknown {
  return error instanceof InputError
    ? new InputError(
        error.code,
        error.message.replace(NAMES, (name) => SPELLED[name] as string),
      )
    : error
}
