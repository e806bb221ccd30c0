// The registry: one line per mask.

import type { MaskDefinition } from '../engine/types.ts'
import { brazilianCpf } from './brazilian-cpf.ts'
import { chain } from './chain.ts'
import { concat } from './concat.ts'
import { creditCard } from './credit-card.ts'
import { dateShift } from './date-shift.ts'
import { doNothing } from './do-nothing.ts'
import { email } from './email.ts'
import { fromChoices } from './from-choices.ts'
import { fromFile } from './from-file.ts'
import { fromFixed } from './from-fixed.ts'
import { fromFormatString } from './from-format-string.ts'
import { fromJsonPath } from './from-json-path.ts'
import { fromRandomBoolean } from './from-random-boolean.ts'
import { fromRandomDate } from './from-random-date.ts'
import { fromRandomDatetime } from './from-random-datetime.ts'
import { fromRandomNumber } from './from-random-number.ts'
import { fromRandomText } from './from-random-text.ts'
import { iban } from './iban.ts'
import { imitate } from './imitate.ts'
import { imitateNzIrd } from './imitate-nz-ird.ts'
import { imitateUnique } from './imitate-unique.ts'
import { imitateUuid } from './imitate-uuid.ts'
import { ip } from './ip.ts'
import { json } from './json.ts'
import { mac } from './mac.ts'
import { name } from './name.ts'
import { numericBucket } from './numeric-bucket.ts'
import { partial } from './partial.ts'
import { phone } from './phone.ts'
import { pseudonym } from './pseudonym.ts'
import { redact } from './redact.ts'
import { remove } from './remove.ts'
import { replaceRegex } from './replace-regex.ts'
import { replaceSubstring } from './replace-substring.ts'
import { retainAge } from './retain-age.ts'
import { retainDateComponent } from './retain-date-component.ts'
import { retainYear } from './retain-year.ts'
import { round } from './round.ts'
import { scan } from './scan.ts'
import { setChecksum } from './set-checksum.ts'
import { socialSecurityNumber } from './social-security-number.ts'
import { sql } from './sql.ts'
import { takeSubstring } from './take-substring.ts'
import { transformCase } from './transform-case.ts'
import { typecast } from './typecast.ts'
import { unstructuredText } from './unstructured-text.ts'
import { url } from './url.ts'
import { xml } from './xml.ts'

/** Every mask, by name. */
export const masks: readonly MaskDefinition[] = [
  brazilianCpf,
  chain,
  concat,
  creditCard,
  dateShift,
  doNothing,
  email,
  fromChoices,
  fromFile,
  fromFixed,
  fromFormatString,
  fromJsonPath,
  fromRandomBoolean,
  fromRandomDate,
  fromRandomDatetime,
  fromRandomNumber,
  fromRandomText,
  iban,
  imitate,
  imitateNzIrd,
  imitateUnique,
  imitateUuid,
  ip,
  json,
  mac,
  name,
  numericBucket,
  partial,
  phone,
  pseudonym,
  redact,
  remove,
  replaceRegex,
  replaceSubstring,
  retainAge,
  retainDateComponent,
  retainYear,
  round,
  scan,
  setChecksum,
  socialSecurityNumber,
  sql,
  takeSubstring,
  transformCase,
  typecast,
  unstructuredText,
  url,
  xml,
]
