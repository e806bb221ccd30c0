// Identifiers of people and companies by country: every number is made by the arithmetic of its register, none is anyone's.
// test/quality.test.ts holds them against the package stdnum where it knows the format.
import type { Random } from '../random.ts'
import { altered, day, digits, DIGITS, lettersAsNumbers, luhn, mod11_10, modulo, padded, run, sevenThreeOne, until, UPPER, verhoeff, weighted } from './arithmetic.ts'
import type { Entity } from './entity.ts'

type Options = Partial<Pick<Entity, 'alone' | 'group' | 'number' | 'near'>>

function id(name: string, words: readonly string[], keys: readonly string[], make: Entity['make'], options: Options = {}): Entity {
  // The last digit is part of a check in nearly all of them: one more, and it fails.
  const lastDigit = (random: Random): string => {
    const made = make(random, true)
    const text = typeof made === 'string' ? made : made.text
    return altered(text, /[A-Za-z0-9]$/.test(text) ? text.length - 1 : text.length - 2)
  }
  return { name, group: 'pii', alone: 'never', words, keys, make, near: lastDigit, ...options }
}

/** Without a check there is no near miss. */
const unchecked: Options = { near: undefined }
const grouped = (text: string, sizes: readonly number[], separator: string): string => {
  let at = 0
  return sizes.map((size) => text.slice(at, (at += size))).join(separator)
}
const elevenMinus = (rest: number): number => 11 - rest

const cpf = (random: Random, written: boolean): string => {
  const body = digits(random, 9)
  const first = elevenMinus(weighted(body, run(10, 2)) % 11)
  const one = body + (first > 9 ? 0 : first)
  const second = elevenMinus(weighted(one, run(11, 2)) % 11)
  const all = one + (second > 9 ? 0 : second)
  return written ? `${all.slice(0, 3)}.${all.slice(3, 6)}.${all.slice(6, 9)}-${all.slice(9)}` : all
}

const cnpj = (random: Random, written: boolean): string => {
  const body = (random.chance(0.8) ? digits(random, 8) : random.text(UPPER + DIGITS, 8)) + padded(random.between(1, 30), 4)
  const sum = (text: string, weights: readonly number[]): number => weights.reduce((total, weight, i) => total + weight * (text.charCodeAt(i) - 48), 0)
  const check = (rest: number): number => (rest < 2 ? 0 : 11 - rest)
  const one = body + check(sum(body, [5, 4, 3, 2, ...run(9, 2)]) % 11)
  const all = one + check(sum(one, [6, 5, 4, 3, 2, ...run(9, 2)]) % 11)
  return written ? `${all.slice(0, 2)}.${all.slice(2, 5)}.${all.slice(5, 8)}/${all.slice(8, 12)}-${all.slice(12)}` : all
}

const pan = (random: Random): string => `${random.text(UPPER, 3)}${random.pick([...'ABCFGHJLPT'])}${random.text(UPPER, 1)}${digits(random, 4)}${random.text(UPPER, 1)}`

const gstin = (random: Random): string => {
  const alphabet = DIGITS + UPPER
  const body = `${padded(random.between(1, 38), 2)}${pan(random)}${random.between(1, 9)}Z`
  let sum = 0
  for (let i = 0; i < body.length; i++) {
    const product = alphabet.indexOf(body[i]!) * ((i % 2) + 1)
    sum += Math.floor(product / 36) + (product % 36)
  }
  return body + alphabet[(36 - (sum % 36)) % 36]
}

const codiceFiscale = (random: Random): string => {
  const consonants = 'BCDFGLMNPRSTV'
  const born = day(random)
  const woman = random.chance(0.5)
  const body =
    random.text(consonants, 6) +
    born.yy +
    'ABCDEHLMPRST'[Number(born.mm) - 1]! +
    (woman ? String(Number(born.dd) + 40) : born.dd) +
    random.pick(['H501', 'F205', 'L219', 'A944', 'D612', 'G273'])
  const odd = new Map<string, number>()
  const values = [1, 0, 5, 7, 9, 13, 15, 17, 19, 21]
  for (let i = 0; i < 10; i++) odd.set(String(i), values[i]!).set(UPPER[i]!, values[i]!)
  const rest = [2, 4, 18, 20, 11, 3, 6, 8, 12, 14, 16, 10, 22, 25, 24, 23]
  for (let i = 0; i < rest.length; i++) odd.set(UPPER[10 + i]!, rest[i]!)
  let sum = 0
  for (let i = 0; i < 15; i++) {
    const c = body[i]!
    sum += i % 2 === 0 ? odd.get(c)! : /\d/.test(c) ? Number(c) : UPPER.indexOf(c)
  }
  return body + UPPER[sum % 26]
}

const nir = (random: Random, written: boolean): string => {
  const born = day(random, 1940, 1999)
  const department = random.pick(['75', '69', '33', '2A', '2B', '59', '13'])
  const body = `${random.between(1, 2)}${born.yy}${born.mm}${department}${digits(random, 3)}${digits(random, 3)}`
  const key = padded(97 - modulo(body.replace('2A', '19').replace('2B', '18'), 97), 2)
  return written ? `${grouped(body, [1, 2, 2, 2, 3, 3], ' ')} ${key}` : body + key
}

