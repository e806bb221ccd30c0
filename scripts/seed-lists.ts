// Lists that are not names: made up here, or facts. Rows in the order in which they are committed.

/** Sub-domains of the domains that are kept for examples (RFC 2606). */
// biome-ignore format: a list to read, not a column
const mailHosts = [
  'mail', 'post', 'inbox', 'letters', 'office', 'team', 'staff', 'people', 'home', 'web', 'online', 'connect', 'north', 'south', 'east', 'west', 'harbour', 'valley', 'city', 'campus',
]

/** Made-up organisations, under top-level domains that never resolve (RFC 2606). */
// biome-ignore format: a list to read, not a column
const mailNames = [
  'alderbrook', 'bluefinch', 'copperfield-mail', 'driftwood', 'elmgate', 'foxglove', 'greystone-post', 'hazelwick', 'ironbark', 'junipero', 'kestrelmail', 'larkspur', 'mossbank', 'nettlecombe',
  'oakhollow', 'pinecrest-mail', 'quillnet', 'rosehip', 'silverbirch', 'thistledown',
]

// biome-ignore format: a list to read, not a column
const streetWords = [
  'Acorn', 'Alder', 'Amber', 'Apple', 'Ash', 'Aspen', 'Badger', 'Bakery', 'Barley', 'Bay', 'Beacon', 'Beech', 'Birch', 'Blackthorn', 'Bluebell', 'Bracken', 'Bramble', 'Bridge', 'Brook', 'Buttercup',
  'Canal', 'Cedar', 'Chapel', 'Cherry', 'Chestnut', 'Church', 'Clay', 'Clover', 'Copper', 'Coral', 'Cotton', 'Creek', 'Cypress', 'Daisy', 'Dogwood', 'Dove', 'Eagle', 'Elder', 'Elm', 'Falcon',
  'Farm', 'Fern', 'Ferry', 'Field', 'Finch', 'Fir', 'Fox', 'Garden', 'Garnet', 'Ginger', 'Glen', 'Granite', 'Green', 'Grove', 'Harbour', 'Hawthorn', 'Hazel', 'Heather', 'Heron', 'Hickory',
  'Hill', 'Holly', 'Honey', 'Indigo', 'Iris', 'Ivy', 'Jasmine', 'Juniper', 'Kestrel', 'Lake', 'Larch', 'Laurel', 'Lavender', 'Lemon', 'Lilac', 'Lily', 'Lime', 'Linden', 'Magnolia', 'Maple',
  'Market', 'Meadow', 'Mill', 'Mint', 'Moss', 'Mulberry', 'Nettle', 'Oak', 'Olive', 'Orchard', 'Otter', 'Park', 'Peach', 'Pear', 'Pebble', 'Pine', 'Plum', 'Pond', 'Poplar', 'Poppy',
  'Quarry', 'Quince', 'Raven', 'Reed', 'Ridge', 'River', 'Robin', 'Rose', 'Rowan', 'Sage', 'Sandstone', 'School', 'Silver', 'Slate', 'Sorrel', 'Spring', 'Spruce', 'Station', 'Stone', 'Sunset',
  'Swallow', 'Sycamore', 'Thistle', 'Thyme', 'Valley', 'Violet', 'Walnut', 'Water', 'Willow', 'Wren',
]

const streetTypes = ['Street', 'Road', 'Lane', 'Avenue', 'Close', 'Drive', 'Way', 'Court']

export const emailSuffixes: readonly string[] = mailHosts.flatMap((host) => ['example.com', 'example.net', 'example.org'].map((domain) => `@${host}.${domain}`))

export const fakeEmailSuffixes: readonly string[] = mailNames.flatMap((name) => ['example', 'test', 'invalid'].map((domain) => `@${name}.${domain}`))

export const streetNames: readonly string[] = streetWords.flatMap((word) => streetTypes.map((type) => `${word} ${type}`))

interface Issuer {
  readonly network: string
  /** Prefixes; a pair is an inclusive range. */
  readonly prefixes: readonly (number | readonly [number, number])[]
  readonly lengths: readonly number[]
}

const to19 = [16, 17, 18, 19]

/** Issuer prefixes as in the documentation of the credit card masks. */
const issuers: readonly Issuer[] = [
  { network: 'visa', prefixes: [4], lengths: [13, 16, 19] },
  {
    network: 'mastercard',
    prefixes: [
      [51, 55],
      [2221, 2720],
    ],
    lengths: [16],
  },
  { network: 'amex', prefixes: [34, 37], lengths: [15] },
  { network: 'discover', prefixes: [6011, [644, 649], 65], lengths: to19 },
  { network: 'jcb', prefixes: [[3528, 3589]], lengths: to19 },
  { network: 'diners', prefixes: [[300, 305], 36, 38, 39], lengths: [14, 15, ...to19] },
  { network: 'unionpay', prefixes: [62], lengths: to19 },
  { network: 'maestro', prefixes: [5018, 5020, 5038, 5893, 6304, 6759, [6761, 6763]], lengths: [12, 13, 14, 15, ...to19] },
  { network: 'mir', prefixes: [[2200, 2204]], lengths: to19 },
]

/** Prefix, length, network: one row for each combination. */
export const cardPrefixes: readonly (readonly string[])[] = issuers.flatMap(({ network, prefixes, lengths }) =>
  prefixes.flatMap((entry) => {
    const [from, to] = typeof entry === 'number' ? [entry, entry] : entry
    const rows: string[][] = []
    for (let prefix = from; prefix <= to; prefix += 1) for (const length of lengths) rows.push([String(prefix), String(length), network])
    return rows
  }),
)
