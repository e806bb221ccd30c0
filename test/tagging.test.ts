import { describe, expect, it } from 'vitest'
import { createMasker, createTextTagging, InputError } from '../src/index.ts'
import type { TaggedSpan, TextTagger } from '../src/index.ts'

const TEXT = 'Please call Maria Schneider back.'

/** Finds one word wherever it stands. */
const finds = (word: string, label = 'PERSON'): TextTagger => ({
  tag: (texts) =>
    Promise.resolve(
      texts.map((text) => {
        const start = text.indexOf(word)
        return start < 0 ? [] : [{ start, end: start + word.length, label }]
      }),
    ),
})
const answers = (spans: unknown): TextTagger => ({ tag: () => Promise.resolve(spans as TaggedSpan[][]) })

describe('text tagging', () => {
  it('replaces what the tagger finds, beside a masker', async () => {
    const tagging = createTextTagging({ tagger: finds('Maria Schneider') })
    const masker = createMasker('mask-logs:default')
    expect(await tagging.text(masker.text(`${TEXT} bob@shop.example`))).not.toMatch(/Maria|bob@/)
    expect(await tagging.text(TEXT)).toBe('Please call [REDACTED:PERSON] back.')
    expect(tagging.stats()).toMatchObject({ texts: 2, masked: 2, passed: 0 })
  })

  it('asks about no text that the gate keeps back', async () => {
    let asked = 0
    const tagger: TextTagger = {
      tag: (texts) => {
        asked += texts.length
        return Promise.resolve(texts.map(() => []))
      },
    }
    const tagging = createTextTagging({ tagger })
    const line = 'GET /users/42 200 in 12 ms'
    expect(await tagging.text(line)).toBe(line)
    expect(asked).toBe(0)
    expect(await tagging.text(TEXT)).toBe(TEXT)
    expect(asked).toBe(1)
    const all = createTextTagging({ tagger, gate: () => true })
    await all.text(line)
    expect(asked).toBe(2)
  })

  it('sends what arrives together in batches, and keeps the order', async () => {
    const sizes: number[] = []
    const tagging = createTextTagging({
      gate: () => true,
      batch: 4,
      tagger: {
        async tag(texts) {
          sizes.push(texts.length)
          await new Promise((resolve) => setTimeout(resolve, 1))
          return texts.map((text) => [{ start: 0, end: text.length, label: `L${text}` }])
        },
      },
    })
    const out = await Promise.all(Array.from({ length: 10 }, (_, i) => tagging.text(String(i))))
    expect(out).toEqual(Array.from({ length: 10 }, (_, i) => `[REDACTED:L${i}]`))
    expect(sizes).toEqual([4, 4, 2])
  })

  it('joins spans that overlap', async () => {
    const spans = [
      [
        { start: 2, end: 4, label: 'B' },
        { start: 0, end: 3, label: 'A' },
        { start: 5, end: 6, label: 'C' },
      ],
    ]
    expect(await createTextTagging({ tagger: answers(spans), gate: () => true }).text('abcdefg')).toBe('[REDACTED:A]e[REDACTED:C]g')
  })
})

describe('when the tagger fails', () => {
  const hangs: TextTagger = { tag: () => new Promise(() => undefined) }
  const bad: Record<string, [TextTagger, string]> = {
    rejects: [{ tag: () => Promise.reject(new Error(`no: ${TEXT}`)) }, 'failed'],
    throws: [
      {
        tag: () => {
          throw new Error(TEXT)
        },
      },
      'failed',
    ],
    'answers nothing': [answers(undefined), 'failed'],
    'answers too little': [answers([]), 'failed'],
    'gives spans that are no list': [answers([5]), 'bad_spans'],
    'gives an end beyond the text': [answers([[{ start: 0, end: 99, label: 'X' }]]), 'bad_spans'],
    'gives an empty span': [answers([[{ start: 3, end: 3, label: 'X' }]]), 'bad_spans'],
    'gives a fraction': [answers([[{ start: 0.5, end: 3, label: 'X' }]]), 'bad_spans'],
    'gives a label with text in it': [answers([[{ start: 0, end: 3, label: 'Maria Schneider' }]]), 'bad_spans'],
    'gives null for a span': [answers([[null]]), 'bad_spans'],
    hangs: [hangs, 'slow'],
  }
  for (const [name, [tagger, why]] of Object.entries(bad)) {
    it(`${name}: the text goes whole, or passes where that was asked for`, async () => {
      const closed = createTextTagging({ tagger, timeLimit: 20 })
      expect(await closed.text(TEXT)).toBe('[REDACTED]')
      expect(closed.stats().failures).toMatchObject({ [why]: 1 })
      expect(await createTextTagging({ tagger, timeLimit: 20, onFailure: 'skip' }).text(TEXT)).toBe(TEXT)
    })
  }

  it('tells a call that nobody waits for any more', async () => {
    let aborted = false
    const tagging = createTextTagging({
      timeLimit: 10,
      tagger: {
        tag: (_texts, signal) =>
          new Promise((_, reject) =>
            signal.addEventListener('abort', () => {
              aborted = true
              reject(new Error('aborted'))
            }),
          ),
      },
    })
    expect(await tagging.text(TEXT)).toBe('[REDACTED]')
    expect(aborted).toBe(true)
    expect(tagging.stats().failures).toMatchObject({ slow: 1, failed: 0 })
  })

  it('keeps the queue and the calls bounded', async () => {
    let calls = 0
    const tagging = createTextTagging({
      gate: () => true,
      batch: 1,
      queue: 5,
      timeLimit: 30,
      tagger: {
        tag: () => {
          calls++
          return new Promise(() => undefined)
        },
      },
    })
    const first = [tagging.text('a'), tagging.text('b')]
    await Promise.resolve()
    const out = await Promise.all([...first, ...Array.from({ length: 20 }, () => tagging.text('x'))])
    expect(new Set(out)).toEqual(new Set(['[REDACTED]']))
    expect(calls).toBe(2)
    const { full, slow } = tagging.stats().failures
    expect(full + slow).toBe(22)
    expect(full).toBeGreaterThanOrEqual(14)
  })

  it('refuses texts that are too long, and all after close', async () => {
    const tagging = createTextTagging({ tagger: finds('x'), gate: () => true, maxLength: 10 })
    expect(await tagging.text('x'.repeat(11))).toBe('[REDACTED]')
    const waits = createTextTagging({ tagger: hangs, gate: () => true, batch: 1 })
    const pending = [waits.text('a'), waits.text('b'), waits.text('c')]
    await Promise.resolve()
    waits.close()
    expect(await Promise.all(pending)).toEqual(Array(3).fill('[REDACTED]'))
    expect(await waits.text('d')).toBe('[REDACTED]')
    expect(waits.stats().failures.closed).toBe(4)
  })

  it('checks its options', () => {
    const tagger = finds('x')
    for (const options of [{ tagger: {} }, { tagger, batch: 0 }, { tagger, queue: 1.5 }, { tagger, timeLimit: -1 }, { tagger, onFailure: 'pass' }])
      expect(() => createTextTagging(options as never)).toThrow(InputError)
  })
})
