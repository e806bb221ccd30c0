# The public Python client of DataMasque, unchanged, against a server: steps 1 to 11 of the acceptance outline.
# Arguments: URL. Reads lines from stdin where the test has to do something in between.
import json
import sys

from datamasque.client import DataMasqueIfmClient, DataMasqueIfmInstanceConfig
from datamasque.client.exceptions import DataMasqueApiError, IfmAuthError
from datamasque.client.models.ifm import (
    IfmMaskRequest,
    RulesetPlanCreateRequest,
    RulesetPlanOptions,
    RulesetPlanPartialUpdateRequest,
    RulesetPlanUpdateRequest,
)

url = sys.argv[1]
secret = "s3cr3t-9b1f4a2c8e7d6f5a0b3c1d2e"
redact = 'version: "1.0"\nrules:\n- {keys: [secret], masks: [{type: redact}]}\n'
imitate = 'version: "1.0"\nrules:\n- {keys: [id], masks: [{type: imitate}]}\n'
digits = 'version: "1.0"\nrules:\n- masks: [{type: replace_regex, regex: "[0-9]", masks: [{type: from_fixed, value: "#"}]}]\n'


def client(username, password):
    return DataMasqueIfmClient(DataMasqueIfmInstanceConfig(admin_server_base_url=url, ifm_base_url=url + "/ifm", username=username, password=password))


def status(call):
    try:
        call()
    except DataMasqueApiError as error:
        return error.response.status_code
    return 200


alice = client("alice", "correct-horse")
assert "ifm/rules:create" in alice.verify_token().scopes

plan = alice.create_ruleset_plan(RulesetPlanCreateRequest(name="smoke", ruleset_yaml=redact))
assert plan.name.startswith("smoke-") and len(plan.name) == len("smoke-") + 6 and plan.serial == 0
assert plan.url.endswith(f"/ifm/ruleset-plans/{plan.name}/")
assert alice.get_ruleset_plan(plan.name).ruleset_yaml == redact

for i in range(101):
    alice.create_ruleset_plan(RulesetPlanCreateRequest(name=f"plan-{i}", ruleset_yaml=redact))
names = [one.name for one in alice.list_ruleset_plans()]
assert len(names) == len(set(names)) == 102, len(names)

hashed = alice.create_ruleset_plan(RulesetPlanCreateRequest(name="hashed", ruleset_yaml=imitate)).name


def masked(**more):
    return alice.mask(hashed, IfmMaskRequest(data=[{"id": "abcdefghij0123456789", "n": None}], **more)).data[0]["id"]


assert masked(run_secret=secret) == masked(run_secret=secret)
assert masked(run_secret=secret) != masked(run_secret="another secret of 20 characters")
assert masked() != masked()
for length, code in ((19, 400), (20, 200), (256, 200), (257, 400)):
    assert status(lambda: masked(run_secret="x" * length)) == code, length

soft = alice.create_ruleset_plan(RulesetPlanCreateRequest(name="digits", ruleset_yaml=digits)).name
result = alice.mask(soft, IfmMaskRequest(data=[[42]]))
assert result.success is False and result.data is None and result.ruleset_plan.name == soft
assert result.logs[0].message == "replace_regex received a non-string value"
result = alice.mask(plan.name, IfmMaskRequest(data=[{"secret": 1}, None], log_level="INFO", request_id="mine", disable_instance_secret=True, hash_values=["a", None]))
assert result.success and result.data == [{"secret": "[REDACTED]"}, None] and result.request_id == "mine"

patched = alice.patch_ruleset_plan(plan.name, RulesetPlanPartialUpdateRequest(options=RulesetPlanOptions(enabled=False)))
assert patched.serial == 1 and patched.options.enabled is False
assert status(lambda: alice.mask(plan.name, IfmMaskRequest(data=[]))) == 400
assert alice.patch_ruleset_plan(plan.name, RulesetPlanPartialUpdateRequest()).serial == 1
assert alice.update_ruleset_plan(plan.name, RulesetPlanUpdateRequest(ruleset_yaml=redact)).options.enabled is True

for bad in ('version: "1.0"\nrules: [{masks: [{type: from_invalid}]}]\n', 'version: "1.0"\ntasks: []\n', "version: 1.0\n"):
    assert status(lambda: alice.create_ruleset_plan(RulesetPlanCreateRequest(name="bad", ruleset_yaml=bad))) == 400

alice.delete_ruleset_plan(plan.name)
assert status(lambda: alice.get_ruleset_plan(plan.name)) == 404

try:
    client("alice", "wrong").verify_token()
    raise AssertionError("a wrong password was taken")
except IfmAuthError:
    pass
run = client("run", "mask-run-only")
assert run.mask(hashed, IfmMaskRequest(data=[])).success
assert len(run.list_ruleset_plans()) == 103
assert status(lambda: run.get_ruleset_plan(hashed)) == 403
assert status(lambda: run.create_ruleset_plan(RulesetPlanCreateRequest(name="x", ruleset_yaml=redact))) == 403

before = alice.access_token
print("expire", flush=True)
sys.stdin.readline()
assert alice.verify_token().scopes
assert alice.access_token != before

print(json.dumps({"plan": hashed}), flush=True)
