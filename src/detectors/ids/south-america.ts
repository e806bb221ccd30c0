// Identifiers of Brazil, Argentina and Chile.
import { cpfDigits, weighted } from '../../engine/checksums.ts'
import { digitAt, elevenLess, oneRepeated } from './arithmetic.ts'
import type { IdRow } from './types.ts'

/** Letters are allowed since July 2026 and count their ASCII code less 48, as digits do. */
function cnpjCheck(id: string): boolean {
  if (!/^[A-Z0-9]{12}\d{2}$/.test(id) || oneRepeated(id)) return false
  const first = elevenLess(weighted(id, [5, 4, 3, 2, 9, 8, 7, 6, 5, 4, 3, 2]) % 11)
  const second = elevenLess(weighted(id, [6, 5, 4, 3, 2, 9, 8, 7, 6, 5, 4, 3, 2]) % 11)
  return first === digitAt(id, 12) && second === digitAt(id, 13)
}

function cuitCheck(id: string): boolean {
  if (!/^\d{11}$/.test(id) || oneRepeated(id)) return false
  const check = 11 - (weighted(id, [5, 4, 3, 2, 7, 6, 5, 4, 3, 2]) % 11)
  return (check === 11 ? 0 : check === 10 ? 9 : check) === digitAt(id, 10)
}

function rutCheck(id: string): boolean {
  if (!/^\d{7,8}[\dK]$/.test(id) || oneRepeated(id)) return false
  const nine = id.padStart(9, '0')
  return '0K987654321'[weighted(nine, [3, 2, 7, 6, 5, 4, 3, 2]) % 11] === nine[8]
}

export const southAmerica: readonly IdRow[] = [
  {
    name: 'br_cpf',
    group: 'pii',
    priority: 55,
    numbers: true,
    summary: 'Brazilian CPF: eleven digits, the last two by mod 11.',
    mask: { type: 'brazilian_cpf' },
    words: ['cpf', 'cadastro de pessoas fisicas', 'cadastro de pessoas físicas', 'cadastro de pessoa fisica', 'cadastro de pessoa física', 'pessoa fisica', 'pessoa física'],
    shapes: ['99999999999', '999.999.999-99'],
    check: (id) => /^\d{11}$/.test(id) && !oneRepeated(id) && cpfDigits(id.slice(0, 9)) === id.slice(9),
    alone: ['999.999.999-99'],
    kind: 'shaped',
    passes: 0.011,
    examples: ['cpf «26648075872»', 'cliente «790.809.984-00» salvo', 'CPF: «604.701.546-83»'],
    counterExamples: ['cpf 45719242839', 'id 00956258018', 'cpf 111.111.111-11'],
  },
  {
    name: 'br_cnpj',
    group: 'pii',
    priority: 55,
    numbers: true,
    summary: 'Brazilian CNPJ: twelve digits or letters and two check digits by mod 11.',
    words: ['cnpj', 'cadastro nacional da pessoa juridica', 'cadastro nacional da pessoa jurídica', 'pessoa juridica', 'pessoa jurídica'],
    shapes: ['99999999999999', 'NNNNNNNNNNNN99', '99.999.999/9999-99', 'NN.NNN.NNN/NNNN-99'],
    check: cnpjCheck,
    alone: ['99.999.999/9999-99', 'NN.NNN.NNN/NNNN-99'],
    kind: 'shaped',
    passes: 0.011,
    examples: ['cnpj «20488149458272»', 'empresa «00.945.235/4272-90» ativa', 'CNPJ: «7M.E0K.P3F/KOQB-55»'],
    counterExamples: ['cnpj 17979325313308', 'id 02270023261700', 'cnpj 11.111.111/1111-11'],
  },
  {
    name: 'br_cns',
    group: 'phi',
    priority: 55,
    numbers: true,
    summary: 'Brazilian health card number (CNS): 15 digits from 1, 2, 7, 8 or 9, mod 11.',
    words: ['cns', 'cartao sus', 'cartão sus', 'cartao nacional de saude', 'cartão nacional de saúde', 'numero do sus', 'número do sus', 'sus'],
    shapes: ['999999999999999', '999 9999 9999 9999'],
    check: (id) => /^[12789]\d{14}$/.test(id) && weighted(id, [15, 14, 13, 12, 11, 10, 9, 8, 7, 6, 5, 4, 3, 2, 1]) % 11 === 0,
    kind: 'shaped',
    passes: 0.047,
    examples: ['cns «136049658140782»', 'Cartão SUS: «222 4533 5131 6267»', 'cartao_sus=«881123042989808»'],
    counterExamples: ['cns 699116075572262', 'id 824313532343717', 'cns 300000000000000'],
  },
  {
    name: 'br_pis',
    group: 'pii',
    priority: 55,
    numbers: true,
    summary: 'Brazilian PIS, PASEP or NIS number: eleven digits, the last by mod 11.',
    words: ['pis', 'pasep', 'nis', 'pis pasep', 'programa de integracao social', 'programa de integração social'],
    shapes: ['99999999999', '999.99999.99-9'],
    check: (id) => /^\d{11}$/.test(id) && !oneRepeated(id) && elevenLess(weighted(id, [3, 2, 9, 8, 7, 6, 5, 4, 3, 2]) % 11) === digitAt(id, 10),
    kind: 'shaped',
    passes: 0.11,
    examples: ['pis «94918599308»', 'PIS/PASEP: «669.33225.82-5»', 'nis=«55594092717»'],
    counterExamples: ['pis 61817727593', 'id 17651506080', 'pis 00000000000'],
  },
  {
    name: 'ar_cuit',
    group: 'pii',
    priority: 59,
    numbers: true,
    summary: 'Argentinian CUIT or CUIL: eleven digits, the last by mod 11.',
    words: [
      'cuit',
      'cuil',
      'clave unica de identificacion tributaria',
      'clave única de identificación tributaria',
      'clave unica de identificacion laboral',
      'clave única de identificación laboral',
    ],
    shapes: ['99999999999', '99-99999999-9'],
    check: cuitCheck,
    kind: 'shaped',
    passes: 0.11,
    examples: ['cuit «06-96522395-7»', 'CUIL: «60938626769»', 'cuit=«55323356024»'],
    counterExamples: ['cuit 57-04783736-3', 'id 36526014191', 'cuit 00000000000'],
  },
  {
    name: 'cl_rut',
    group: 'pii',
    priority: 59,
    numbers: true,
    summary: 'Chilean RUT or RUN: seven or eight digits and a check digit or K by mod 11.',
    words: ['rut', 'rol unico tributario', 'rol único tributario', 'rol unico nacional', 'rol único nacional', 'cedula de identidad', 'cédula de identidad'],
    shapes: ['99999999N', '9999999N', '99.999.999-N', '9.999.999-N', '99999999-N', '9999999-N'],
    check: rutCheck,
    kind: 'shaped',
    passes: 0.029,
    examples: ['rut «23.793.525-K»', 'RUT: «21558696-0»', 'rut=«9300045-5»'],
    counterExamples: ['rut 66.532.869-2', 'v 15.215.417-8', 'rut 1.234-5'],
  },
]