const steuerId = (random: Random): string =>
  until(() => {
    // Ten digits of which one occurs twice and one of the ten is missing.
    const pool = [...DIGITS].map((c) => ({ c, at: random.bits() })).sort((a, b) => a.at - b.at)
    const ten = [...pool.slice(0, 9).map((x) => x.c)]
    ten.splice(random.below(10), 0, ten[random.below(9)]!)
    const body = ten.join('')
    return body[0] === '0' ? undefined : body + mod11_10(body)
  })

const digitSum = (n: number): number => Math.floor(n / 10) + (n % 10)
const letterAsTwo = (letter: string): string => padded(UPPER.indexOf(letter) + 1, 2)

const svnr = (random: Random, written: boolean): string => {
  const born = day(random)
  const letter = random.text(UPPER, 1)
  const head = padded(random.pick([2, 3, 8, 12, 14, 17, 18, 23, 50, 65]), 2) + born.dd + born.mm + born.yy
  const serial = padded(random.between(1, 99), 2)
  const numeric = head + letterAsTwo(letter) + serial
  const sum = [2, 1, 2, 5, 7, 1, 2, 1, 2, 1, 2, 1].reduce((total, weight, i) => total + digitSum(weight * Number(numeric[i])), 0)
  const all = head + letter + serial + (sum % 10)
  return written ? `${all.slice(0, 2)} ${all.slice(2, 8)} ${all.slice(8, 9)} ${all.slice(9)}` : all
}

const kvnr = (random: Random): string => {
  const letter = random.text(UPPER, 1)
  const body = digits(random, 8)
  const numeric = letterAsTwo(letter) + body
  let sum = 0
  for (let i = 0; i < 10; i++) sum += digitSum(Number(numeric[i]) * (1 + (i % 2)))
  return letter + body + (sum % 10)
}

const nrn = (random: Random, written: boolean): string => {
  const born = day(random, 1940, 2006)
  const body = born.yy + born.mm + born.dd + padded(random.between(1, 997), 3)
  const check = padded(97 - modulo(born.year >= 2000 ? `2${body}` : body, 97), 2)
  return written ? `${born.yy}.${born.mm}.${born.dd}-${body.slice(6)}.${check}` : body + check
}

const pps = (random: Random): string => {
  const alphabet = 'WABCDEFGHIJKLMNOPQRSTUV'
  const body = digits(random, 7)
  const second = random.chance(0.4) ? random.pick(['A', 'H', 'W']) : ''
  return body + alphabet[(weighted(body, run(8, 2)) + (second === '' || second === 'W' ? 0 : 9 * (UPPER.indexOf(second) + 1))) % 23] + second
}

const pesel = (random: Random): string => {
  const born = day(random)
  const month = Number(born.mm) + (born.year >= 2000 ? 20 : 0)
  const body = born.yy + padded(month, 2) + born.dd + digits(random, 4)
  return body + ((10 - (weighted(body, [1, 3, 7, 9, 1, 3, 7, 9, 1, 3]) % 10)) % 10)
}

const rodneCislo = (random: Random, written: boolean): string =>
  until(() => {
    const born = day(random, 1955, 2003)
    const head = born.yy + padded(Number(born.mm) + (random.chance(0.5) ? 50 : 0), 2) + born.dd
    const serial = digits(random, 3)
    const check = modulo(head + serial, 11)
    return check === 10 ? undefined : `${head}${written ? '/' : ''}${serial}${check}`
  })

const cnp = (random: Random): string => {
  const born = day(random)
  const body = `${born.year >= 2000 ? random.between(5, 6) : random.between(1, 2)}${born.yy}${born.mm}${born.dd}${padded(random.between(1, 46), 2)}${padded(random.between(1, 999), 3)}`
  const rest = weighted(body, [2, 7, 9, 1, 4, 6, 3, 5, 8, 2, 7, 9]) % 11
  return body + (rest === 10 ? 1 : rest)
}

const egn = (random: Random): string => {
  const born = day(random)
  const body = born.yy + padded(Number(born.mm) + (born.year >= 2000 ? 40 : 0), 2) + born.dd + digits(random, 3)
  return body + ((weighted(body, [2, 4, 8, 5, 10, 9, 7, 3, 6]) % 11) % 10)
}

const baltic = (random: Random): string => {
  const born = day(random)
  const body = `${(born.year >= 2000 ? 5 : 3) + random.below(2)}${born.yy}${born.mm}${born.dd}${digits(random, 3)}`
  const first = weighted(body, [...run(1, 9), 1]) % 11
  const second = weighted(body, [3, 4, 5, 6, 7, 8, 9, 1, 2, 3]) % 11
  return body + (first < 10 ? first : second < 10 ? second : 0)
}

