// What the servers of this example answer: made-up people, as text, so that every byte of it can be compared.
export const runSecret = process.env.MASK_LOGS_RUN_SECRET ?? 's3cr3t-9b1f4a2c8e7d6f5a0b3c1d2e'
export const ruleset = new URL('ruleset.yaml', import.meta.url).pathname

export const customer =
  '{"customer_id":"C-004711","first_name":"Amelia","last_name":"Nobody","email":"amelia.nobody@example.com","phone":"+14155550142",' +
  '"card":"4111 1111 1111 1111","balance":4823.50,"version":9007199254740993}'

export const events = [
  'event: status\ndata: {"step":1,"customer_id":"C-004711"}\n\n',
  ': still working\n\n',
  'id: 2\ndata: mail sent to amelia.nobody@example.com\n\n',
  'data: [DONE]\n\n',
]

/** Values that must be in no answer. */
export const planted = ['C-004711', 'Amelia', 'Nobody', 'amelia.nobody', '415555', '4111 1111 1111 1111']
