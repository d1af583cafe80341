"""The bundle: what is read, what is refused and where, and that its normal form stands still."""

import copy
import io
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pydantic import ValidationError

from storage.bundle_format import LISTS, Bundle, BundleInvalid, read_bundle, write_bundle, write_json
from storage.bundle_writing import Head, LinesWriter, write_all
from storage.projects.record import Project

EXAMPLE = Path(__file__).parents[2] / "bot" / "demo" / "staedtekooperation.yaml"

Tree = dict[str, Any]
Change = Callable[[Tree], object]


def read(text: str | bytes) -> Bundle:
    return read_bundle(text, name="test")


def written(bundle: Bundle) -> str:
    stream = io.StringIO()
    write_bundle(bundle, stream)
    return stream.getvalue()


def written_json(bundle: Bundle) -> str:
    stream = io.StringIO()
    write_json(bundle, stream)
    return stream.getvalue()


def refused(text: str | bytes) -> list[str]:
    """What is said about a bundle that cannot be taken in."""
    with pytest.raises(BundleInvalid) as caught:
        read(text)
    return [str(error) for error in caught.value.errors]


def example_tree() -> Tree:
    """The example, every scalar as a text."""
    loaded: Tree = yaml.load(EXAMPLE.read_text("utf-8"), Loader=yaml.CBaseLoader)  # noqa: S506  it makes only texts
    return loaded


@pytest.fixture(scope="module")
def example() -> Tree:
    return example_tree()


def broken(example: Tree, *changes: Change) -> str:
    tree = copy.deepcopy(example)
    for change in changes:
        change(tree)
    return json.dumps(tree, ensure_ascii=False)


SMALL = """
version: 1
cooperation: {name: {de: Städte, en: Cities}, founded: 2019, language: de, timezone: Europe/Berlin}
cities: [{code: N, name: {de: Nürnberg, en: Nuremberg}, kind: city, states: [{state: member, from: 2019-07}]}]
"""


# --- the normal form -------------------------------------------------------------------------------------------------


def test_the_example_is_read_completely() -> None:
    bundle = read(EXAMPLE.read_bytes())
    assert {name: len(records) for name, records in bundle.lists() if records} == {
        "cities": 6,
        "people": 15,
        "seats": 12,
        "agreements": 4,
        "projects": 9,
        "barriers": 3,
        "decisions": 3,
        "tasks": 3,
        "meetings": 2,
        "solutions": 1,
        "statements": 1,
        "rooms": 4,
    }


def test_what_was_written_reads_as_the_same_bundle_and_writes_as_the_same_bytes() -> None:
    bundle = read(EXAMPLE.read_bytes())
    once = written(bundle)
    assert read(once) == bundle
    assert written(read(once)) == once


def test_json_holds_the_same_bundle() -> None:
    bundle = read(EXAMPLE.read_bytes())
    assert read(written_json(bundle)) == bundle
    assert written_json(read(written(bundle))) == written_json(bundle)


def test_a_text_stream_a_byte_stream_and_a_text_read_alike() -> None:
    with EXAMPLE.open("rb") as raw, EXAMPLE.open(encoding="utf-8") as text:
        assert read_bundle(raw, name="raw") == read_bundle(text, name="text") == read(EXAMPLE.read_text("utf-8"))


def test_lists_are_ordered_by_number_and_seats_by_city_body_and_role(example: Tree) -> None:
    def later(tree: Tree) -> None:
        tree["projects"].insert(0, tree["projects"][0] | {"id": "P-10"})

    bundle = read(broken(example, later))
    assert [project.id for project in bundle.projects] == [f"P-{number}" for number in range(1, 11)]
    places = [(seat.city, seat.body, seat.role.value, str(seat.from_ or "")) for seat in bundle.seats]
    assert places == sorted(places)


def test_codes_are_quoted_umlauts_are_not_escaped_and_dates_keep_their_precision() -> None:
    text = written(read(EXAMPLE.read_bytes()))
    assert "- code: 'N'\n" in text
    assert "electorate: [M, 'N', A]\n" in text
    assert "Städtekooperation" in text
    assert "signed_on: 2019-07\n" in text
    assert "date: --12-24\n" in text


