// Certificates and keys from files, read again when a file changes: certificates are renewed while servers run. The files are looked at
// in an interval instead of being watched, since mounted secrets change by a symbolic link that moves.

import { readFileSync, statSync } from 'node:fs'
import { createSecureContext } from 'node:tls'
import { InputError } from '../../src/index.ts'

/** Paths of PEM files. `ca`: which certificates of the other side are trusted. */
export interface CertificateFiles {
  readonly cert?: string | undefined
  readonly key?: string | undefined
  readonly ca?: string | undefined
}

/** Contents of the files. */
export interface Certificates {
  readonly cert?: Buffer
  readonly key?: Buffer
  readonly ca?: Buffer
}

/** Reads the files and makes sure that they are usable together. Throws InputError that names the option and the file's role. */
export function readCertificates(files: CertificateFiles, option: string): Certificates {
  if ((files.cert === undefined) !== (files.key === undefined)) throw new InputError('bad_option', `${option}: a certificate needs its key, and a key its certificate`)
  const read = (role: 'cert' | 'key' | 'ca'): Buffer | undefined => {
    const path = files[role]
    if (path === undefined) return undefined
    try {
      return readFileSync(path)
    } catch (error) {
      const { code } = error as { code?: unknown }
      throw new InputError('bad_option', `${option}.${role}: cannot read '${path}' (${typeof code === 'string' ? code : 'error'})`)
    }
  }
  const [cert, key, ca] = [read('cert'), read('key'), read('ca')]
  const found: Certificates = { ...(cert && { cert }), ...(key && { key }), ...(ca && { ca }) }
  try {
    createSecureContext({ ...found })
  } catch {
    throw new InputError('bad_option', `${option}: certificate, key and certificate authority must be PEM files, and the key must be that of the certificate`)
  }
  return found
}

/**
 * Calls `changed` with the new contents after a file has changed, and `failed` when they are not usable (the old ones stay in force; it is
 * tried again with the next change). Returns a function that ends it.
 */
export function watchCertificates(files: CertificateFiles, option: string, changed: (found: Certificates) => void, failed: () => void, interval = 2000): () => void {
  const state = (): string =>
    [files.cert, files.key, files.ca]
      .map((path) => {
        if (path === undefined) return ''
        try {
          const { ino, size, mtimeMs } = statSync(path)
          return `${ino}:${size}:${mtimeMs}`
        } catch {
          return 'gone'
        }
      })
      .join(' ')
  let last = state()
  const timer = setInterval(() => {
    const now = state()
    if (now === last) return
    last = now
    let found: Certificates
    try {
      found = readCertificates(files, option)
    } catch {
      return failed()
    }
    changed(found)
  }, interval)
  timer.unref()
  return () => clearInterval(timer)
}
