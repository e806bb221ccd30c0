// Names of detectors that the documentation reserves. A ruleset that names one before it exists is told so, instead of being
// offered the nearest name. A name that the registry has is not looked up here.

export const RESERVED_DETECTORS: ReadonlySet<string> = new Set(
  `
  organization place
`
    .trim()
    .split(/\s+/),
)