def test_defaults_are_left_out_and_a_vacant_seat_is_kept(example: Tree) -> None:
    def vacate(tree: Tree) -> None:
        tree["cities"][0]["council_lead"] = "12 weeks"
        tree["solutions"][0]["kind"] = "solution"
        tree["rooms"][0]["quiet"] = "false"
        tree["seats"][3]["holder"] = None

    text = written(read(broken(example, vacate)))
    assert "council_lead" not in text
    assert "kind: solution" not in text
    assert "quiet" not in text
    assert "holder: null\n" in text


def test_instants_are_written_in_the_zone_of_the_cooperation(example: Tree) -> None:
    def in_utc(tree: Tree) -> None:
        tree["decisions"][2]["closes"] = "2026-11-30T16:00:00Z"

    assert "closes: '2026-11-30T17:00:00+01:00'\n" in written(read(broken(example, in_utc)))


def test_common_fields_come_last(example: Tree) -> None:
    def tag(tree: Tree) -> None:
        tree["glossary"] = [
            {"tags": ["Wort"], "visibility": "public", "de": "Hürde", "en": "barrier", "means": "Hürde"}
        ]

    assert written(read(broken(example, tag))).endswith(
        "- de: Hürde\n  en: barrier\n  means: Hürde\n  visibility: public\n  tags: [Wort]\n"
    )


def test_a_history_kept_by_an_export_is_passed_over(example: Tree) -> None:
    def remember(tree: Tree) -> None:
        tree["projects"][0]["history"] = [{"anything": "at all"}]

    assert read(broken(example, remember)) == read(broken(example))


def test_an_empty_list_and_no_list_are_the_same(example: Tree) -> None:
    def empty(tree: Tree) -> None:
        tree |= {"reminders": None, "glossary": []}

    assert read(broken(example, empty)) == read(broken(example))


AWKWARD = [
    "null",
    "~",
    "N",
    "y",
    "no",
    "on",
    "2019",
    "2019-07-16",
    "1e3",
    "0o17",
    "12:30",
    "=",
    "<<",
    "true",
    "- a",
    "a: b",
    "#x",
    "'x'",
    '"x"',
    "*x",
    "&x",
    "!x",
    "%x",
    "@x",
    "`x",
    "{x",
    "[x",
    "x #y",
    "---",
    "...",
    "\\n",
    "😀 ok",
]
wordings = st.one_of(
    st.sampled_from(AWKWARD),
    st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=300),
    st.lists(st.sampled_from(["Wort", " ", "\n", "# ", "- ", "\n\n  ", ": ", "–", "ä"]), min_size=1).map("".join),
)


@settings(max_examples=300)
@given(wordings, wordings, wordings)
def test_any_text_comes_back_as_it_was_written(line: str, text: str, key: str) -> None:
    try:
        project = Project.model_validate(
            {
                "id": "P-1",
                "title": line,
                "goal": text,
                "aliases": [line, key],
                "phase": "idea",
                "leads": [{"city": "N"}],
            }
        )
    except ValidationError:
        return
    bundle = read(SMALL).model_copy(update={"projects": (project,)})
    once = written(bundle)
    assert read(once) == bundle
    assert read(written_json(bundle)) == bundle
    assert written(read(once)) == once


# --- what is refused, and where --------------------------------------------------------------------------------------


def put(*place: str | int, value: object) -> Change:
    def change(tree: Any) -> None:
        for step in place[:-1]:
            tree = tree[step]
        tree[place[-1]] = value

    return change


def drop(*place: str | int) -> Change:
    def change(tree: Any) -> None:
        for step in place[:-1]:
            tree = tree[step]
        del tree[place[-1]]

    return change


def add(*place: str | int, value: object) -> Change:
    def change(tree: Any) -> None:
        for step in place:
            tree = tree[step]
        tree.append(value)

    return change


