// The ruleset that `mask-logs init` writes.

/** Text of a commented starter ruleset; it loads without warnings. */
export const STARTER_RULESET = `# A ruleset for mask-logs: what to mask, and how.
# Try it:    node app | mask-logs -r mask-logs.yaml
# Check it:  mask-logs check mask-logs.yaml
# Editors complete and check this file with the schema from: mask-logs schema
version: "1.0"

# Start from what mask-logs recognises by itself: secrets, payment cards, personal data, HTTP headers.
# "mask-logs rulesets" lists the built-in rulesets. Your own rules below are stronger.
extends: ["mask-logs:default"]

rules:
# Mask values by key, at any depth. Case, "-" and "_" do not count: this hits apiKey and API-KEY too.
- keys: [password, api_key, "*_secret"]
  masks:
  - type: redact

# Mask values by path. The same user gets the same pseudonym in every line and on every machine that
# uses the same run secret (MASK_LOGS_RUN_SECRET); "mask-logs new-secret" makes one.
- paths: [user.id, "users[*].id"]
  masks:
  - type: pseudonym
    prefix: "u_"

# Keep the last characters for support.
- keys: [account_number]
  masks:
  - type: partial
    keep_last: 4

# Mask IP addresses wherever they stand in text, except below "build".
- detect: [ipv4, ipv6]
  except: ["build.**"]

# Pass a value on purpose: values listed under "skip" are left alone by the rule.
# - keys: [email]
#   skip: ["support@example.com"]
#   masks:
#   - type: email

# Mask everything that is not listed here (remove the "#" to turn it on):
# policy:
#   unknown_fields: redact
#   allow: [level, time, msg, pid, hostname]
`
