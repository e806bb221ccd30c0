import { MaskError } from '../errors.ts'
import type { MaskDefinition } from '../engine/types.ts'

export const fromJsonPath: MaskDefinition = {
  type: 'from_json_path',
  summary: 'Another value of the document, as it is at that moment. Only in a transform of `json`.',
  input: 'G',
  settles: 'nothing',
  options: {
    path: { kind: 'path_list', required: true, summary: 'List of keys and indexes; `"*"` is the key that the path of the transform matched at the same place, `[]` the document.' },
  },
  compile(options) {
    const path = options.get('path') as readonly (string | number)[]
    return (_value, context) => {
      const found = context.documentValue?.(path)
      if (found === undefined) throw new MaskError('missing_path', 'from_json_path', 'found nothing at its path')
      return found
    }
  },
  examples: [
    { options: { path: ['user', 'name'] }, document: '{"user":{"name":"Ann"},"author":null}', in: 'null', out: '"Ann"' },
    { options: { path: ['user'] }, document: '{"user":{"id":7,"tags":["a"]},"copy":1}', in: '1', out: '{"id":7,"tags":["a"]}' },
    { options: { path: ['gone'] }, document: '{"author":"Bo"}', in: '"Bo"', error: 'missing_path' },
  ],
}