BROKEN: list[tuple[Change, str]] = [
    (drop("version"), "version: is missing"),
    (put("version", value="2"), "version: 2 is not a version this program reads (1)"),
    (drop("cooperation"), "cooperation: is missing"),
    (
        put("cooperation", "timezone", value="Europe/Muenchen"),
        'cooperation: timezone: "Europe/Muenchen" is not a time zone such as Europe/Berlin',
    ),
    (put("cooperation", "name", value={"de": "Städte"}), "cooperation.name: en: is missing"),
    (put("exported_at", value="gestern"), 'exported_at: "gestern" is not an instant such as 2026-11-16T08:40:00+01:00'),
    (put("counters", value={"P": "8"}), "counters.P: 8 is below P-9, which exists"),
    (put("counters", value={"X": "8"}), "counters.X: unknown key; known are V, P, H, B, A, S, L, T, E"),
    (put("counters", value={"P": "viele"}), 'counters.P: "viele" is not a whole number'),
    (put("cities", value={"M": "München"}), "cities: a list is expected here"),
    (put("cities", 0, value="München"), "cities[0]: a mapping is expected here"),
    (put("cities", 0, "colour", value="red"), "cities[0]: colour: unknown key; known are code, name, aliases, kind,"),
    (
        put("cities", 0, "states", 0, "since", value="2019"),
        "cities[0].states[0]: since: unknown key; known are state, from, to, reason, source",
    ),
    (
        put("cities", 0, "states", 0, "from_", value="2019"),
        "cities[0].states[0]: from_: unknown key; known are state, from, to, reason, source",
    ),
    (
        put("cities", 0, "holidays", "extra", 0, "day", value="x"),
        "cities[0].holidays.extra[0]: day: unknown key; known are date, name",
    ),
    (put("cities", 0, "states", value=[]), "cities[0]: states: at least one entry is needed"),
    (put("cities", 0, "states", 0, "to", value="2018"), "cities[0].states[0]: ends (2018) before it begins (2019-07)"),
    (
        put("cities", 3, "states", 0, "from", value="2027"),
        "cities[3].states[1]: begins (2026-09-14) before the state listed ahead of it (2027)",
    ),
    (
        put("cities", 3, "states", 0, "to", value="2026-09-14"),
        "cities[3].states[1]: begins (2026-09-14) before the state ahead of it ends (2026-09-14)",
    ),
    (
        put("cities", 0, "states", 0, "source", value="V-9 Nr. 1"),
        'cities[0].states[0]: source: "V-9" is not in agreements',
    ),
    (put("cities", 0, "partner_kind", value="business"), "cities[0]: partner_kind: belongs to a partner only"),
    (
        put("cities", 0, "holidays", "subdivision", value="Bayern"),
        'cities[0].holidays: subdivision: "Bayern" is none of BW, BY, Augsburg,',
    ),
    (
        put("cities", 0, "holidays", "extra", 0, "date", value="--02-30"),
        'cities[0].holidays.extra[0]: date: "--02-30" is not in the calendar',
    ),
    (
        put("cities", 0, "recess", 0, "to", value="2027-08-01"),
        "cities[0].recess[0]: ends (2027-08-01) before it begins (2027-08-02)",
    ),
    (put("cities", 1, "code", value="M"), 'cities[1]: code: "M" is already used by cities[0]'),
    (
        put("cities", 0, "council_lead", value="3 Monate"),
        'cities[0]: council_lead: "3 Monate" is not a duration such as',
    ),
    (put("people", 1, "key", value="riedel"), 'people[1]: key: "riedel" is already used by people[0]'),
    (
        put("people", 8, "mxid", value="@koordination:muenchen.example"),
        'people[8]: mxid: "@koordination:muenchen.example" is already used by people[7]',
    ),
    (put("people", 0, "mxid", value="riedel"), 'people[0]: mxid: "riedel" is not of the form @koordination:'),
    (
        put("people", 9, "absences", 0, "deputy", value="koord-n"),
        "people[9].absences[0]: deputy: koord-n cannot refer to itself",
    ),
    (put("people", 0, "name", value="Harald\u202eRiedel"), "people[0]: name: the character U+202E is not allowed"),
    (put("people", 0, "expertise", 1, value="\x1b[2J"), "people[0].expertise[1]: the character U+001B is not allowed"),
    (drop("seats", 0, "holder"), "seats[0]: holder: is missing"),
    (put("seats", 0, "to", value="2018-12-31"), "seats[0]: ends (2018-12-31) before it begins (2019-07)"),
    (
        add(
            "seats",
            value={"city": "M", "body": "referentenkreis", "role": "voting", "holder": "koord-m", "from": "2022"},
        ),
        "seats[12]: holds the same voting seat as seats[3] at the same time",
    ),
    (
        add(
            "seats",
            value={"city": "M", "body": "referentenkreis", "role": "deputy", "holder": "vertr-m", "from": "2021-01-01"},
        ),
        "seats[12]: is the same seat as seats[4]",
    ),
    (put("agreements", 0, "amends", value=["V-1"]), "agreements[0].amends[0]: V-1 cannot refer to itself"),
    (
        put("agreements", 0, "signatures", 0, "city", value="R"),
        'agreements[0].signatures[0]: city: "R" is not among the parties',
    ),
    (put("agreements", 1, "file_refs", "Q", value="1"), 'agreements[1].file_refs.Q: "Q" is not in cities'),
    (
        put("agreements", 1, "in_force", value="2020-08"),
        'agreements[1]: in_force: "2020-08" is not a day such as 2026-11-16',
    ),
    (
        put("agreements", 1, "notices", value=[{"by": "M", "sent": "2023-01-10", "received": {"N": "2023-01-09"}}]),
        "agreements[1].notices[0].received.N: ends (2023-01-09) before it begins (2023-01-10)",
    ),
    (put("projects", 0, "id", value="P1"), 'projects[0]: id: "P1" is not of the form P-1'),
    (put("projects", 1, "id", value="P-1"), 'projects[1]: id: "P-1" is already used by projects[0]'),
    (put("projects", 0, "phase", value="done"), 'projects[0]: phase: "done" is none of idea, planned, concept,'),
    (
        put("projects", 0, "milestones", 0, "due", value="2027-04-01"),
        "projects[0].milestones[0].shifts[0]: to: 2027-03-15 is not where the date went on from (2027-04-01)",
    ),
    (
        put("projects", 0, "leads", value=[{"city": "N"}, {"city": "N"}]),
        'projects[0].leads[1]: city: "N" stands here twice',
    ),
    (
        put("projects", 0, "participants", 0, "city", value="N"),
        'projects[0].participants[0]: city: "N" leads the project already',
    ),
    (drop("projects", 8, "phase_reason"), "projects[8]: phase_reason: is needed where a project is abandoned"),
    (
        put("projects", 0, "updates", 1, "needs", 0, "from", value="X"),
        'projects[0].updates[1].needs[0]: from: "X" is not in cities',
    ),
    (
        put("projects", 0, "updates", 1, "at", value="2026-11-16T08:40:00"),
        'projects[0].updates[1]: at: "2026-11-16T08:40:00" is not an instant such as',
    ),
    (put("barriers", 0, "blocks", 0, value="P-99"), 'barriers[0].blocks[0]: "P-99" is not in projects'),
    (put("barriers", 0, "workarounds", value={"Q": "Fax"}), 'barriers[0].workarounds.Q: "Q" is not in cities'),
    (drop("barriers", 2, "outcome_source"), "barriers[2]: outcome_source: is needed where a barrier is solved"),
    (put("barriers", 0, "cases_per_year", value="-1"), 'barriers[0]: cases_per_year: "-1" is not a whole number'),
    (
        put("decisions", 0, "votes", "N", "choice", value="foo"),
        'decisions[0].votes.N: choice: "foo" is none of for, against, abstain',
    ),
    (put("decisions", 0, "votes", "N", "by", value="niemand"), 'decisions[0].votes.N: by: "niemand" is not in people'),
    (
        put(
            "decisions",
            0,
            "votes",
            "R",
            value={"choice": "for", "by": "koord-r", "as": "holder", "at": "2025-10-07T10:00:00Z"},
        ),
        'decisions[0].votes.R: "R" is not among the electorate',
    ),
    (
        put(
            "decisions",
            0,
            "votes",
            "n",
            value={"choice": "for", "by": "koord-n", "as": "holder", "at": "2025-10-07T10:00:00Z"},
        ),
        'decisions[0].votes.n: "n" is not of the form M or BST',
    ),
    (
        put("decisions", 2, "closes", value="2026-11-15T17:00:00+01:00"),
        "decisions[2]: closes: 2026-11-15 17:00:00+01:00 is before the vote was opened (2026-11-16)",
    ),
    (
        put("decisions", 0, "decided_on", value="2025-09"),
        "decisions[0]: decided_on: 2025-09 is before the vote was opened (2025-10-06)",
    ),
    (
        put("decisions", 0, "mode", value="silence"),
        "decisions[0]: mode_basis: is needed where silence counts as consent",
    ),
    (put("decisions", 0, "mode_basis", value="V-77 Ziffer 3"), 'decisions[0]: mode_basis: "V-77" is not in agreements'),
    (put("decisions", 0, "supersedes", value=["B-1"]), "decisions[0].supersedes[0]: B-1 cannot refer to itself"),
    (put("decisions", 0, "quorum", value="4"), "decisions[0]: quorum: is more than the electorate has cities"),
    (
        put("decisions", 0, "electorate", value=["M", "N", "A", "M"]),
        'decisions[0].electorate[3]: "M" stands here twice',
    ),
    (drop("decisions", 0, "opened_on"), "decisions[0]: opened_on: is needed once voting has begun"),
    (drop("decisions", 1, "provisos"), "decisions[1]: provisos: is needed where a decision is adopted with a proviso"),
    (put("tasks", 0, "source", value="T-7"), 'tasks[0]: source: "T-7" is not in statements'),
    (put("tasks", 0, "due", value="2026-02-30"), 'tasks[0]: due: "2026-02-30" is not in the calendar'),
    (put("tasks", 0, "text", value=["a"]), "tasks[0]: text: a single value is expected here"),
    (put("tasks", 0, "text", value=None), "tasks[0]: text: is missing"),
    (put("meetings", 0, "attendance", 0, value="niemand"), 'meetings[0].attendance[0]: "niemand" is not in people'),
    (put("meetings", 0, "items", 1, "number", value="1"), 'meetings[0].items[1]: number: "1" stands here twice'),
    (
        put("meetings", 0, "room", value="#fremd:muenchen.example"),
        'meetings[0]: room: "#fremd:muenchen.example" is not in rooms',
    ),
    (
        put("solutions", 0, "reuse", "A", "stage", value="yes"),
        'solutions[0].reuse.A: stage: "yes" is none of none, interested,',
    ),
    (put("statements", 0, "cites", 0, value="P-0"), 'statements[0].cites[0]: "P-0" is not of the form B-1'),
    (
        put("statements", 0, "cities", value=["M"]),
        'statements[0].approvals.A: "A" is not among the cities whose approval',
    ),
    (drop("rooms", 0, "alias"), "rooms[0]: alias: is needed where no id is given"),
    (drop("rooms", 1, "project"), "rooms[1]: project: is needed in a project room"),
    (
        put("rooms", 2, "alias", value="#lenkung:muenchen.example"),
        'rooms[2]: alias: "#lenkung:muenchen.example" is already used by rooms[0]',
    ),
    (
        put("reminders", value=[{"id": "E-1", "text": "x", "for": "koord-m"}]),
        "reminders[0]: at: is needed where no rule is given",
    ),
    (
        put("reminders", value=[{"id": "E-1", "text": "x", "for": "#weg:x.example", "rule": "FREQ=DAILY"}]),
        'reminders[0]: for: "#weg:x.example" is not in rooms',
    ),
    (put("glossary", value=[{"de": "Hürde", "means": "H-1"}]), "glossary[0]: en: is needed where no alias is given"),
    (
        put("glossary", value=[{"de": "Hürde", "en": "barrier", "means": "H-9"}]),
        'glossary[0]: means: "H-9" is not in barriers',
    ),
    (
        put("glossary", value=[{"de": "Hürde", "en": "barrier", "means": "Hemmnis"}] * 2),
        'glossary[1]: "Hürde = barrier" is already said by glossary[0]',
    ),
    (put("verabredungen", value=[]), "verabredungen: unknown key; known are version, exported_at,"),
    (put("verabredungen", value=["x", "y"]), "verabredungen: unknown key; known are version, exported_at,"),
]


