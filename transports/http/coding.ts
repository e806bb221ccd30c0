// Content codings (RFC 9110, 8.4): undone before a body is masked, done again afterwards.

import type { Transform } from 'node:stream'
import * as zlib from 'node:zlib'

/** A content coding that can be undone and done again. */
export interface Coding {
  readonly decoder: () => Transform
  /** With `flush`, every chunk can be read as soon as it is written. */
  readonly encoder: (flush: boolean) => Transform
}

const { Z_SYNC_FLUSH, Z_FINISH, BROTLI_OPERATION_FLUSH, BROTLI_OPERATION_FINISH, BROTLI_PARAM_QUALITY } = zlib.constants

/** Later than the oldest Node that this runs on. */
interface Zstd {
  readonly createZstdDecompress?: (options?: object) => Transform
  readonly createZstdCompress?: (options?: object) => Transform
  readonly constants: { readonly ZSTD_e_flush?: number; readonly ZSTD_e_end?: number }
}
const { createZstdCompress, createZstdDecompress, constants } = zlib as unknown as Zstd

const gzip: Coding = {
  decoder: () => zlib.createGunzip(),
  encoder: (flush) => zlib.createGzip(flush ? { flush: Z_SYNC_FLUSH, finishFlush: Z_FINISH } : {}),
}

const CODINGS: ReadonlyMap<string, Coding> = new Map<string, Coding>([
  ['gzip', gzip],
  ['x-gzip', gzip],
  ['deflate', { decoder: () => zlib.createInflate(), encoder: (flush) => zlib.createDeflate(flush ? { flush: Z_SYNC_FLUSH, finishFlush: Z_FINISH } : {}) }],
  [
    'br',
    {
      decoder: () => zlib.createBrotliDecompress(),
      // The default quality is for files: it takes a hundred times as long.
      encoder: (flush) =>
        zlib.createBrotliCompress({
          params: { [BROTLI_PARAM_QUALITY]: 4 },
          ...(flush ? { flush: BROTLI_OPERATION_FLUSH, finishFlush: BROTLI_OPERATION_FINISH } : {}),
        }),
    },
  ],
  ...(createZstdCompress === undefined || createZstdDecompress === undefined
    ? []
    : [
        [
          'zstd',
          {
            decoder: () => createZstdDecompress(),
            encoder: (flush: boolean) => createZstdCompress(flush ? { flush: constants.ZSTD_e_flush, finishFlush: constants.ZSTD_e_end } : {}),
          },
        ] as const,
      ]),
])

/** The coding that a `Content-Encoding` names: null for none, undefined for one (or several) that cannot be undone. */
export function codingOf(value: string | undefined): Coding | null | undefined {
  const name = value?.trim().toLowerCase() ?? ''
  return name === '' || name === 'identity' ? null : CODINGS.get(name)
}
