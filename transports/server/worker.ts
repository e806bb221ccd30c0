// A thread that masks large bodies. It compiles a plan when it is first asked for it, and again when its serial has changed.

import { parentPort, workerData } from 'node:worker_threads'
import { Keyring } from '../../src/index.ts'
import type { FindingEvent, MaskedCount } from '../../src/index.ts'
import { sleepingEngine } from './ai-bridge.ts'
import { answerMask, refusalOf } from './masking.ts'
import type { MaskSettings } from './masking.ts'
import { Maskers } from './maskers.ts'
import { Compiler } from './plans.ts'
import type { PlanOptions } from './plans.ts'
import { compileSchema } from './schema.ts'
import type { RecordSchema } from './schema.ts'

export interface WorkerSettings extends MaskSettings {
  readonly seedDirs: readonly string[]
  readonly instanceSecret: string | undefined
  /** Answers come with what was masked. */
  readonly findings: boolean
  readonly aiEngine: { readonly url: string | undefined; readonly timeout: number }
}

/** A plan as it is sent to a worker. */
export interface WorkerPlan {
  readonly name: string
  readonly serial: number
  readonly options: PlanOptions
  readonly schema: object | null
  readonly schema_mode: 'enforce' | 'report'
  readonly ruleset_yaml: string
}

export type ToWorker = { readonly kind: 'mask'; readonly id: number; readonly plan: WorkerPlan; readonly body: Uint8Array } | { readonly kind: 'drop'; readonly name: string }

const port = parentPort
if (port !== null) {
  const settings = workerData as WorkerSettings
  let counted: { plan: string; counts: readonly MaskedCount[] }[] = []
  let url: string | undefined
  const engine = sleepingEngine(
    (question, transfer) => port.postMessage(question, transfer),
    () => url ?? settings.aiEngine.url,
    settings.aiEngine.timeout,
  )
  const findings: FindingEvent[] | undefined = settings.findings ? [] : undefined
  const compiler = new Compiler(settings.seedDirs, engine, findings === undefined ? undefined : (finding) => void findings.push(finding))
  const maskers = new Maskers(
    (yaml) => compiler.compile(yaml),
    (plan, counts) => void counted.push({ plan, counts }),
    64,
  )
  const keyring = new Keyring(settings.instanceSecret)
  const schemas = new Map<string, { serial: number; check: RecordSchema | undefined }>()
  const checkOf = ({ name, serial, schema }: WorkerPlan): RecordSchema | undefined => {
    if (schema === null) return undefined
    const known = schemas.get(name)
    if (known?.serial === serial) return known.check
    const check = compileSchema(schema)
    schemas.set(name, { serial, check })
    return check
  }
  port.on('message', (message: ToWorker) => {
    if (message.kind === 'drop') {
      maskers.drop(message.name)
      schemas.delete(message.name)
      return
    }
    const { id, plan, body } = message
    try {
      const check = checkOf(plan)
      const setAiEngine = (to: string | undefined): void => {
        url = to
      }
      const answer = answerMask({ ...plan, check }, { masker: maskers.of(plan), keyring, setAiEngine, findings }, Buffer.from(body.buffer, body.byteOffset, body.length), settings)
      maskers.collect()
      // short buffers share memory with others, which cannot be given away
      const bytes = answer.body.buffer.byteLength === answer.body.length ? answer.body : Uint8Array.prototype.slice.call(answer.body)
      port.postMessage({ kind: 'done', id, answer: { ...answer, body: bytes }, counted }, [bytes.buffer as ArrayBuffer])
    } catch (error) {
      const { name, code } = error as { name?: unknown; code?: unknown }
      port.postMessage({ kind: 'failed', id, refusal: refusalOf(error), what: `${String(name)} ${String(code)}`, counted })
    }
    counted = []
  })
}
