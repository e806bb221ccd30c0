import type { Masking } from './masking.ts'
import type { ResourceLike } from './types.ts'
import { frozen } from './values.ts'

/** For `merge` alone: values that belong together are put together before they are masked. */
const raws = new WeakMap<object, ResourceLike>()
/** Resources that a policy lets go, with all that belongs to them. */
const gone = new WeakSet<object>()

export function isGone(resource: ResourceLike): boolean {
  return gone.has(resource)
}

/**
 * A resource of masked attributes. They are masked when they are asked for, and once and for all when those that are promises have settled:
 * until then `asyncAttributesPending` says so, as for the resource that was given.
 */
export function maskedResource(raw: ResourceLike, masking: Masking): ResourceLike {
  let settled = false
  let attributes: Record<string, unknown> | undefined
  const isPending = (): boolean => !settled && raw.asyncAttributesPending === true
  const masked = (attributes: Readonly<Record<string, unknown>>): Record<string, unknown> => {
    const done = masking.resourceAttributes(attributes)
    if (done === 'dropped') gone.add(resource)
    return done === 'dropped' ? {} : done
  }
  const resource: ResourceLike = {
    get attributes() {
      if (attributes !== undefined) return attributes
      // shared by all that refers to it, and not masked again
      const done = frozen(masked(raw.attributes ?? {}))
      if (!isPending()) attributes = done
      return done
    },
    get asyncAttributesPending() {
      return isPending()
    },
    get schemaUrl() {
      return masking.schemaUrl(raw.schemaUrl)
    },
    async waitForAsyncAttributes() {
      try {
        await raw.waitForAsyncAttributes?.()
      } catch {
        // an attribute that came to nothing is left out
      }
      settled = true
    },
    merge(other: unknown) {
      const merged: unknown = raw.merge?.((raws.get(other as object) as never) ?? other)
      return masking.resource(typeof merged === 'object' && merged !== null ? (merged as ResourceLike) : raw)
    },
    /** One by one, since each may be a promise. */
    getRawAttributes() {
      const list = raw.getRawAttributes?.() ?? Object.entries(raw.attributes)
      return list.flatMap(([key, value]): (readonly [string, unknown])[] => {
        if (!isPromise(value)) return Object.entries(masked({ [key]: value }))
        const [name] = Object.keys(masked({ [key]: null }))
        if (name === undefined) return []
        const later = value.then(
          (done) => Object.values(masked({ [key]: done }))[0],
          () => undefined,
        )
        // nobody may wait for it
        later.catch(() => {})
        return [[name, later]]
      })
    },
  }
  raws.set(resource, raw)
  return resource
}

function isPromise(value: unknown): value is Promise<unknown> {
  return typeof (value as { then?: unknown } | null)?.then === 'function'
}
