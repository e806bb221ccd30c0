// A text tagger over a model in ONNX form, for createTextTagging. The model takes a row of numbers for each word and gives a row of
// scores, one for each label; what the numbers mean is between `encode` and the model.

const WORD = /[\p{L}\p{M}'’-]+/gu

/** Numbers of a word that the model of this example wants: a capital, a capital before it, a word before it that announces a name. */
export function encode(words, i) {
  const capital = /^\p{Lu}/u
  const before = words[i - 1] ?? ''
  return [capital.test(words[i]) ? 1 : 0, capital.test(before) ? 1 : 0, /^(is|call|ask|dear|mr|mrs|ms|dr)$/iu.test(before) ? 1 : 0]
}

/**
 * `ort` is onnxruntime-web or onnxruntime-node; `model` the bytes of the model; `labels` the label of each score, undefined for none.
 * Words with the same label in a row are one span.
 */
export async function createOnnxTagger(ort, model, { labels, encode, input = 'words', output = 'scores' }) {
  const session = await ort.InferenceSession.create(model)
  return {
    async tag(texts, signal) {
      const out = []
      for (const text of texts) {
        signal.throwIfAborted()
        const matches = [...text.matchAll(WORD)]
        const words = matches.map((match) => match[0])
        if (words.length === 0) {
          out.push([])
          continue
        }
        const rows = words.map((_, i) => encode(words, i))
        const tensor = new ort.Tensor('float32', Float32Array.from(rows.flat()), [rows.length, rows[0].length])
        const scores = (await session.run({ [input]: tensor }))[output].data
        const spans = []
        let last
        for (let i = 0; i < words.length; i++) {
          let best = 0
          for (let c = 1; c < labels.length; c++) if (scores[i * labels.length + c] > scores[i * labels.length + best]) best = c
          const label = labels[best]
          const start = matches[i].index
          const end = start + words[i].length
          if (label === undefined) last = undefined
          else if (last?.label === label) last.end = end
          else spans.push((last = { start, end, label }))
        }
        out.push(spans)
      }
      return out
    },
  }
}
