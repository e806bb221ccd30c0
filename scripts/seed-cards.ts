// Card numbers for tests: those that payment providers publish for their sandboxes, and neighbours of them.
import { csv, inOrder, numbers } from './seed-order.ts'

/** Published in the testing documentation of Stripe, Adyen, Worldpay, PayPal, Braintree or YooKassa. Every one is Luhn-valid. */
// biome-ignore format: a list to read, not a column
const published: readonly (readonly [network: string, share: number, numbers: readonly string[]])[] = [
  ['visa', 42, [
    '4242424242424242', '4000056655665556', '4111111111111111', '4012888888881881', '4444333322221111', '4462030000000000', '4917610000000000', '4917300800000000', '4988438843884305',
  ]],
  ['mastercard', 42, ['5555555555554444', '5200828282828210', '5105105105105100', '5454545454545454', '2223003122003222', '2222400010000008', '5100290029002909']],
  ['amex', 38, ['378282246310005', '371449635398431', '370000000000002', '343434343434343']],
  ['discover', 30, ['6011111111111117', '6011000990139424', '6011601160116611', '6445644564456445']],
  ['jcb', 24, ['3530111333300000', '3566002020360505', '3569990010095841', '3528000700000000']],
  ['diners', 20, ['30569309025904', '38520000023237', '36006666333344', '36227206271667']],
  ['unionpay', 24, ['6200000000000005', '6205500000000000004', '6243030000000001']],
  ['maestro', 30, ['6759649826438453']],
  ['mir', 24, ['2200000000000004', '2202474301322987']],
]

/** The digits that are not those of the published number: these and the check digit. */
const free = 4

function checkDigit(digits: string): string {
  let sum = 0
  for (let i = 0; i < digits.length; i += 1) {
    const digit = Number(digits[digits.length - 1 - i])
    const doubled = i % 2 === 0 ? digit * 2 : digit
    sum += doubled > 9 ? doubled - 9 : doubled
  }
  return String((10 - (sum % 10)) % 10)
}

/** The published numbers, and of each as many more as its network's share: the same but for the last digits. */
export function cardNumbers(): string {
  const rows = new Map<string, string>()
  for (const [network, share, models] of published) {
    for (const model of models) {
      if (checkDigit(model.slice(0, -1)) !== model.at(-1)) throw new Error(`${model} is not Luhn-valid`)
      const draw = numbers('cards', model)
      const own = new Set([model])
      while (own.size < share) {
        const body = model.slice(0, -free - 1) + String(draw(10 ** free)).padStart(free, '0')
        own.add(body + checkDigit(body))
      }
      for (const number of own) rows.set(number, network)
    }
  }
  return csv([['number', 'network'], ...inOrder('cards', [...rows], ([number]) => number)])
}
