// What detection makes of single values, for the walkers of parsed values and of trees.

import type { Claim, Plan, Scope } from './plan.ts'
import type { Scanner } from './scanner.ts'
import { NumberText } from './types.ts'
import type { Removed, Value } from './types.ts'
import { standsBeside } from './walker.ts'
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

  /** A string whose key says what it is. Undefined: none says so, or it is something else. */
  keyed(value: string, scope: Scope, access: Access): Value | Removed | undefined {
    const { claim } = scope
    if (claim === undefined || value === '') return undefined
    const { action } = claim
    const bytes = Buffer.from(value)
    const score = claim.keyed.judge(bytes, 0, bytes.length, claim.level, false)
    if (score < 0.6 || !standsBeside(claim, access) || (action.rule.skip !== undefined && action.rule.skip(value))) return undefined
    const done = this.applier.match(action, value, access, () => this.plan.errorPath(scope))
    if (done !== value) access.state.tallies.push(action)
    return done
  }

  /** A number; the same object when nothing is found in it. */
  number(value: NumberText, scope: Scope, access: Access): Value | Removed {
    const set = scope.detect
    const { claim } = scope
    if (claim?.numbers === true && this.means(claim, value, access)) {
      const { action } = claim
      if (!(action.rule.skip !== undefined && action.rule.skip(value))) return this.replaced(value, action, scope, access)
    }
    const { text } = value
    const whole = /^\d{1,19}$/.test(text)
    if (!set.readsNumbers || (!whole && set.known === undefined) || (text.length < 12 && scope.numbers === 1)) return value
    const bytes = text.length > this.encoder.length ? Buffer.from(text, 'latin1') : this.encoder
    const n = bytes === this.encoder ? bytes.write(text, 'latin1') : bytes.length
    if (this.scanner.number(set, bytes, 0, n, scope.keyWords, whole) === 0) return value
    const action = this.scanner.refs[0]!
    return 'detector' in action ? this.replaced(value, action, scope, access) : value
  }

  private means(claim: Claim, { text }: NumberText, access: Access): boolean {
    const bytes = Buffer.from(text, 'latin1')
    return claim.keyed.judge(bytes, 0, bytes.length, claim.level, true) >= 0.6 && standsBeside(claim, access)
  }

  private replaced(value: NumberText, action: Parameters<Applier['match']>[0], scope: Scope, access: Access): Value | Removed {
    const done = this.applier.match(action, value, access, () => this.plan.errorPath(scope))
    if (done instanceof NumberText && done.text === value.text) return value
    access.state.tallies.push(action)
    return done
  }
}
