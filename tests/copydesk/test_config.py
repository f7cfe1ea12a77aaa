"""Chain files: what they may say, what they give, and what their errors name."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Any

import pytest
import tomli_w

from copydesk import Chain, ConfigError
from copydesk.config import parse_override, shipped


@pytest.fixture
def write(tmp_path: Path) -> Any:
    def write(text: str, name: str = "chain.toml") -> Path:
        path = tmp_path / name
        path.write_text(text, encoding="utf-8")
        return path

    return write


@pytest.mark.parametrize("name", sorted(shipped()))
def test_shipped_chains_load_and_describe_themselves(name: str) -> None:
    """Each has a line for `copydesk chain --list`."""
    assert Chain.load(name).steps
    assert shipped()[name].endswith(".")


@pytest.mark.parametrize("name", sorted(shipped()))
def test_a_resolved_chain_is_a_chain_file_of_the_same_hash(name: str, write: Any) -> None:
    """What `copydesk chain` prints gives the same chain again."""
    chain = Chain.load(name, overrides={"max_removed": 0.125, "layout": "lines"})
    again = Chain.load(write(tomli_w.dumps(chain.resolved())))
    assert again.hash == chain.hash
    assert again.resolved() == chain.resolved()


def test_tables_merge_lists_replace_add_and_keep_append(write: Any) -> None:
    """The rules of `extends`."""
    write(
        'stages = ["shout", "rotate"]\n[shout]\nmark = "?"\ntimes = 2\nwords = ["a"]\n[rotate]\nmax_removed = 0.1\n',
        "base.toml",
    )
    chain = Chain.load(write('extends = "base.toml"\nstages = ["shout"]\n[shout]\ntimes = 3\nwords = ["b"]\n'))
    assert [step.name for step in chain.steps] == ["shout"]
    assert chain.resolved()["shout"] == {
        "use": "shout",
        "max_removed": 0.3,
        "mark": "?",
        "times": 3,
        "words": ["b"],
    }
    write('stages = ["markers"]\n[markers]\nadd = ["One"]\nkeep = ["Two"]\n', "base.toml")
    chain = Chain.load(write('extends = "base.toml"\n[markers]\nadd = ["Three"]\n'))
    assert chain.resolved()["markers"]["add"] == ["One", "Three"]
    assert chain.resolved()["markers"]["keep"] == ["Two"]


def test_aliases_use_a_stage_twice(write: Any) -> None:
    """`use` gives a stage a name of one's own; `package.module:Class` needs no entry point."""
    chain = Chain.load(
        write(
            'stages = ["soft", "loud"]\n[soft]\nuse = "shout"\nmark = "."\n'
            '[loud]\nuse = "acme_stages:Shout"\nmark = "!!"\n'
        )
    )
    assert chain.run("a\n").text == "A.!!\n"
    assert [edit.stage for edit in chain.run("a\n").edits] == ["soft", "loud"]


def test_pyproject_holds_a_chain(write: Any) -> None:
    """`[tool.copydesk]` is a chain file."""
    path = write(
        '[project]\nname = "x"\n[tool.copydesk]\nstages = ["shout"]\n[tool.copydesk.shout]\nmark = "?"\n',
        "pyproject.toml",
    )
    assert Chain.load(path).run("a").text == "A?"


def test_overrides_skip_and_only() -> None:
    """`--set`, `--skip` and `--only` change a chain once more."""
    chain = Chain.load("minimal", overrides={"repair.max_removed": 0.5}, skip=["decode"])
    assert [step.name for step in chain.steps] == ["repair"]
    assert chain.steps[0].max_removed == 0.5
    assert [step.name for step in Chain.load("news", only=["dedupe"]).steps] == ["dedupe"]


