import type { Masker } from '../../src/index.ts'
import { maskingOf, type OtelMaskOptions } from './masking.ts'
import type { ResourceLike } from './types.ts'

/**
 * A resource with masked attributes, for vendors that read the resource directly; `merge` and `getRawAttributes` mask too, and so do attributes
 * that are still promises. The exporter and processor wrappers mask resources by themselves. Throws what createMasker throws.
 *
 * @example new NodeTracerProvider({ resource: maskResource(resourceFromAttributes({ 'service.name': 'shop' })) })
 */
export function maskResource<R extends ResourceLike>(resource: R, options?: OtelMaskOptions | Masker): R {
  return maskingOf(options)().resource(resource) as R
}