@pytest.mark.parametrize(("change", "said"), BROKEN, ids=[said for _, said in BROKEN])
def test_a_mistake_is_named_with_its_place(example: Tree, change: Change, said: str) -> None:
    errors = refused(broken(example, change))
    assert [error for error in errors if error.startswith(said)], errors


def test_a_table_of_mistakes_names_each_place_alone(example: Tree) -> None:
    alone = [change for change, said in BROKEN if len(refused(broken(example, change))) == 1]
    assert len(alone) > len(BROKEN) / 2


def test_every_mistake_is_reported_not_only_the_first(example: Tree) -> None:
    changes = [
        put("cooperation", "language", value="fr"),
        put("cities", 0, "colour", value="red"),
        put("projects", 0, "phase", value="done"),
        put("decisions", 0, "votes", "N", "choice", value="foo"),
        put("decisions", 0, "votes", "N", "by", value="niemand"),
        put("decisions", 2, "closes", value="2026-11-15T17:00:00+01:00"),
        put("tasks", 0, "owner", value="niemand"),
        put("tasks", 1, "due", value="2026-02-30"),
        put("rooms", 1, "project", value="P-77"),
    ]
    places = [error.partition(" ")[0] for error in refused(broken(example, *changes))]
    assert sorted(places) == sorted(
        [
            "cooperation:",
            "cities[0]:",
            "projects[0]:",
            *["decisions[0].votes.N:"] * 2,
            "decisions[2]:",
            "tasks[0]:",
            "tasks[1]:",
            "rooms[1]:",
        ]
    )