const fnr = (random: Random, written: boolean): string =>
  until(() => {
    // The three digits behind the date tell the century.
    const born = day(random, 1940, 1999)
    const body = born.dd + born.mm + born.yy + padded(random.between(0, 499), 3)
    const first = (11 - (weighted(body, [3, 7, 6, 1, 8, 9, 4, 5, 2]) % 11)) % 11
    if (first === 10) return undefined
    const second = (11 - (weighted(body + first, [5, 4, 3, 2, 7, 6, 5, 4, 3, 2]) % 11)) % 11
    return second === 10 ? undefined : `${body.slice(0, 6)}${written && random.chance(0.5) ? ' ' : ''}${body.slice(6)}${first}${second}`
  })

const nric = (random: Random): string => {
  const first = random.pick([...'STFGM'])
  const body = digits(random, 7)
  const sum = weighted(body, [2, 7, 6, 5, 4, 3, 2]) + (first === 'T' || first === 'G' ? 4 : first === 'M' ? 3 : 0)
  const rest = sum % 11
  const letter = first === 'S' || first === 'T' ? 'JZIHGFEDCBA'[rest]! : first === 'M' ? 'KLJNPQRTUWX'[10 - rest]! : 'XWUTRQPNMLK'[rest]!
  return first + body + letter
}

const residentCn = (random: Random): string => {
  const born = day(random)
  const region = random.pick(['110101', '310104', '440106', '510104', '330102', '320505'])
  const body = `${region}${born.yyyy}${born.mm}${born.dd}${digits(random, 3)}`
  return body + '10X98765432'[weighted(body, [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2]) % 11]
}

const curp = (random: Random): string => {
  const alphabet = '0123456789ABCDEFGHIJKLMNÑOPQRSTUVWXYZ'
  const born = day(random)
  const consonants = 'BCDFGHJKLMNPQRSTVWXYZ'
  const name = random.text(consonants, 1) + random.pick([...'AEIOU']) + random.text(consonants, 2)
  const body = `${name}${born.yy}${born.mm}${born.dd}${random.pick(['H', 'M'])}${random.pick(['DF', 'JC', 'NL', 'MC', 'VZ', 'OC'])}${random.text(consonants, 3)}${born.year >= 2000 ? random.text('ABC', 1) : digits(random, 1)}`
  let sum = 0
  for (let i = 0; i < 17; i++) sum += alphabet.indexOf(body[i]!) * (18 - i)
  return body + ((10 - (sum % 10)) % 10)
}

const hkid = (random: Random, written: boolean): string => {
  const letters = random.chance(0.8) ? random.text('ABCDEFGHJKMNPRSTVWXYZ', 1) : random.pick(['WX', 'XA', 'XB', 'EC'])
  const body = digits(random, 6)
  const values = [...(letters.length === 1 ? [36] : []), ...[...letters].map((c) => UPPER.indexOf(c) + 10), ...[...body].map(Number)]
  const rest = values.reduce((total, value, i) => total + value * (9 - i), 0) % 11
  const check = (11 - rest) % 11
  return written ? `${letters}${body}(${check === 10 ? 'A' : check})` : `${letters}${body}${check === 10 ? 'A' : check}`
}

const twid = (random: Random): string => {
  const letter = random.text(UPPER, 1)
  const body = `${random.between(1, 2)}${digits(random, 7)}`
  const numeric = String('ABCDEFGHJKLMNPQRSTUVXYWZIO'.indexOf(letter) + 10) + body
  return letter + body + ((10 - (weighted(numeric, [1, 9, 8, 7, 6, 5, 4, 3, 2, 1]) % 10)) % 10)
}

const cuit = (random: Random, written: boolean): string => {
  const body = `${random.pick(['20', '23', '27', '30', '33'])}${digits(random, 8)}`
  const raw = 11 - (weighted(body, [5, 4, 3, 2, 7, 6, 5, 4, 3, 2]) % 11)
  const check = raw === 11 ? 0 : raw === 10 ? 9 : raw
  return written ? `${body.slice(0, 2)}-${body.slice(2)}-${check}` : `${body}${check}`
}

const rut = (random: Random, written: boolean): string => {
  const number = String(random.between(4_000_000, 26_000_000))
  const check = '0K987654321'[weighted(number.padStart(8, '0'), [3, 2, 7, 6, 5, 4, 3, 2]) % 11]
  return written ? `${number.replace(/\B(?=(\d{3})+$)/g, '.')}-${check}` : `${number}-${check}`
}

const nhi = (random: Random): string => {
  const alphabet = 'ABCDEFGHJKLMNPQRSTUVWXYZ'
  return until(() => {
    const letters = random.text(alphabet, 3)
    const value = (c: string): number => (/\d/.test(c) ? Number(c) : alphabet.indexOf(c) + 1)
    if (random.chance(0.5)) {
      const body = letters + digits(random, 3)
      const rest = [...body].reduce((total, c, i) => total + value(c) * (7 - i), 0) % 11
      if (rest === 0) return undefined
      return body + ((11 - rest) % 10)
    }
    const body = letters + digits(random, 2) + random.text(alphabet, 1)
    const rest = [...body].reduce((total, c, i) => total + value(c) * (7 - i), 0) % 24
    return body + alphabet[24 - rest - 1]
  })
}

