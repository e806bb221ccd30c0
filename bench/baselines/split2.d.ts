// split2 ships no types; this is the part that the baselines use.
declare module 'split2' {
  import type { Transform } from 'node:stream'
  export default function split2(): Transform
}
