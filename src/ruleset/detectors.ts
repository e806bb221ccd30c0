// Names of detectors and groups.

import { detectorId } from '../engine/types.ts'
import type { DetectorInfo } from '../engine/types.ts'

export const DETECTOR_GROUPS = ['secrets', 'pci', 'pii', 'phi', 'network', 'names'] as const

/** True for `all` and the groups. `all` is every group but `names`, which reads a model and is sure of less. */
export function isDetectorGroup(name: string): boolean {
  return name === 'all' || (DETECTOR_GROUPS as readonly string[]).includes(name)
}

/** Ids of detectors: names with groups expanded and `exclude` taken out, in the order of the registry, each once. */
export function expandDetectors(names: readonly string[], exclude: readonly string[], detectors: readonly DetectorInfo[]): string[] {
  const wanted = new Set(names)
  const unwanted = new Set(exclude)
  const covers = (set: ReadonlySet<string>, detector: DetectorInfo): boolean =>
    set.has(detector.name) || (detector.group !== undefined && (set.has(detector.group) || (set.has('all') && detector.group !== 'names')))
  return detectors.filter((detector) => covers(wanted, detector) && !covers(unwanted, detector)).map(detectorId)
}
