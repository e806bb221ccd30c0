// The ruleset that `mask-logs init` writes.

export const STARTER = `# A ruleset for mask-logs. Check it with:   mask-logs check mask-logs.yaml
# Use it with:                              node app.js | mask-logs -r mask-logs.yaml
version: "1.0"

# Built-in rulesets to start from. 'mask-logs rulesets' lists them. Rules below are stronger.
extends:
  - mask-logs:default        # secrets, card data, personal data, HTTP headers

rules:
  # A value at a known place of a JSON record. A path names keys from the record's root;
  # [*] is every item of a list, ** any depth.
  - paths: [user.email, "customers[*].email"]
    masks:
      - type: email          # another address, the same one for the same input and run secret

  # A key wherever it occurs, in any depth, and in text as key=value. * stands for anything.
  - keys: [password, "*_token"]
    masks:
      - type: redact         # [REDACTED]

  # Whatever looks like one of these, anywhere in strings and text lines.
  - detect: [ipv4, ipv6]
    masks:
      - type: redact
        label: ip            # [REDACTED:ip]

# What happens when something goes wrong. These are the defaults; nothing ever passes unmasked.
# policy:
#   on_mask_error: redact    # redact, drop, fail
#   on_unparsable: text      # a line that is not JSON: text (scan it), drop, quarantine
#   max_record_bytes: 1048576
#   on_oversize: truncate    # text, truncate, drop
`
