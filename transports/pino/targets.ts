import type { PinoMaskOptions } from './guard.ts'

const STAGE = 'mask-logs/pino'

/** An entry of `transport.targets`: one target, or a pipeline of them. */
export interface Target {
  readonly target?: string
  readonly pipeline?: readonly Target[]
  readonly options?: object
  readonly level?: string
}

/** What the worker can be given: what survives the way there. */
export interface WorkerMaskOptions extends Omit<PinoMaskOptions, 'masks' | 'detectors' | 'aiEngine' | 'quarantine' | 'onFinding' | 'onReload'> {
  /** Path of a file to which notes of records held back are appended (mode 0600). */
  readonly quarantine?: string | undefined
}

/**
 * The targets, each behind a masking stage, with its level where it was. Entries that begin with the stage stay as they are. With more than
 * one target, pino's own worker parses each line before any stage sees it, drops lines that are no JSON, and knows no back-pressure.
 *
 * @example pino({ transport: { targets: maskTargets([{ target: 'pino/file', level: 'warn' }], { ruleset: 'rules/pii.yaml' }) } })
 */
export function maskTargets<Entry extends Target>(targets: readonly Entry[], maskOptions: WorkerMaskOptions = {}): Target[] {
  const mask: Target = { target: STAGE, options: maskOptions }
  return targets.map((entry) => {
    const { level, target, options, pipeline, ...rest } = entry
    if (pipeline?.[0]?.target === STAGE || target === STAGE) return entry
    const stages: Target[] = pipeline === undefined ? [{ target: target as string, ...(options === undefined ? {} : { options }) }] : [...pipeline]
    return { ...rest, ...(level === undefined ? {} : { level }), pipeline: [mask, ...stages] }
  })
}
