// B0: what any JavaScript log processor pays before it has masked anything.
import { mapLines } from './lines.ts'

mapLines((line) => JSON.stringify(JSON.parse(line)))
