// Names of detectors that the documentation reserves. A ruleset that names one before it exists is told so, instead of being
// offered the nearest name. A name that the registry has is not looked up here.

export const RESERVED_DETECTORS: ReadonlySet<string> = new Set(
  `
  btc_address date eth_address geo_point high_entropy icd10 known_secret lob_key monero_address mrz okta_token organization
  person_name place seed_phrase street_address uuid
`
    .trim()
    .split(/\s+/),
)