def test_a_broken_record_can_still_be_referred_to(example: Tree) -> None:
    errors = refused(broken(example, put("cities", 1, "kind", value="village")))
    assert errors == ['cities[1]: kind: "village" is none of city, partner']


def test_a_problem_carries_place_field_kind_facts_and_line() -> None:
    text = SMALL + "tasks:\n  - id: A-1\n    text: x\n    owner: niemand\n    city: N\n    state: offen\n"
    with pytest.raises(BundleInvalid) as caught:
        read(text)
    word, dangling = sorted(caught.value.errors, key=lambda error: error.kind, reverse=True)
    assert (word.place, word.field, word.kind, word.line) == ("tasks[0]", "state", "word", 10)
    assert word.facts == {"text": "offen", "allowed": "requested, declined, open, in_progress, done, dropped"}
    assert (dangling.place, dangling.field, dangling.kind, dangling.line) == ("tasks[0]", "owner", "dangling", 8)
    assert caught.value.name == "test"


ODD = [
    (b"", "the file is empty"),
    (b"# nothing", "the file is empty"),
    (b"- a", "a bundle is a mapping of lists"),
    (b"[1, 2]", "a bundle is a mapping of lists"),
    (b"version: [1", "did not find expected"),
    (b"version: 1\nversion: 1", "version: this key stands here twice"),
    (b'{"version": 1, "version": 1}', "version: this key stands here twice"),
    (b"cities: [{code: M, code: N}]", "cities[0].code: this key stands here twice"),
    (b'{"cities": [{"code": "M", "code": "N"}]}', "cities[0].code: this key stands here twice"),
    (b"cities: &all [{code: M}]", "cities: names inside the file (&name) are not allowed"),
    (b"people: [{key: &a b, name: *a}]", "people[0].name: references inside the file (*name) are not allowed"),
    (b"people: [!!python/object:os.system {key: a}]", "people[0]: type tags (!name) are not allowed"),
    (b"people: [{? [a, b] : c}]", "people[0]: a key must be a plain word"),
    (b"version: 1\n---\nversion: 1", "a bundle is one document"),
    (b"people: " + b"[" * 5000, "people[0][0][0]: this is nested too deeply"),
    (b'{"people": ' + b"[" * 5000 + b"]" * 5000 + b"}", "this is nested too deeply"),
    (b'{"people": ' + b"[" * 50 + b"]" * 50 + b"}", "this is nested too deeply"),
    (b"version: \xff\xfe", "this is not YAML in UTF-8"),
    (b'{"version": "\xff"}', "this is not YAML in UTF-8"),
    (b'{"people": [{"key": "a", "name": "\\ud800"}]}', "people[0]: name: the character U+D800 is not allowed"),
    (b"cooperation: []", "cooperation: a mapping is expected here"),
    (b"cooperation: [x]", "cooperation[0]: a mapping is expected here"),
]


