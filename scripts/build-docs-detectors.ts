// Builds docs/detectors.md from the registry. A test says when it is behind.
// Run: npx tsc -p tsconfig.json && node dist/scripts/build-docs-detectors.js

import { writeFileSync } from 'node:fs'
import { renderDetectors } from './render-detectors.ts'

writeFileSync('docs/detectors.md', renderDetectors())
