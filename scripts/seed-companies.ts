// Companies that nobody has founded: a made-up name, a trade and a legal form, as they are written in each country.
import { inOrder, numbers, pick } from './seed-order.ts'

// biome-ignore format: a list to read, not a column
const words = [
  'Alder', 'Amber', 'Birch', 'Bramble', 'Brindle', 'Cinder', 'Clover', 'Copper', 'Dapple', 'Ember', 'Fallow', 'Flint', 'Garnet', 'Hazel', 'Heron', 'Juniper', 'Kestrel', 'Larch', 'Linden', 'Marl',
  'Nettle', 'Oaken', 'Otter', 'Pebble', 'Quill', 'Russet', 'Sable', 'Sedge', 'Sorrel', 'Tallow', 'Teasel', 'Thistle', 'Umber', 'Wicker', 'Willow', 'Wren', 'Yarrow',
]

/** Trees, flowers and birds of Australia. */
const bush = ['Banksia', 'Boronia', 'Brolga', 'Cassia', 'Coolibah', 'Corella', 'Currawong', 'Grevillea', 'Ironbark', 'Jarrah', 'Karri', 'Lorikeet', 'Mulga', 'Saltbush', 'Wattle']

/** Trees, flowers and birds of New Zealand. */
const forest = ['Fantail', 'Flax', 'Kahikatea', 'Kereru', 'Kowhai', 'Mahoe', 'Manuka', 'Matai', 'Ponga', 'Puriri', 'Rata', 'Rimu', 'Tawa', 'Tui', 'Totara', 'Weka']

const grounds = ['fold', 'garth', 'lode', 'loft', 'march', 'reach', 'rook', 'strand', 'thwaite', 'vane', 'wark']

/** Surnames that hardly anybody has. */
// biome-ignore format: a list to read, not a column
const partners = [
  'Abbeldine', 'Arkwold', 'Barrowmere', 'Bellinthorpe', 'Brackwood', 'Calderfold', 'Carnavane', 'Corvistead', 'Dallowick', 'Dunmarrow', 'Eldermoor', 'Fenwarren', 'Garrowby', 'Hallivane', 'Harcombeck',
  'Ivelmere', 'Jorrimund', 'Kelvarrow', 'Lambrickard', 'Lorimarch', 'Maldewick', 'Marrenholt', 'Norrivane', 'Ormerick', 'Pellaworth', 'Quintarrow', 'Rosmarrow', 'Selwarrick', 'Tolvarrick', 'Tranmarsh',
  'Ulverdine', 'Varrowby', 'Wendlemarch', 'Wolvercott', 'Yarromund',
]

// biome-ignore format: a list to read, not a column
const trades = [
  'Analytics', 'Bakery', 'Bearings', 'Biologics', 'Brewing', 'Builders', 'Carpentry', 'Catering', 'Ceramics', 'Chemicals', 'Cleaning', 'Coatings', 'Coffee', 'Components', 'Consulting', 'Cycles', 'Dairy',
  'Design', 'Diagnostics', 'Education', 'Electrical', 'Electronics', 'Energy', 'Engineering', 'Events', 'Farms', 'Fencing', 'Finance', 'Flooring', 'Foods', 'Freight', 'Furniture', 'Glass', 'Health',
  'Homes', 'Hydraulics', 'Insurance', 'Interiors', 'Joinery', 'Landscapes', 'Lighting', 'Logistics', 'Machinery', 'Marine', 'Media', 'Metals', 'Mining', 'Nurseries', 'Optics', 'Orchards', 'Packaging',
  'Paper', 'Pharmacy', 'Plumbing', 'Printing', 'Property', 'Recruitment', 'Recycling', 'Robotics', 'Roofing', 'Safety', 'Seeds', 'Software', 'Solar', 'Steel', 'Storage', 'Systems', 'Textiles', 'Timber',
  'Tools', 'Tourism', 'Transport', 'Travel', 'Ventures', 'Water', 'Welding', 'Wines',
]

/** What partners offer under their names. */
const professions = ['Accountants', 'Advisers', 'Architects', 'Associates', 'Consulting', 'Engineers', 'Law', 'Partners', 'Surveyors', 'Valuers']

interface Flavour {
  readonly list: string
  readonly count: number
  readonly first: readonly string[]
  /** Legal forms of a company; one that stands twice is twice as frequent. */
  readonly forms: readonly string[]
  readonly partnerForms: readonly string[]
}

const flavours = {
  world: {
    list: 'companies',
    count: 1000,
    first: words,
    forms: ['Inc.', 'Inc.', 'LLC', 'LLC', 'Corp.', 'Corporation', 'Co.', 'Company', 'Group', 'Holdings', 'Ltd', 'Limited', 'plc', 'International'],
    partnerForms: ['LLP', 'LLC', 'Inc.', 'Group'],
  },
  au: {
    list: 'AU companies',
    count: 300,
    first: [...bush, ...bush, ...words],
    forms: ['Pty Ltd', 'Pty Ltd', 'Pty Ltd', 'Limited', 'Holdings Pty Ltd', 'Group Pty Ltd', 'Australia Pty Ltd'],
    partnerForms: ['Pty Ltd'],
  },
  nz: {
    list: 'NZ companies',
    count: 300,
    first: [...forest, ...forest, ...words],
    forms: ['Limited', 'Limited', 'Limited', 'Ltd', 'Holdings Limited', 'Group Limited', 'NZ Limited'],
    partnerForms: ['Limited'],
  },
} satisfies Record<string, Flavour>

export function companies(flavour: keyof typeof flavours): string[] {
  const { list, count, first, forms, partnerForms }: Flavour = flavours[flavour]
  const names = new Set<string>()
  for (let i = 0; names.size < count; i += 1) {
    const draw = numbers(list, String(i))
    const kind = draw(10)
    if (kind < 7) names.add(`${pick(first, draw)}${pick(grounds, draw)} ${pick(trades, draw)} ${pick(forms, draw)}`)
    else if (kind < 8) names.add(`${pick(partners, draw)} ${pick(trades, draw)} ${pick(forms, draw)}`)
    else {
      const [one, two] = inOrder(`${list} ${i}`, partners, (name) => name)
      names.add(`${one} & ${two} ${pick(professions, draw)} ${pick(partnerForms, draw)}`)
    }
  }
  return [...names]
}
