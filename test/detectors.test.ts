import { describe, expect, it } from 'vitest'
import { detectors, finders, namedSecret } from '../src/detectors/index.ts'
import { createDriver, readExample, scanText } from './helpers/scan-driver.ts'

const driver = createDriver({ pairs: true })

describe('examples', () => {
  for (const detector of detectors) {
    it(detector.name, () => {
      expect(detector.examples.length).toBeGreaterThan(0)
      for (const example of detector.examples) {
        const { text, marked } = readExample(example)
        const found = scanText(driver, text).filter((hit) => hit.name === detector.name).map((hit) => hit.text)
        expect(found, text).toEqual(marked)
      }
      for (const text of detector.counterExamples) {
        const found = scanText(driver, text).filter((hit) => hit.name === detector.name)
        expect(found, text).toEqual([])
      }
    })
  }
})
void finders
void namedSecret
