// What detection makes of single values, for the walkers of parsed values and of trees.

import type { Plan, Scope } from './plan.ts'
import type { Scanner } from './scanner.ts'
import { NumberText } from './types.ts'
import type { Removed, Value } from './types.ts'
import type { Access, Applier } from './walker.ts'

export class Leaves {
  private readonly plan: Plan
  private readonly applier: Applier
  private readonly scanner: Scanner
  private readonly encoder = Buffer.allocUnsafe(64)

  constructor(plan: Plan, applier: Applier, scanner: Scanner) {
    this.plan = plan
    this.applier = applier
    this.scanner = scanner
  }

  /** A string under a key that names a secret. Undefined: none, or none that looks like one. */
  secret(value: string, scope: Scope, access: Access): Value | Removed | undefined {
    const action = scope.detect.namedSecret
    if (action === undefined || scope.facts.secret === 0 || value === '') return undefined
    const bytes = Buffer.from(value)
    const score = this.plan.parts.judgeSecret(bytes, 0, bytes.length, scope.facts.secret as 1 | 2 | 3 | 4, 'record')
    if (score < 0.6 || (action.rule.skip !== undefined && action.rule.skip(value))) return undefined
    const done = this.applier.match(action, value, access, () => this.plan.errorPath(scope))
    if (done !== value) access.state.tallies.push(action)
    return done
  }

  /** A number; the same object when nothing is found in it. */
  number(value: NumberText, scope: Scope, access: Access): Value | Removed {
    const set = scope.detect
    if (set.namedSecret !== undefined && scope.facts.secretNumbers) {
      const action = set.namedSecret
      if (!(action.rule.skip !== undefined && action.rule.skip(value))) return this.replaced(value, action, scope, access)
    }
    const { text } = value
    if (!/^\d{1,19}$/.test(text) || set.numberFinders.length === 0) return value
    if (text.length < 12 && scope.numbers === 1) return value
    const n = this.encoder.write(text, 'latin1')
    if (this.scanner.number(set, this.encoder, 0, n, scope.keyWords) === 0) return value
    const action = this.scanner.refs[0]!
    return 'detector' in action ? this.replaced(value, action, scope, access) : value
  }

  private replaced(value: NumberText, action: Parameters<Applier['match']>[0], scope: Scope, access: Access): Value | Removed {
    const done = this.applier.match(action, value, access, () => this.plan.errorPath(scope))
    if (done instanceof NumberText && done.text === value.text) return value
    access.state.tallies.push(action)
    return done
  }
}
