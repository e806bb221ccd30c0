// Notices when files change: events of their directories where the system gives them, and a look at every file every 2 seconds
// where it does not (network mounts, more watches than are allowed). It reads no file; it keeps no process alive.

import { type FSWatcher, realpathSync, statSync, watch } from 'node:fs'
import { dirname } from 'node:path'

/** A scan of all files, whether or not there was an event. */
const SCAN_MS = 2000
/** Between an event and a look: an editor's save is several events. */
const EVENT_MS = 20
/** Files that have changed must look the same twice, so long apart: one that is being written is not read. */
const SETTLE_MS = 100
/** After so long without rest they are taken as they are. */
const UNREST_MS = 1000

/**
 * How a file looks from outside: another text after it was written, replaced by another file, moved, or after a symbolic link on
 * its path was turned to another place. `-` for no file.
 */
export function signature(path: string): string {
  try {
    const s = statSync(path, { bigint: true, throwIfNoEntry: false })
    return s === undefined ? '-' : `${s.dev}:${s.ino}:${s.size}:${s.mtimeNs}:${s.ctimeNs}`
  } catch {
    return '-'
  }
}

/** Waits until files have come to rest: two looks in a row see the same, or it has taken too long. */
export async function atRest(paths: Iterable<string>): Promise<void> {
  const files = [...paths]
  const look = (): string => files.map(signature).join('\n')
  const start = performance.now()
  for (let before = look(); ; ) {
    await new Promise<void>((resolve) => setTimeout(resolve, SETTLE_MS))
    const now = look()
    if (now === before || performance.now() - start >= UNREST_MS) return
    before = now
  }
}

/** Watches files, there or not, and calls when they have changed and come to rest. */
export class FileWatch {
  readonly #changed: () => void
  /** The files, as they were when they were read. */
  #seen: ReadonlyMap<string, string> = new Map()
  #watchers: FSWatcher[] = []
  #watched = ''
  readonly #scan: NodeJS.Timeout
  #look: NodeJS.Timeout | undefined
  /** What the look before saw, and when the unrest began. */
  #before: string | undefined
  #since = 0
  #closed = false

  constructor(changed: () => void) {
    this.#changed = changed
    this.#scan = setInterval(() => this.#check(), SCAN_MS).unref()
  }

  /** From here on these files count, by signature as they were read. */
  files(seen: ReadonlyMap<string, string>): void {
    this.#seen = seen
    this.#before = undefined
    if (!this.#closed) this.#listen()
  }

  close(): void {
    this.#closed = true
    clearInterval(this.#scan)
    clearTimeout(this.#look)
    for (const watcher of this.#watchers) watcher.close()
    this.#watchers = []
  }

  /** Listens to the directories of the files and of what their links lead to. A directory may have become another one: each time anew. */
  #listen(): void {
    const directories = new Set<string>()
    for (const path of this.#seen.keys()) {
      directories.add(dirname(path))
      try {
        directories.add(dirname(realpathSync(path)))
      } catch {
        // not there: its directory tells when it comes
      }
    }
    const known = [...directories].map((directory) => `${directory} ${signatureOfDirectory(directory)}`).join('\n')
    if (known === this.#watched) return
    this.#watched = known
    for (const watcher of this.#watchers) watcher.close()
    this.#watchers = []
    for (const directory of directories) {
      try {
        const watcher = watch(directory, { persistent: false }, () => this.#soon(EVENT_MS))
        // the scan goes on without it
        watcher.on('error', () => watcher.close())
        this.#watchers.push(watcher)
      } catch {
        // none there, or no more watches to be had: the scan sees what happens
      }
    }
  }

  #soon(ms: number): void {
    if (this.#closed || this.#look !== undefined) return
    this.#look = setTimeout(() => {
      this.#look = undefined
      this.#check()
    }, ms).unref()
  }

  #check(): void {
    if (this.#closed) return
    let now = ''
    let changed = false
    for (const [path, seen] of this.#seen) {
      const sign = signature(path)
      if (sign !== seen) changed = true
      now += `${sign}\n`
    }
    if (!changed) {
      this.#before = undefined
      // a directory that was replaced, or came, while its files stayed alike
      this.#listen()
      return
    }
    const time = performance.now()
    if (this.#before === undefined) this.#since = time
    if (now === this.#before || (this.#before !== undefined && time - this.#since >= UNREST_MS)) {
      this.#before = undefined
      clearTimeout(this.#look)
      this.#look = undefined
      this.#changed()
      return
    }
    this.#before = now
    clearTimeout(this.#look)
    this.#look = undefined
    this.#soon(SETTLE_MS)
  }
}

/** Which directory it is; what is in it does not count. */
function signatureOfDirectory(path: string): string {
  try {
    const s = statSync(path, { bigint: true, throwIfNoEntry: false })
    return s === undefined ? '-' : `${s.dev}:${s.ino}`
  } catch {
    return '-'
  }
}
