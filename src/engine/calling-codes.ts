// Calling codes and the possible lengths of the numbers under them. The figures are facts of the ITU numbering plans as
// libphonenumber's metadata lists them (all kinds of numbers, at most 15 digits with the code, at least 7). The codes are a
// prefix code: no code begins another. Pure: the phone mask and the phone detector share it.

/** `code=lengths of the national number, one hexadecimal digit each`; 0 where a code is assigned and no number is in use. */
const PLANS =
  '1=a 7=ae 20=89a 27=56789a 30=abc 31=56789ab 32=89 33=9 34=9 36=89 39=6789abc 40=69 41=9c 43=56789abcd 44=79a 45=8 ' +
  '46=6789ac 47=58 48=6789a 49=56789abcd 51=89 52=a 53=678a 54=ab 55=89ab 56=9ab 57=8ab 58=a 60=89a 61=56789ac 62=789abcd ' +
  '63=689abcd 64=56789a 65=8ab 66=89ad 81=89abcd 82=5689abcd 84=789a 86=789abc 90=7acd 91=89abcd 92=89abc 93=9 94=9 ' +
  '95=6789a 98=567a 211=9 212=9 213=89 216=8 218=9 220=79 221=9 222=8 223=8 224=89 225=a 226=8 227=8 228=8 229=a 230=78a ' +
  '231=789 232=8 233=89 234=abc 235=8 236=8 237=89 238=7 239=7 240=9 241=78 242=9 243=789a 244=9 245=79 246=7 247=56 ' +
  '248=7 249=9 250=89 251=9 252=6789 253=8 254=789a 255=9 256=9 257=8 258=89 260=9 261=9 262=9 263=79a 264=89 265=79 ' +
  '266=8 267=78a 268=89 269=7 290=45 291=7 297=7 298=6 299=6 350=8 351=9 352=456789ab 353=789a 354=79 355=6789 356=8 ' +
  '357=8 358=56789abc 359=6789c 370=8 371=8 372=78a 373=8 374=8 375=6789ab 376=689 377=89 378=8a 379=0 380=9a 381=6789abc ' +
  '382=89 383=89abc 385=789 386=5678 387=89 389=8 420=9abc 421=679 423=79 500=5 501=7b 502=8b 503=78b 504=8b 505=8 506=8a ' +
  '507=78ab 508=69 509=8 590=9 591=89 592=7 593=89ab 594=9 595=6789ab 596=9 597=67 598=456789abc 599=78 670=78 672=6 ' +
  '673=7 674=7 675=78 676=57 677=57 678=57 679=7b 680=7 681=69 682=5 683=47 685=567a 686=58 687=6 688=567 689=689 ' +
  '690=4567 691=7 692=7 800=8 808=8 850=8a 852=56789b 853=78 855=89a 856=89a 870=9c 878=c 880=6789a 881=9a 882=789abc ' +
  '883=89abc 886=789ab 888=b 960=7a 961=78 962=89 963=89 964=89a 965=78 966=9a 967=789 968=789 970=89a 971=56789abc ' +
  '972=789abc 973=8 974=789b 975=78 976=89a 977=8ab 979=9 992=9 993=8 994=9 995=9 996=9a 998=9'

let plans: Uint16Array | undefined

/**
 * Bit n: a national number of n digits is possible. Indexed by calling code, 0 for codes not assigned, 1 for codes not in use.
 * Made with the first question.
 */
function lengthsByCode(): Uint16Array {
  return (plans ??= readPlans())
}

function readPlans(): Uint16Array {
  const table = new Uint16Array(1000)
  for (const plan of PLANS.split(' ')) {
    const [code, lengths] = plan.split('=') as [string, string]
    for (const length of lengths) table[Number(code)]! |= 1 << Number.parseInt(length, 16)
  }
  return table
}

/** Digits of the calling code in use that a number begins with (its first three digits), 0 when there is none. */
export function callingCodeDigits(d1: number, d2: number, d3: number): number {
  if (d1 === 0) return 0
  const table = lengthsByCode()
  if (table[d1]! > 1) return 1
  if (table[d1 * 10 + d2]! > 1) return 2
  return table[d1 * 100 + d2 * 10 + d3]! > 1 ? 3 : 0
}

/** Bit n: a national number of n digits is possible under this calling code. */
export function possibleLengths(code: number): number {
  return lengthsByCode()[code] ?? 0
}

/** Digits of the assigned calling code that `digits` begins with, 0 when there is none. */
export function countryCodeLength(digits: string): number {
  if (digits.charCodeAt(0) === 0x30) return 0
  const table = lengthsByCode()
  for (let length = Math.min(3, digits.length); length >= 1; length--) if ((table[Number(digits.slice(0, length))] ?? 0) !== 0) return length
  return 0
}
