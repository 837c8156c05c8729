"""How `check` of newsmill_stage stands in for newsmill."""
import shows_layers
from newsmill_stage import OptionError, check

text = "It rained. Ça va."
sentences = [{"span": (0, 10), "sentence": 0}, {"span": (11, 17), "sentence": 1}]
found = check(shows_layers.Shows, text, layers={"sentences": sentences})
assert found == {"shown": [["It rained."], ["Ça va."]]}, found

try:
    check(shows_layers.Shows, text)
except OptionError as error:
    assert "sentences" in str(error)
else:
    raise AssertionError("a layer that it reads is missing")
