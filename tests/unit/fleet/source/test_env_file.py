"""Lines of NAME=value, by the rules of Compose."""

from __future__ import annotations

from fleet.source.env_file import read_variables


def test_values_are_those_of_compose() -> None:
    """By compose-go's dotenv package (dotenv/parser.go) and its tests."""
    cases = {
        "A=1": {"A": "1"},
        "export A=1": {"A": "1"},
        "  A = 1  ": {"A": "1"},
        "A=": {"A": ""},
        "A=a b c": {"A": "a b c"},
        "A=a # comment": {"A": "a"},
        "A=a#b": {"A": "a#b"},
        "A=# comment": {"A": ""},
        "# A=1\n\n   # x\nB=2": {"B": "2"},
        "A='a # b'": {"A": "a # b"},
        "A='a $B ${C}' # literal": {"A": "a $B ${C}"},
        r"A='it\'s'": {"A": "it's"},
        r"A='a\nb'": {"A": r"a\nb"},
        r'A="a\nb\t\"c\" \\ \$d"': {"A": 'a\nb\t"c" \\ $d'},
        'A="first\nsecond"\nB=2': {"A": "first\nsecond", "B": "2"},
        "A='first\nsecond'\r\nB=2\r\n": {"A": "first\nsecond", "B": "2"},
        "A=it's": {"A": "it's"},
        "A=b=c": {"A": "b=c"},
        "A.b-c=1": {"A.b-c": "1"},
        "A=5$": {"A": "5$"},
        "": {},
    }
    wrong = []
    for text, expected in cases.items():
        lines = list(read_variables(text))
        found = {line.name: line.value for line in lines if not line.problem}
        wrong += [] if found == expected and len(lines) == len(expected) else [(text, lines)]
    assert wrong == []


def test_what_is_no_variable_is_named_by_its_line_and_never_quoted() -> None:
    cases = {
        "A=1\nOPENAI_API_KEY": (2, "is not NAME=value"),
        "A: 1": (1, "is not NAME=value"),
        "=1": (1, "is not NAME=value"),
        "1A=2": (1, "is not NAME=value"),
        "\n\nA='x": (3, "has a quote that does not end its value"),
        'A="x" y': (1, "has a quote that does not end its value"),
        "A=${B}": (1, "takes a value from another variable"),
        "A=$B": (1, "takes a value from another variable"),
        'A="x$B"': (1, "takes a value from another variable"),
    }
    wrong = []
    for text, (number, problem) in cases.items():
        found = [line for line in read_variables(text) if line.problem]
        is_right = [line.number for line in found] == [number] and found[0].problem.startswith(problem)
        wrong += [] if is_right and found[0].remedy else [(text, found)]
    assert wrong == []


def test_lines_are_those_of_the_file() -> None:
    text = "# note\nA='x\ny'\n\nB=1\n"
    assert [(line.name, line.number) for line in read_variables(text)] == [("A", 2), ("B", 5)]


def test_a_long_file_takes_no_time() -> None:
    assert len(list(read_variables("A='" * 20_000))) == 1
    assert len(list(read_variables("A=x\n" * 20_000))) == 20_000