def test_values_of_overrides_are_toml_or_strings() -> None:
    """What is valid TOML is taken as it; anything else is a string."""
    assert parse_override("a.b=1") == ("a.b", 1)
    assert parse_override('a.b=["x", "y"]') == ("a.b", ["x", "y"])
    assert parse_override("a.b=apply") == ("a.b", "apply")
    assert parse_override("a.b=") == ("a.b", "")
    with pytest.raises(ConfigError, match="KEY=VALUE is expected"):
        parse_override("a.b")


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ('stages = ["shout"', r"chain.toml: not valid TOML: "),
        ('stages = ["shuot"]', r'chain.toml:1: there is no stage "shuot". Did you mean "shout"\? Installed stages: '),
        ('stages = ["shout"]\n\n[shout]\nmrak = "?"\n', r'chain.toml:4: "shout" has no option "mrak". Did you mean "mark"\?'),
        ('stages = ["shout"]\n[shout]\nmark = 3\n', r"chain.toml:3: shout.mark = 3: a string is allowed"),
        ('stages = ["shout"]\n[shout]\ntimes = 9\n', r"chain.toml:3: shout.times = 9: a whole number from 0 to 5"),
        ('stages = ["shout"]\n[shout]\ntimes = true\n', r"chain.toml:3: shout.times = True: a whole number"),
        ('stages = ["shout"]\n[shout]\nwords = "a"\n', r"chain.toml:3: shout.words = 'a': a list of strings is allowed"),
        ('stages = ["shout"]\n[shout]\nmax_removed = 2\n', r"chain.toml:3: shout.max_removed = 2: a number from 0 to 1"),
        ('stages = ["shout"]\n[shuot]\nmark = "?"\n', r'chain.toml:2: unknown table "shuot". Did you mean "shout"\?'),
        ('stages = ["shout"]\nlayuot = "lines"\n', r'chain.toml:2: unknown key "layuot". Did you mean "layout"\?'),
        ('stages = ["shout"]\nlayout = "columns"\n', r'chain.toml:2: layout = \'columns\': one of "auto", "lines", "wrapped"'),
        ('stages = ["shout"]\nmax_removed = "all"\n', r"chain.toml:2: max_removed = 'all': a number from 0 to 1"),
        ('stages = "shout"\n', r"chain.toml:1: stages = 'shout': a list of stage names is allowed"),
        ("stages = [1]\n", r"chain.toml:1: stages: 1 is no name of a stage"),
        ("layout = 'lines'\n", r"chain.toml: stages is missing"),
        ('stages = ["shout"]\n[rotate]\nmax_removed = 1\n', r'chain.toml:2: \[rotate\] has options, but "rotate" is not in stages'),
        ('stages = ["shout"]\nshout = 3\n', r"chain.toml:2: shout = 3: options go into a table, \[shout\]"),
        ('\nextends = "nwes"\n', r'chain.toml:2: extends: there is no chain "nwes". Did you mean "news"\?'),
        ('extends = "chain.toml"\n', r"chain.toml: extends itself by way of chain.toml"),
        ("extends = 3\n", r"chain.toml:1: extends = 3: the name of a shipped chain or the path of a chain file is allowed"),
        ('stages = ["broken"]', r'chain.toml:1: stage "broken" of acme-stages cannot be imported: ModuleNotFoundError'),
        ('stages = ["x"]\n[x]\nuse = "acme_stages:None_"\n', r'chain.toml:2: stage "acme_stages:None_" cannot be imported'),
        ('stages = ["x"]\n[x]\nuse = "acme_stages:FAKE"\n', r"chain.toml:2: stage "),
        ('stages = ["x"]\n[x]\nuse = "os:path"\n', r"it has to be a class whose instances can be called"),
        ('stages = ["leaves"]', r'chain.toml:1: stage "leaves" of acme-stages cannot be imported: SystemExit: 3'),
        ('stages = ["x"]\n[x]\nuse = "json:loads"\n', r'chain.toml:2: stage "json:loads" is of type function; it has'),
        ('stages = ["shout", "early"]', r'chain.toml:1: "early" takes html'),
    ],
)  # fmt: skip
def test_errors_name_file_line_and_what_is_allowed(text: str, problem: str, write: Any) -> None:
    """A chain that cannot be used says where, what was found, what is allowed."""
    with pytest.raises(ConfigError, match=problem):
        Chain.load(write(text))


def test_all_problems_are_named_at_once(write: Any) -> None:
    """One run shows every wrong option."""
    with pytest.raises(ConfigError) as caught:
        Chain.load(write('stages = ["shout", "dedupe"]\n[shout]\ntimes = 9\n[dedupe]\nmin_chars = "x"\n'))
    assert len(str(caught.value).splitlines()) == 2


def test_an_error_in_an_override_names_it() -> None:
    """`--set` is named in place of a file."""
    with pytest.raises(
        ConfigError, match=r"--set dedupe.min_chars: dedupe.min_chars = -1: a whole number of at least 1"
    ):
        Chain.load("news", overrides={"dedupe.min_chars": -1})
    with pytest.raises(ConfigError, match=r'--set dedup.x: the chain has no stage "dedup". Did you mean "dedupe"'):
        Chain.load("news", overrides={"dedup.x": 1})
    with pytest.raises(ConfigError, match=r'--skip mark: the chain has no stage "mark". Did you mean "markers"'):
        Chain.load("news", skip=["mark"])


def test_a_broken_package_hurts_only_chains_that_name_it(write: Any) -> None:
    """The fake distribution's other stages work although one of its modules fails to import."""
    assert Chain.load(write('stages = ["shout"]')).run("a").text == "A!"


def test_files_that_cannot_be_chains(tmp_path: Path) -> None:
    """A folder, a file that is not there, one that is not text."""
    with pytest.raises(ConfigError, match="a folder; a chain is a TOML file"):
        Chain.load(tmp_path)
    with pytest.raises(ConfigError, match=r"there is no chain .*none.toml"):
        Chain.load(tmp_path / "none.toml")
    (tmp_path / "bytes.toml").write_bytes(b"stages = ['\xff']")
    with pytest.raises(ConfigError, match="not UTF-8"):
        Chain.load(tmp_path / "bytes.toml")
    (tmp_path / "pyproject.toml").write_text("[tool.other]\n", encoding="utf-8")
    with pytest.raises(ConfigError, match=r"has no table \[tool.copydesk\]"):
        Chain.load(tmp_path / "pyproject.toml")


def test_printed_chains_are_toml() -> None:
    """The resolved chain holds nothing that TOML cannot say."""
    for name in shipped():
        assert tomllib.loads(tomli_w.dumps(Chain.load(name).resolved()))


def test_files_are_found_beside_the_chain_and_told_by_what_they_hold(tmp_path: Path) -> None:
    """A path is relative to the file that gives it, through `extends` too; the hash is that of the content."""
    content = (Path(__file__).parent.parent / "support" / "site.repeats").read_bytes()
    hashes = set()
    for name in ("one", "two"):
        folder = tmp_path / name
        (folder / "sub").mkdir(parents=True)
        (folder / "site.repeats").write_bytes(content)
        (folder / "base.toml").write_text('stages = ["repeats"]\n[repeats]\nfile = "site.repeats"\n', encoding="utf-8")
        (folder / "sub" / "chain.toml").write_text('extends = "../base.toml"\n', encoding="utf-8")
        hashes.add(Chain.load(folder / "sub" / "chain.toml").hash)
    assert len(hashes) == 1
    (tmp_path / "two" / "base.toml").write_text('stages = ["repeats"]\n[repeats]\nfile = "none"\n', encoding="utf-8")
    with pytest.raises(ConfigError, match=r"base.toml:2: repeats: file: .*none cannot be read"):
        Chain.load(tmp_path / "two" / "base.toml")