@pytest.mark.parametrize(("data", "said"), ODD)
def test_an_odd_file_is_refused_with_a_clear_line(data: bytes, said: str) -> None:
    errors = refused(data)
    assert [error for error in errors if said in error], errors


def test_a_file_that_grows_too_large_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("storage.bundle_tree.LARGEST", 10_000)
    assert refused(EXAMPLE.read_bytes())[-1] == "the file is too large"


def test_foreign_keys_cannot_write_to_the_terminal() -> None:
    assert all(error.isprintable() for error in refused('{"\\u001b[2J": 1, "cities": [{"\\u001b[2J": 1}]}'))


def harmless(data: str | bytes) -> None:
    """Read or refused: nothing else may happen."""
    try:
        bundle = read(data)
    except BundleInvalid:
        return
    assert read(written(bundle)) == bundle


@given(st.one_of(st.binary(), st.text()))
def test_arbitrary_bytes_and_texts_are_refused_and_never_break_it(data: str | bytes) -> None:
    harmless(data)


trees = st.recursive(
    st.one_of(st.none(), st.booleans(), st.integers(), st.text(max_size=8)),
    lambda inner: st.one_of(
        st.lists(inner, max_size=3),
        st.dictionaries(
            st.sampled_from(["id", "code", "key", "votes", "M", "from", "state", "x", "alias", "de"]), inner
        ),
    ),
    max_leaves=8,
)


