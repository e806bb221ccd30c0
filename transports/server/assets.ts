// Files for browsers: the page at /, and Swagger UI. Read once; a name is looked up in what was found, never made into a path.

import { createHash } from 'node:crypto'
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { dirname, extname, join } from 'node:path'

const TYPES: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.png': 'image/png',
  '.ico': 'image/x-icon',
  '.json': 'application/json',
  '.woff2': 'font/woff2',
}

export interface Asset {
  readonly bytes: Buffer
  readonly type: string
  readonly etag: string
}

/** Pages load nothing from elsewhere, and are shown in no frame. */
export const PAGE_HEADERS: Readonly<Record<string, string>> = {
  'Content-Security-Policy':
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; connect-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'",
  'X-Content-Type-Options': 'nosniff',
  'Referrer-Policy': 'no-referrer',
  'Cross-Origin-Opener-Policy': 'same-origin',
  'Cross-Origin-Resource-Policy': 'same-origin',
}

/** The files of a folder by their path below it; none if there is no such folder. */
export function readAssets(folder: string): Map<string, Asset> {
  const assets = new Map<string, Asset>()
  if (!existsSync(folder)) return assets
  for (const entry of readdirSync(folder, { recursive: true, withFileTypes: true })) {
    if (!entry.isFile()) continue
    const path = join(entry.parentPath, entry.name)
    const type = TYPES[extname(entry.name)]
    if (type === undefined) continue
    const bytes = readFileSync(path)
    assets.set(path.slice(folder.length + 1).replaceAll('\\', '/'), {
      bytes,
      type,
      etag: `"${createHash('sha256').update(bytes).digest('base64url').slice(0, 22)}"`,
    })
  }
  return assets
}

/** The folder of the package: the code runs from transports/server in tests, from dist/transports/server when installed. */
export function packageFolder(): string {
  for (let folder = import.meta.dirname; ; folder = dirname(folder)) {
    try {
      if ((JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')) as { name?: unknown }).name === 'mask-logs') return folder
    } catch {
      // one up
    }
    if (dirname(folder) === folder) return folder
  }
}

/** The built page: beside the bundle, or where a build has put it. */
export function webFolder(): string {
  const beside = join(import.meta.dirname, 'web')
  // in the sources there are the page's own, not yet built
  return existsSync(join(beside, 'index.html')) && import.meta.dirname.includes('dist') ? beside : join(packageFolder(), 'dist/transports/server/web')
}

/** Swagger UI: copied beside the bundle by the build. */
export function swaggerFolder(): string {
  const beside = join(import.meta.dirname, 'docs')
  if (existsSync(join(beside, 'swagger-ui.css'))) return beside
  return join(packageFolder(), 'node_modules/@fastify/swagger-ui/static')
}

/** The package's version. */
export function packageVersion(): string {
  const { version } = JSON.parse(readFileSync(join(packageFolder(), 'package.json'), 'utf8')) as { version: string }
  return version
}