const ird = (random: Random, written: boolean): string => {
  const all = until(() => {
    const body = padded(random.between(10_000_00, 14_999_999), 8)
    let check = (11 - (weighted(body, [3, 2, 7, 6, 5, 4, 3, 2]) % 11)) % 11
    if (check === 10) check = (11 - (weighted(body, [7, 4, 3, 2, 5, 2, 7, 6]) % 11)) % 11
    return check === 10 ? undefined : `${body}${check}`.replace(/^0/, '')
  })
  return written ? all.replace(/(\d{2,3})(\d{3})(\d{3})$/, '$1-$2-$3') : all
}

export const national: readonly Entity[] = [
  id(
    'uk_nhs',
    ['NHS number', 'nhs no'],
    ['nhsNumber', 'nhs_number', 'nhs'],
    (random, written) => {
      const all = until(() => {
        const body = digits(random, 9)
        const check = 11 - (weighted(body, run(10, 2)) % 11)
        return check === 10 ? undefined : body + (check === 11 ? 0 : check)
      })
      return written ? grouped(all, [3, 3, 4], ' ') : all
    },
    { group: 'phi', number: true },
  ),
  id(
    'uk_nino',
    ['national insurance number', 'NINO'],
    ['nino', 'nationalInsuranceNumber', 'national_insurance_number'],
    (random, written) =>
      until(() => {
        const two = random.text('ABCEGHJKLMNOPRSTWXYZ', 1) + random.text('ABCEGHJKLMNPRSTWXYZ', 1)
        if (['BG', 'GB', 'KN', 'NK', 'NT', 'TN', 'ZZ'].includes(two)) return undefined
        const body = digits(random, 6)
        const last = random.text('ABCD', 1)
        return written && random.chance(0.5) ? `${two} ${grouped(body, [2, 2, 2], ' ')} ${last}` : `${two}${body}${last}`
      }),
    { alone: 'always', near: (random) => `${random.pick(['BG', 'GB', 'NK', 'ZZ', 'DA', 'QQ', 'FU'])}${digits(random, 6)}${random.text('ABCD', 1)}` },
  ),
  id(
    'uk_utr',
    ['UTR', 'unique taxpayer reference'],
    ['utr', 'taxpayerReference', 'utr_number'],
    (random) => {
      const body = digits(random, 9)
      return '21987654321'[weighted(body, [6, 7, 8, 9, 10, 5, 4, 3, 2]) % 11] + body
    },
    { number: true },
  ),
  id('uk_bank', ['sort code'], ['sortCode', 'sort_code'], (random) => `${digits(random, 2)}-${digits(random, 2)}-${digits(random, 2)}`, unchecked),
  id(
    'us_npi',
    ['NPI', 'national provider identifier'],
    ['npi', 'npiNumber', 'provider_npi'],
    (random) => {
      const body = random.pick(['1', '2']) + digits(random, 8)
      return body + luhn(`80840${body}`)
    },
    { group: 'phi', number: true },
  ),
  id(
    'us_dea',
    ['DEA number', 'DEA'],
    ['dea', 'deaNumber', 'dea_number'],
    (random) => {
      const body = digits(random, 6)
      return random.text('ABCDEFGHJKLMPRSTUX', 1) + random.text(UPPER, 1) + body + ((weighted(body, [1, 0, 1, 0, 1, 0]) + 2 * weighted(body, [0, 1, 0, 1, 0, 1])) % 10)
    },
    { group: 'phi' },
  ),
  id(
    'us_mbi',
    ['MBI', 'Medicare number'],
    ['mbi', 'medicareBeneficiaryId', 'mbi_number'],
    (random, written) => {
      const letters = 'ACDEFGHJKMNPQRTUVWXY'
      const l = (): string => random.text(letters, 1)
      const n = (): string => digits(random, 1)
      const ln = (): string => random.text(letters + DIGITS, 1)
      const all = random.between(1, 9) + l() + ln() + n() + l() + ln() + n() + l() + l() + n() + n()
      return written ? grouped(all, [4, 3, 4], '-') : all
    },
    {
      group: 'phi',
      alone: 'written',
      near: (random) =>
        `${random.between(1, 9)}${random.text('SLOIBZ', 1)}${digits(random, 2)}-${random.text('SLOIBZ', 1)}${digits(random, 2)}-${random.text('AC', 2)}${digits(random, 2)}`,
    },
  ),
  id(
    'us_routing',
    ['routing number', 'ABA'],
    ['routingNumber', 'routing_number', 'abaRouting'],
    (random) => {
      const body = padded(random.pick([...run(1, 12), ...run(21, 32), ...run(61, 72), 80]), 2) + digits(random, 6)
      return body + ((10 - (weighted(body, [3, 7, 1, 3, 7, 1, 3, 7]) % 10)) % 10)
    },
    { number: true },
  ),
  id(
    'us_ein',
    ['EIN', 'employer identification number'],
    ['ein', 'employerId', 'employer_identification_number'],
    (random) =>
      `${padded(random.pick([...run(1, 6), ...run(10, 16), ...run(20, 27), ...run(30, 48), ...run(50, 68), ...run(71, 77), ...run(80, 88), ...run(90, 95), 98, 99]), 2)}-${digits(random, 7)}`,
    { near: (random) => `${random.pick(['07', '08', '17', '18', '28', '49', '69', '78', '89', '96'])}-${digits(random, 7)}` },
  ),
  id(
    'ca_sin',
    ['SIN', 'social insurance number'],
    ['sin', 'socialInsuranceNumber', 'social_insurance_number'],
    (random, written) => {
      const body = random.text('12345679', 1) + digits(random, 7)
      const all = body + luhn(body)
      return written ? grouped(all, [3, 3, 3], random.pick([' ', '-'])) : all
    },
    { number: true },
  ),
  id(
    'in_aadhaar',
    ['Aadhaar', 'aadhaar number'],
    ['aadhaar', 'aadhaarNumber', 'aadhaar_no'],
    (random, written) => {
      const body = random.text('23456789', 1) + digits(random, 10)
      const all = body + verhoeff(body)
      return written ? grouped(all, [4, 4, 4], ' ') : all
    },
    { number: true },
  ),
  id('in_pan', ['PAN card', 'permanent account number'], ['panNumber', 'pan_card'], pan, {
    near: (random) => `${random.text(UPPER, 3)}${random.pick([...'DEIKMNOQ'])}${random.text(UPPER, 1)}${digits(random, 4)}${random.text(UPPER, 1)}`,
  }),
  id('in_gstin', ['GSTIN', 'GST number'], ['gstin', 'gstNumber'], gstin, { alone: 'always' }),
  id('br_cpf', ['CPF'], ['cpf', 'cpfNumber', 'documento_cpf'], cpf, { alone: 'written', number: true }),
  id('br_cnpj', ['CNPJ'], ['cnpj', 'cnpjNumber'], cnpj, { alone: 'written' }),
  id(
    'br_cns',
    ['CNS', 'cartão nacional de saúde'],
    ['cns', 'cnsNumber', 'cartao_nacional_saude'],
    (random) =>
      until(() => {
        const body = random.text('12789', 1) + digits(random, 13)
        const rest = weighted(body, run(15, 2)) % 11
        const check = (11 - rest) % 11
        return check === 10 ? undefined : body + check
      }),
    { group: 'phi', number: true },
  ),
  id(
    'br_pis',
    ['PIS', 'PIS/PASEP'],
    ['pis', 'pisPasep', 'pis_pasep'],
    (random, written) => {
      const body = digits(random, 10)
      const check = elevenMinus(weighted(body, [3, 2, 9, 8, 7, 6, 5, 4, 3, 2]) % 11)
      const all = body + (check > 9 ? 0 : check)
      return written ? `${all.slice(0, 3)}.${all.slice(3, 8)}.${all.slice(8, 10)}-${all.slice(10)}` : all
    },
    { number: true },
  ),
  id(
    'es_dni',
    ['DNI', 'NIE'],
    ['dni', 'nie', 'numeroDni'],
    (random, written) => {
      const letters = 'TRWAGMYFPDXBNJZSQVHLCKE'
      if (random.chance(0.4)) {
        const body = random.text('XYZ', 1) + digits(random, 7)
        return body + letters[Number(body.replace('X', '0').replace('Y', '1').replace('Z', '2')) % 23]
      }
      const body = digits(random, 8)
      return `${body}${written ? '-' : ''}${letters[Number(body) % 23]}`
    },
    { alone: 'written' },
  ),
  id(
    'pt_nif',
    ['NIF', 'número de contribuinte'],
    ['nif', 'nifNumber', 'numero_contribuinte'],
    (random) => {
      const body = random.pick(['1', '2', '3', '5', '6', '8', '9', '45']) + digits(random, 8)
      const eight = body.slice(0, 8)
      const check = elevenMinus(weighted(eight, run(9, 2)) % 11)
      return eight + (check > 9 ? 0 : check)
    },
    { number: true },
  ),
  id('it_codice_fiscale', ['codice fiscale', 'CF'], ['codiceFiscale', 'codice_fiscale'], codiceFiscale, { alone: 'always' }),
  id('fr_nir', ['numéro de sécurité sociale', 'NIR'], ['nir', 'numeroSecuriteSociale', 'securite_sociale'], nir, { alone: 'written' }),
  id('de_steuer_id', ['Steuer-ID', 'steuerliche Identifikationsnummer'], ['steuerId', 'steuer_id', 'idnr'], steuerId, { number: true }),
  id('de_ausweis', ['Personalausweis', 'Ausweisnummer'], ['ausweisnummer', 'personalausweis', 'ausweisNr'], (random) => {
    const body = random.text('LMNPRTVWXY', 1) + random.text(`CFGHJKLMNPRTVWXYZ${DIGITS}`, 8)
    return body + sevenThreeOne(body)
  }),
  id('de_svnr', ['Sozialversicherungsnummer', 'SV-Nummer'], ['sozialversicherungsnummer', 'svNummer', 'sv_nummer'], svnr),
  id('de_health', ['Krankenversichertennummer', 'KVNR'], ['kvnr', 'krankenversichertennummer', 'versichertennummer'], kvnr),
  id(
    'nl_bsn',
    ['BSN', 'burgerservicenummer'],
    ['bsn', 'burgerservicenummer', 'bsnNumber'],
    (random) =>
      until(() => {
        const body = random.text('12345678', 1) + digits(random, 7)
        const check = weighted(body, run(9, 2)) % 11
        return check === 10 ? undefined : body + check
      }),
    { number: true },
  ),
  id('be_nrn', ['rijksregisternummer', 'numéro national'], ['rijksregisternummer', 'nrn', 'numeroNational'], nrn, { alone: 'always', number: true }),
  id(
    'at_svnr',
    ['Sozialversicherungsnummer', 'SVNR'],
    ['svnr', 'sozialversicherungsnummer'],
    (random, written) =>
      until(() => {
        const born = day(random)
        const serial = String(random.between(100, 999))
        const check = (weighted(serial, [3, 7, 9]) + weighted(born.dd + born.mm + born.yy, [5, 8, 4, 2, 1, 6])) % 11
        return check === 10 ? undefined : `${serial}${check}${written ? ' ' : ''}${born.dd}${born.mm}${born.yy}`
      }),
    { number: true, near: undefined },
  ),
  id(
    'ch_ahv',
    ['AHV-Nummer', 'AVS'],
    ['ahv', 'ahvNummer', 'avs_number'],
    (random, written) => {
      const body = `756${digits(random, 9)}`
      const all = body + ((10 - (weighted(body, [1, 3, 1, 3, 1, 3, 1, 3, 1, 3, 1, 3]) % 10)) % 10)
      return written ? `${all.slice(0, 3)}.${all.slice(3, 7)}.${all.slice(7, 11)}.${all.slice(11)}` : all
    },
    { alone: 'always', number: true },
  ),
  id('ie_pps', ['PPS number', 'PPSN'], ['ppsn', 'ppsNumber', 'pps_number'], pps),
  id('pl_pesel', ['PESEL'], ['pesel', 'peselNumber'], pesel, { number: true }),
  id(
    'pl_nip',
    ['NIP'],
    ['nip', 'numerNip'],
    (random, written) =>
      until(() => {
        const body = random.text('123456789', 3) + digits(random, 6)
        const check = weighted(body, [6, 5, 7, 2, 3, 4, 5, 6, 7]) % 11
        return check === 10 ? undefined : written ? `${grouped(body + check, [3, 3, 2, 2], '-')}` : body + check
      }),
    { number: true },
  ),
  id(
    'pl_regon',
    ['REGON'],
    ['regon', 'regonNumber'],
    (random) => {
      const body = digits(random, 8)
      return body + ((weighted(body, [8, 9, 2, 3, 4, 5, 6, 7]) % 11) % 10)
    },
    { number: true },
  ),
  id('cz_rodne_cislo', ['rodné číslo', 'RČ'], ['rodneCislo', 'rodne_cislo'], rodneCislo),
  id('ro_cnp', ['CNP', 'cod numeric personal'], ['cnp', 'codNumericPersonal'], cnp, { number: true }),
  id('bg_egn', ['EGN', 'ЕГН'], ['egn', 'egnNumber'], egn, { number: true }),
  id(
    'hu_tax_id',
    ['adóazonosító jel', 'TAJ szám'],
    ['adoazonositoJel', 'tajSzam', 'ado_azonosito'],
    (random) => {
      if (random.chance(0.4)) {
        const body = digits(random, 8)
        return body + (weighted(body, [3, 7, 3, 7, 3, 7, 3, 7]) % 10)
      }
      return until(() => {
        const body = `8${digits(random, 8)}`
        const check = weighted(body, run(1, 9)) % 11
        return check === 10 ? undefined : body + check
      })
    },
    { number: true },
  ),
  id(
    'gr_amka',
    ['AMKA', 'ΑΜΚΑ'],
    ['amka', 'amkaNumber'],
    (random) => {
      const born = day(random)
      const body = born.dd + born.mm + born.yy + digits(random, 4)
      return body + luhn(body)
    },
    { number: true },
  ),
  id(
    'lv_pk',
    ['personas kods'],
    ['personasKods', 'personas_kods'],
    (random, written) => {
      const born = day(random, 1940, 1999)
      const body = `${born.dd}${born.mm}${born.yy}1${digits(random, 3)}`
      const check = ((1101 - weighted(body, [1, 6, 3, 7, 9, 10, 5, 8, 4, 2])) % 11) % 10
      return written ? `${body.slice(0, 6)}-${body.slice(6)}${check}` : `${body}${check}`
    },
    { number: true },
  ),
  id('ee_lt_id', ['isikukood', 'asmens kodas'], ['isikukood', 'asmensKodas'], baltic, { number: true }),
  id('se_personnummer', ['personnummer'], ['personnummer', 'person_nummer'], (random) => {
    const born = day(random, 1940, 2003)
    const body = born.yy + born.mm + born.dd + digits(random, 3)
    return `${random.chance(0.5) ? born.yyyy.slice(0, 2) : ''}${body.slice(0, 6)}-${body.slice(6)}${luhn(body)}`
  }),
  id(
    'fi_hetu',
    ['HETU', 'henkilötunnus'],
    ['hetu', 'henkilotunnus'],
    (random) => {
      const born = day(random, 1940, 2003)
      const head = born.dd + born.mm + born.yy
      const serial = padded(random.between(2, 899), 3)
      return head + (born.year >= 2000 ? 'A' : '-') + serial + '0123456789ABCDEFHJKLMNPRSTUVWXY'[Number(head + serial) % 31]
    },
    {
      alone: 'always',
      near: (random) => {
        const head = `${padded(random.between(1, 28), 2)}${padded(random.between(1, 12), 2)}${padded(random.between(40, 99), 2)}`
        const serial = padded(random.between(2, 899), 3)
        return `${head}-${serial}${'0123456789ABCDEFHJKLMNPRSTUVWXY'[(Number(head + serial) + random.between(1, 30)) % 31]}`
      },
    },
  ),
  id('no_fnr', ['fødselsnummer', 'personnummer'], ['fodselsnummer', 'fnr'], fnr, { alone: 'always', number: true }),
  id(
    'dk_cpr',
    ['CPR-nummer', 'CPR'],
    ['cpr', 'cprNummer', 'cpr_nr'],
    (random) => {
      const born = day(random)
      return `${born.dd}${born.mm}${born.yy}-${digits(random, 4)}`
    },
    unchecked,
  ),
  id(
    'is_kennitala',
    ['kennitala'],
    ['kennitala'],
    (random, written) =>
      until(() => {
        const born = day(random, 1940, 1999)
        const body = born.dd + born.mm + born.yy + String(random.between(20, 99))
        const check = (11 - (weighted(body, [3, 2, 7, 6, 5, 4, 3, 2]) % 11)) % 11
        return check === 10 ? undefined : `${body.slice(0, 6)}${written ? '-' : ''}${body.slice(6)}${check}9`
      }),
    { near: undefined },
  ),
  id(
    'au_tfn',
    ['TFN', 'tax file number'],
    ['tfn', 'taxFileNumber', 'tax_file_number'],
    (random, written) => {
      const all = until(() => {
        const body = random.text('123456789', 1) + digits(random, 7)
        // The last weight is 10, which is -1 modulo 11: the check digit is the rest itself.
        const check = weighted(body, [1, 4, 3, 7, 5, 8, 6, 9]) % 11
        return check === 10 ? undefined : body + check
      })
      return written ? grouped(all, [3, 3, 3], ' ') : all
    },
    { number: true },
  ),
  id(
    'au_medicare',
    ['Medicare number', 'Medicare card'],
    ['medicareNumber', 'medicare_card', 'medicare'],
    (random, written) => {
      const body = random.text('23456', 1) + digits(random, 7)
      const all = `${body}${weighted(body, [1, 3, 7, 9, 1, 3, 7, 9]) % 10}${random.between(1, 9)}`
      return written ? grouped(all, [4, 5, 1], ' ') : all
    },
    { group: 'phi', number: true, near: undefined },
  ),
  id(
    'au_abn',
    ['ABN', 'Australian business number'],
    ['abn', 'abnNumber'],
    (random, written) => {
      const all = until(() => {
        const body = digits(random, 9)
        const weights = [10, 1, 3, 5, 7, 9, 11, 13, 15, 17, 19]
        for (let check = 11; check < 100; check++) {
          const text = `${check}${body}`
          if ((weighted(text, weights) - 10) % 89 === 0) return text
        }
        return undefined
      })
      return written ? grouped(all, [2, 3, 3, 3], ' ') : all
    },
    { number: true },
  ),
  id('nz_ird', ['IRD number', 'inland revenue'], ['ird', 'irdNumber', 'ird_number'], ird, { number: true }),
  id('nz_nhi', ['NHI number', 'NHI'], ['nhi', 'nhiNumber'], nhi, { group: 'phi' }),
  id('sg_nric', ['NRIC', 'FIN'], ['nric', 'nricNumber'], nric),
  id(
    'za_id',
    ['SA ID number', 'South African ID'],
    ['saIdNumber', 'south_african_id', 'idNumber'],
    (random) => {
      const born = day(random)
      const body = `${born.yy}${born.mm}${born.dd}${digits(random, 4)}${random.below(2)}${random.between(8, 9)}`
      return body + luhn(body)
    },
    { number: true },
  ),
  id('cn_rid', ['身份证', 'resident identity number'], ['residentId', 'shenfenzheng', 'idCardNumber'], residentCn, {
    alone: 'always',
    near: (random) => {
      const valid = residentCn(random)
      return valid.slice(0, 17) + '0123456789'[(Number(valid[17] === 'X' ? 3 : valid[17]) + 1) % 10]
    },
  }),
  id(
    'kr_rrn',
    ['주민등록번호', 'resident registration number'],
    ['rrn', 'residentRegistrationNumber'],
    (random) => {
      const born = day(random, 1940, 1999)
      const body = `${born.yy}${born.mm}${born.dd}${random.between(1, 2)}${padded(random.between(0, 95), 2)}${digits(random, 3)}`
      const check = (11 - (weighted(body, [2, 3, 4, 5, 6, 7, 8, 9, 2, 3, 4, 5]) % 11)) % 10
      return `${body.slice(0, 6)}-${body.slice(6)}${check}`
    },
    // No check is guaranteed for numbers since October 2020.
    { near: undefined },
  ),
  id(
    'jp_my_number',
    ['マイナンバー', 'My Number'],
    ['myNumber', 'my_number', 'mainanba'],
    (random, written) => {
      const body = digits(random, 11)
      const rest = weighted(body, [6, 5, 4, 3, 2, 7, 6, 5, 4, 3, 2]) % 11
      const all = body + (rest < 2 ? 0 : 11 - rest)
      return written ? grouped(all, [4, 4, 4], ' ') : all
    },
    { number: true },
  ),
  id(
    'th_tnin',
    ['เลขประจำตัวประชาชน', 'Thai ID'],
    ['thaiId', 'thai_id', 'thaiIdNumber'],
    (random, written) => {
      const body = random.text('12345678', 1) + digits(random, 11)
      const all = body + ((11 - (weighted(body, run(13, 2)) % 11)) % 10)
      return written ? `${all[0]}-${all.slice(1, 5)}-${all.slice(5, 10)}-${all.slice(10, 12)}-${all[12]}` : all
    },
    { number: true },
  ),
  id(
    'il_id',
    ['תעודת זהות', 'Teudat Zehut'],
    ['teudatZehut', 'israeli_id', 'israeliId'],
    (random) => {
      const body = digits(random, 8)
      return body + luhn(body)
    },
    { number: true },
  ),
  id(
    'tr_tckn',
    ['TC kimlik no', 'TCKN'],
    ['tckn', 'tcKimlikNo', 'kimlik_no'],
    (random) => {
      const nine = random.text('123456789', 1) + digits(random, 8)
      const tenth = (((7 * weighted(nine, [1, 0, 1, 0, 1, 0, 1, 0, 1]) - weighted(nine, [0, 1, 0, 1, 0, 1, 0, 1, 0])) % 10) + 10) % 10
      const ten = nine + tenth
      return ten + ([...ten].reduce((total, c) => total + Number(c), 0) % 10)
    },
    { number: true },
  ),
  id('mx_curp', ['CURP'], ['curp', 'claveCurp'], curp, { alone: 'always' }),
  id('hk_id', ['HKID', 'Hong Kong identity card'], ['hkid', 'hkidNumber'], hkid, { near: undefined }),
  id('tw_id', ['身分證字號', 'Taiwan ID'], ['twId', 'taiwan_id'], twid),
  id(
    'ru_inn',
    ['ИНН', 'INN'],
    ['inn', 'innNumber'],
    (random) => {
      const body = digits(random, 10)
      const one = body + ((weighted(body, [7, 2, 4, 10, 3, 5, 9, 4, 6, 8]) % 11) % 10)
      return one + ((weighted(one, [3, 7, 2, 4, 10, 3, 5, 9, 4, 6, 8]) % 11) % 10)
    },
    { number: true },
  ),
  id(
    'ua_rntrc',
    ['РНОКПП', 'RNTRC'],
    ['rntrc', 'rnokpp'],
    (random) => {
      const body = digits(random, 9)
      const rest = ((weighted(body, [-1, 5, 7, 9, 4, 6, 10, 5, 7]) % 11) + 11) % 11
      return body + (rest % 10)
    },
    { number: true },
  ),
  id(
    'hr_oib',
    ['OIB'],
    ['oib', 'oibBroj'],
    (random) => {
      const body = digits(random, 10)
      return body + mod11_10(body)
    },
    { number: true },
  ),
  id(
    'jmbg',
    ['JMBG', 'EMŠO'],
    ['jmbg', 'emso'],
    (random) => {
      const born = day(random, 1940, 1999)
      const body = `${born.dd}${born.mm}${born.yyyy.slice(1)}${random.between(10, 89)}${digits(random, 3)}`
      const check = elevenMinus(weighted(body, [7, 6, 5, 4, 3, 2, 7, 6, 5, 4, 3, 2]) % 11)
      return body + (check > 9 ? 0 : check)
    },
    { number: true },
  ),
  id('ar_cuit', ['CUIT', 'CUIL'], ['cuit', 'cuil'], cuit, { number: true }),
  id('cl_rut', ['RUT'], ['rut', 'rutNumber'], rut),
]

const country = (text: string): string => `${text.slice(2)}${text.slice(0, 2)}00`

/** Check digits of an IBAN. */
export const ibanCheck = (countryCode: string, body: string): string => padded(98 - modulo(lettersAsNumbers(country(countryCode + body)), 97), 2)
