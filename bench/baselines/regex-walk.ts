// B2: the same job as mask-logs with its `default` ruleset, as it is usually written by hand.
import { pipeLines } from './lines.ts'
import { createRegexWalk } from './regex-masker.ts'

const mask = createRegexWalk('benchmark run secret, 32 letters')
pipeLines((line) => JSON.stringify(mask(JSON.parse(line))))