@settings(suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture])
@given(st.dictionaries(st.sampled_from(["version", "counters", "cooperation", "exported_at", *LISTS]), trees))
def test_arbitrary_trees_are_refused_and_never_break_it(tree: Tree) -> None:
    harmless(json.dumps(tree))
    harmless(yaml.safe_dump(tree, allow_unicode=True))


@st.composite
def one_thing_replaced(draw: st.DrawFn) -> tuple[list[str | int], object]:
    """A place in the example and something that may not belong there."""
    here: Any = example_tree()
    place: list[str | int] = []
    while isinstance(here, dict | list) and here and (not place or draw(st.integers(0, 5))):
        below: list[Any] = list(here.items() if isinstance(here, dict) else enumerate(here))
        key, here = draw(st.sampled_from(below))
        place.append(key)
    return place, draw(trees)


@settings(max_examples=200, deadline=None)
@given(one_thing_replaced())
def test_the_example_with_anything_in_any_place_is_read_or_refused(replaced: tuple[list[str | int], object]) -> None:
    place, value = replaced
    tree = example_tree()
    put(*place, value=value)(tree)
    harmless(json.dumps(tree))


# --- JSON lines ------------------------------------------------------------------------------------------------------


def written_lines(bundle: Bundle) -> str:
    stream = io.StringIO()
    head = Head(cooperation=bundle.cooperation, exported_at=bundle.exported_at, counters=bundle.counters)
    write_all(LinesWriter(stream), head, (record for _, records in bundle.lists() for record in records))
    return stream.getvalue()


def test_json_lines_hold_the_same_bundle_a_record_a_line() -> None:
    bundle = read(EXAMPLE.read_bytes())
    lines = written_lines(bundle)
    assert read_bundle(lines, name="test.jsonl") == read_bundle(lines.encode(), name="test.jsonl") == bundle
    assert len(lines.splitlines()) == 2 + sum(len(records) for _, records in bundle.lists())
    assert [*json.loads(lines.splitlines()[-1])] == ["rooms"]


LINE = '{"version": 1}\n' + json.dumps({"cooperation": {"name": {"de": "S", "en": "C"}, "founded": "2019",
                                                        "language": "de", "timezone": "UTC"}})  # fmt: skip


@pytest.mark.parametrize(
    ("more", "line", "said"),
    [
        ("{", 3, "this is not JSON in UTF-8"),
        ("\n[1]", 4, "a line is an object with the name of a list and one of its records"),
        ('{"version": 1}', 3, "version: this key stands here twice"),
        ('{"tasks": {"id": "A-1"}}', 3, "tasks[0]: text: is missing"),
        ('{"rooms": []}', 3, "rooms[0]: a mapping is expected here"),
        ('{"colours": {}}', 3, "unknown key; known are"),
        ('{"people": ' + "[" * 5000 + "}", 3, "this is nested too deeply"),
    ],
)
def test_a_mistake_in_json_lines_is_named_with_its_line(more: str, line: int, said: str) -> None:
    with pytest.raises(BundleInvalid) as caught:
        read_bundle(f"{LINE}\n{more}", name="test.jsonl")
    assert [problem.line for problem in caught.value.errors if said in str(problem)] == [line], caught.value


