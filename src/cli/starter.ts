// The ruleset that `mask-logs init` writes.

/** Text of a commented starter ruleset; it loads without warnings. */
export const STARTER_RULESET = `# A ruleset for mask-logs: what to mask, and how.
# Check it:  mask-logs check mask-logs.yaml
# Use it:    node app.js | mask-logs -r mask-logs.yaml
# Editors complete and check this file with the schema from: mask-logs schema
version: "1.0"

# Start from what mask-logs recognises by itself: secrets, payment cards, personal data, HTTP headers.
# "mask-logs rulesets" lists the built-in rulesets. Your own rules below are stronger.
extends: ["mask-logs:default"]

rules:
# By key, wherever it occurs: in JSON at any depth, and in text as key=value. * stands for anything.
# Case, "-" and "_" do not count: this hits apiKey and API-KEY too.
- keys: [password, api_key, "*_secret"]
  masks:
  - type: redact             # [REDACTED]

# By path, from the record's root; [*] is every item of a list, ** any depth. The same user gets the
# same pseudonym in every line and on every machine that uses the same run secret
# (MASK_LOGS_RUN_SECRET_FILE); "mask-logs new-secret" makes one.
- paths: [user.id, "users[*].id"]
  masks:
  - type: pseudonym
    prefix: "u_"

# Keep the last characters for support.
- keys: [account_number]
  masks:
  - type: partial            # ************4711
    keep_last: 4

# By what it looks like, anywhere in strings and text lines, except below "build".
- detect: [ipv4, ipv6]
  except: ["build.**"]
  masks:
  - type: redact
    label: ip                # [REDACTED:ip]

# Leave a value alone on purpose: what "skip" lists is not masked by the rule.
# - keys: [email]
#   skip: ["support@example.com"]
#   masks:
#   - type: email            # another address, the same one for the same input and run secret

# What happens when something goes wrong. These are the defaults; nothing ever passes unmasked.
# policy:
#   on_mask_error: redact    # redact, drop, fail
#   on_unparsable: text      # a line that is not JSON: text (scan it), drop, quarantine
#   on_oversize: truncate    # a line longer than max_record_bytes: text, truncate, drop
#   max_record_bytes: 1048576

# Mask everything that is not listed here (in the same "policy"):
#   unknown_fields: redact
#   allow: [level, time, msg, pid, hostname]

# What these rules must do, run by: mask-logs check --test mask-logs.yaml
# "in" is a record, or a line as text; "out" is what must come out of it. "masked" and "unmasked" are paths.
tests:
- name: a password, a client and an address below build
  in: {password: "not-a-real-one", client: "203.0.113.7", build: {host: "203.0.113.8"}}
  out: {password: "[REDACTED]", client: "[REDACTED:ip]", build: {host: "203.0.113.8"}}
- name: users and accounts
  in: {user: {id: "u-17", role: admin}, users: [{id: "u-18"}], account_number: "4711000815"}
  masked: [user.id, "users[*].id", account_number]
  unmasked: [user.role]
- name: a line of text
  in: "login api_key=not-a-real-key ok"
  out: "login api_key=[REDACTED] ok"
`
