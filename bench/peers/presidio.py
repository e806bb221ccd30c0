# The pattern recognisers of presidio-analyzer over one file of texts: presidio.py INPUT OUTPUT, as run.mjs. No language model:
# names and places are not looked for. Needs `pip install presidio-analyzer`; set MASK_LOGS_PEERS_PYTHON to a Python that has it.
import json
import sys
import time

try:
    from importlib.metadata import version

    from presidio_analyzer import PatternRecognizer, RecognizerRegistry
except ImportError:
    sys.exit(3)

registry = RecognizerRegistry()
registry.load_predefined_recognizers()
# Every date and every link is found by these two; neither is what the texts are about.
recognizers = [r for r in registry.recognizers if isinstance(r, PatternRecognizer) and r.name not in ("DateRecognizer", "UrlRecognizer", "UuidRecognizer")]
try:
    from presidio_analyzer.predefined_recognizers import PhoneRecognizer

    recognizers.append(PhoneRecognizer())
except ImportError:
    pass

WORDS = 5


def analyze(text):
    found = []
    lower = text.lower()
    for recognizer in recognizers:
        for result in recognizer.analyze(text, recognizer.supported_entities, None) or []:
            score = result.score
            # As the analyzer does: a context word among the five before raises the score by 0.35.
            if recognizer.context and any(word in " ".join(lower[: result.start].split()[-WORDS:]) for word in recognizer.context):
                score = max(0.4, min(1.0, score + 0.35))
            if score >= 0.4:
                found.append((result.start, result.end))
    out = text
    last = len(text)
    for start, end in sorted(found, key=lambda span: -span[0]):
        if end > last:
            continue
        out = out[:start] + "[REDACTED]" + out[end:]
        last = start
    return out


with open(sys.argv[1], encoding="utf-8") as file:
    texts = [json.loads(line) for line in file.read().rstrip("\n").split("\n")]
for text in texts[:50]:
    analyze(text)
start = time.perf_counter()
results = [analyze(text) for text in texts]
microseconds = (time.perf_counter() - start) * 1e6 / len(texts)
with open(sys.argv[2], "w", encoding="utf-8") as file:
    for line in [{"version": version("presidio-analyzer"), "microseconds": microseconds}, *results]:
        file.write(json.dumps(line) + "\n")
