// The registry: one line per mask.

import type { MaskDefinition } from '../engine/types.ts'
import { chain } from './chain.ts'
import { concat } from './concat.ts'
import { creditCard } from './credit-card.ts'
import { dateShift } from './date-shift.ts'
import { doNothing } from './do-nothing.ts'
import { email } from './email.ts'
import { fromFile } from './from-file.ts'
import { fromFixed } from './from-fixed.ts'
import { iban } from './iban.ts'
import { imitate } from './imitate.ts'
import { imitateUnique } from './imitate-unique.ts'
import { ip } from './ip.ts'
import { json } from './json.ts'
import { mac } from './mac.ts'
import { name } from './name.ts'
import { partial } from './partial.ts'
import { phone } from './phone.ts'
import { pseudonym } from './pseudonym.ts'
import { redact } from './redact.ts'
import { remove } from './remove.ts'
import { replaceRegex } from './replace-regex.ts'
import { replaceSubstring } from './replace-substring.ts'
import { scan } from './scan.ts'
import { socialSecurityNumber } from './social-security-number.ts'
import { takeSubstring } from './take-substring.ts'
import { transformCase } from './transform-case.ts'
import { typecast } from './typecast.ts'
import { url } from './url.ts'

/** Every mask, by name. */
export const masks: readonly MaskDefinition[] = [
  chain,
  concat,
  creditCard,
  dateShift,
  doNothing,
  email,
  fromFile,
  fromFixed,
  iban,
  imitate,
  imitateUnique,
  ip,
  json,
  mac,
  name,
  partial,
  phone,
  pseudonym,
  redact,
  remove,
  replaceRegex,
  replaceSubstring,
  scan,
  socialSecurityNumber,
  takeSubstring,
  transformCase,
  typecast,
  url,
]
