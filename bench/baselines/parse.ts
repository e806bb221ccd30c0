// B0: what any JavaScript log processor pays before it has masked anything.
import { pipeLines } from './lines.ts'

pipeLines((line) => JSON.stringify(JSON.parse(line)))