def test_a_line_without_an_end_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("storage.bundle_tree.LONGEST_LINE", 1000)
    monkeypatch.setattr("storage.bundle_tree._CHUNK", 100)
    with pytest.raises(BundleInvalid, match="a line that is too long"):
        read_bundle(LINE + " " * 5000, name="test.jsonl")


@given(st.one_of(st.binary(), st.text(), trees.map(json.dumps)))
def test_arbitrary_lines_are_refused_and_never_break_it(data: str | bytes) -> None:
    with pytest.raises(BundleInvalid):
        read_bundle(data, name="test.jsonl")


# --- what records say about each other -------------------------------------------------------------------------------


def agreement(number: int, **fields: object) -> Tree:
    return {"id": f"V-{number}", "title": "x", "form": "mou", "state": "draft", "parties": ["N"], **fields}


def test_agreements_that_amend_or_replace_each_other_in_a_circle_are_named_once() -> None:
    agreements = [
        agreement(1, amends=["V-2"]),
        agreement(2, replaces=["V-3"]),
        agreement(3, amends=["V-1", "V-4"]),
        agreement(4),
        agreement(5, replaces=["V-1"]),
    ]
    text = SMALL + yaml.safe_dump({"agreements": agreements})
    assert refused(text) == ["agreements[0]: amends or replaces itself: V-1 → V-2 → V-3 → V-1"]


def test_a_long_line_of_agreements_is_no_circle() -> None:
    agreements = [agreement(n, replaces=[f"V-{n - 1}"] if n > 1 else []) for n in range(1, 2001)]
    assert len(read(SMALL + yaml.safe_dump({"agreements": agreements})).agreements) == 2000


@pytest.mark.parametrize("field", ["term", "renewal"])
def test_a_term_in_working_days_is_refused(field: str) -> None:
    text = SMALL + yaml.safe_dump({"agreements": [agreement(1, **{field: "5 workdays"})]})
    assert refused(text) == [
        f"agreements[0]: {field}: cannot be in working days: the parties do not have the same ones"
    ]


@pytest.mark.parametrize("words", ["36 Monate 40 Tage", "36 months 40 days", "0 months"])
def test_a_term_of_two_units_is_no_term(words: str) -> None:
    (said,) = refused(SMALL + yaml.safe_dump({"agreements": [agreement(1, term=words)]}))
    assert said.startswith(f'agreements[0]: term: "{words}" is not a duration such as 3 months')


@pytest.mark.parametrize(
    ("kind", "states", "said"),
    [
        ("city", ["member", "interested"], 'states[1]: state: "interested" does not follow "member"'),
        ("city", ["member", "member"], 'states[1]: state: "member" does not follow "member"'),
        ("city", ["partner"], 'states[0]: state: a city is never "partner"'),
        ("partner", ["member"], 'states[0]: state: a partner is never "member"'),
    ],
)
def test_membership_states_that_cannot_follow_each_other_are_refused(kind: str, states: list[str], said: str) -> None:
    given = [{"state": state, "from": f"{2019 + year}"} for year, state in enumerate(states)]
    city = {"code": "X", "name": {"de": "X", "en": "X"}, "kind": kind, "states": given}
    errors = refused(SMALL.rstrip().removesuffix("]") + f", {json.dumps(city)}]")
    assert [error for error in errors if f"cities[1].{said}" in error], errors


def test_a_city_whose_holidays_nobody_knows_is_refused_with_its_place() -> None:
    city: Tree = {"code": "X", "name": {"de": "X", "en": "X"}, "kind": "city", "holidays": {"subdivision": "Tirol"}}
    city["states"] = [{"state": "member", "from": "2019"}]
    (said,) = refused(SMALL.rstrip().removesuffix("]") + f", {json.dumps(city)}]")
    assert said.startswith('cities[1].holidays: subdivision: "Tirol" is none of BW, BY, Augsburg')
