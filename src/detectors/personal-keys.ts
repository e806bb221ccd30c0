// Personal data that a key names: names of persons, street addresses, coordinates. Words of keys as `splitKey` gives them.

import type { Personal } from '../engine/types.ts'

const words = (text: string): ReadonlySet<string> => new Set(text.trim().split(/\s+/))

/** Before (or behind) `name`: which part of a name it is. */
const PARTS = words('first given middle last family sur maiden christian fore birth second')
/** Parts of names in one word. */
const PART_HEADS = words(
  'fname lname mname surname surnames forename forenames vorname nachname familienname prenom prénom nomdefamille apellido apellidos cognome voornaam achternaam fornavn etternavn efternavn förnamn efternamn imie imię nazwisko',
)
/** Before `name`: whose name it is, or that all of it is there. */
const WHOLE = words(
  'full display person patient customer employee student passenger recipient beneficiary cardholder holder applicant contact author sender spouse father mother guardian nominee payer payee billing shipping',
)
const HOLDERS = words('cardholder accountholder')
/** What `holder` holds. */
const HELD = words('card account policy')

/** Before `address`: it is where somebody lives or gets mail. */
const KINDS_OF_ADDRESS = words('street home postal mailing billing shipping residential residence permanent delivery correspondence')
/** Before `address`: whose it is, of whatever kind. */
const OWNERS = words('user customer patient contact employee person client member student guest recipient sender work office company business')
const ADDRESS = words('address addr adresse')

/** What personal data a key names, by its words and the index of its head. */
export function personalOf(list: readonly string[], head: number): Personal {
  if (head < 0) return 0
  const word = list[head]!
  const before = head > 0 ? list[head - 1]! : ''
  switch (word) {
    case 'name':
    case 'names':
      return PARTS.has(before) ? 'part of a name' : WHOLE.has(before) ? 'name' : 0
    case 'holder':
      return HELD.has(before) ? 'name' : 0
    case 'card':
      return before === 'on' && list[head - 2] === 'name' ? 'name' : 0
    case 'street':
    case 'strasse':
    case 'straße':
      return 'street'
    case 'line':
    case 'lines':
      return ADDRESS.has(before) || before === 'street' ? 'street' : 0
    case 'latitude':
    case 'longitude':
    case 'lat':
      return word
    case 'lon':
    case 'lng':
    case 'long':
      return 'lon'
    case 'addr1':
    case 'addr2':
      return 'address'
    default:
  }
  if (PART_HEADS.has(word)) return 'part of a name'
  if (HOLDERS.has(word)) return 'name'
  if (before === 'name' && head === list.length - 1) return PARTS.has(word) ? 'part of a name' : word === 'full' || word === 'display' ? 'name' : 0
  if (!ADDRESS.has(word)) return 0
  return KINDS_OF_ADDRESS.has(before) ? 'street' : head === 0 || OWNERS.has(before) ? 'address' : 0
}

/** Keys below such a one are read together with it: `name` before `first`, `customer` before `name`. */
export function leadsOn(list: readonly string[]): boolean {
  const last = list[list.length - 1]
  return last !== undefined && (last === 'name' || ADDRESS.has(last) || WHOLE.has(last))
}
