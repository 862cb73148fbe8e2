#!/usr/bin/env python3
"""Does the tree keep its own rules? Formatting, layers, third-party headers in their one place, READMEs, tests that do not
sleep, texts that speak of the product only, presets that
configure. Prints each breach and ends with `N passed, N failed`, one check a test."""

import json
import re
import subprocess
import sys
import tempfile
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

TOP = Path(__file__).resolve().parent.parent.parent


def tracked(*patterns):
    """Files git knows or would know (untracked but not ignored)."""
    listed = subprocess.run(["git", "ls-files", "-co", "--exclude-standard", "--", *patterns], cwd=TOP,
                            capture_output=True, text=True, check=True).stdout.split("\n")
    return [TOP / name for name in listed if name and (TOP / name).is_file()]


SOURCES = tracked("*.h", "*.cc")

# Folder → library, longest first; library → what it may include. docs/architecture.md explains the table.
FOLDERS = {
    "storage/base": "base", "storage": "storage", "metadata-schema": "schema", "indexer/text": "text",
    "indexer/papers": "papers", "indexer/extract": "extract", "indexer/index": "index", "indexer/search": "search",
    "server/records": "records",
    "server/identity": "identity", "server/organisation": "organisation", "server/archive": "archive", "server/app": "app", "server/http": "http",
    "tools": "tools",
}
MAY_USE = {
    "base": [], "storage": ["base"], "schema": ["base"], "text": ["base"], "papers": ["base", "text"], "extract": ["base", "text"],
    "index": ["base", "storage", "schema", "text", "extract"],
    "search": ["base", "storage", "schema", "text", "extract", "index"],
    "records": ["base", "storage", "schema"], "identity": ["base", "storage", "schema", "records"], "organisation": ["base", "storage", "schema", "records", "identity"],
    "archive": ["base", "storage", "schema", "text", "papers", "extract", "index", "search", "records", "identity"],
    "app": ["base", "storage", "schema", "text", "papers", "extract", "index", "search", "records", "identity", "organisation", "archive"],
    "http": ["base", "storage", "schema", "text", "papers", "extract", "index", "search", "records", "identity", "organisation", "archive", "app"],
    "tools": ["base", "storage", "schema", "text", "papers", "extract", "index", "search", "records", "identity", "organisation", "archive", "app",
              "http"],
}
# Third-party headers → the folders they may appear in.
THIRD_PARTY = {
    r"fmt/": list(FOLDERS), r"spdlog/": ["storage/base"], r"rocksdb/": ["storage"], r"openssl/": ["storage", "server/identity", "server/http", "indexer/extract/worker", "tools/lantai"],
    r"sodium": ["storage", "server/identity"], r"oath\.h|ldap\.h|cjose/|zxcvbn\.h": ["server/identity"], r"yaml-cpp/": ["metadata-schema"],
    r"nlohmann/": ["metadata-schema", "indexer", "server", "tools"], r"unicode/": ["indexer/text", "indexer/extract"],
    r"xapian": ["indexer/index", "indexer/search"], r"zstd": ["indexer/index"],
    r"archive(_entry)?\.h|poppler|PDFDoc\.h|Stream\.h|TextOutputDev\.h|zlib\.h|pugixml|gumbo|gmime/|exiv2/|libheif/|libpst/|tiffio\.h|MediaInfo/|cairo|fontconfig/|magic\.h|gsf/|tesseract|leptonica": ["indexer/extract/worker"],
    r"LibreOfficeKit/": ["indexer/extract/office"], r"boost/crc": ["storage", "indexer"],
    r"seccomp|linux/landlock|linux/seccomp": ["indexer/extract"], r"Poco/Net": ["server/http", "server/identity", "tools"], r"Poco/Util": ["server/app", "tools"],
    r"Poco/": ["server/http", "server/identity", "server/app", "tools"], r"CLI/|systemd/": ["tools"],
}
# What the language and the system bring along; every other header is somebody's library and needs a line above.
OF_THE_SYSTEM = re.compile(r"[a-z_0-9]+$|sys/|linux/|(fcntl|grp|iconv|poll|pthread|signal|spawn|stdlib|unistd)\.h$")


def library_of(path):
    relative = str(path.relative_to(TOP))
    for folder in sorted(FOLDERS, key=len, reverse=True):
        if relative.startswith(folder + "/"):
            return folder, FOLDERS[folder]
    return None, None


def formatting():
    """Every C++ file is formatted by .clang-format."""
    batches = [SOURCES[i::4] for i in range(4)]

    def check(batch):
        if not batch:
            return ""
        return subprocess.run(["clang-format-14", "--dry-run", "--Werror", *batch], cwd=TOP, capture_output=True,
                              text=True, check=False).stderr

    with ThreadPoolExecutor(2) as pool:
        return sorted({line.split(":")[0] for text in pool.map(check, batches) for line in text.splitlines()
                       if "error:" in line})


def layers():
    """A library includes only what its row of the table names."""
    found = []
    for path in SOURCES:
        _, library = library_of(path)
        if library is None:
            continue
        for number, line in enumerate(path.read_text("utf-8").splitlines(), 1):
            match = re.match(r'\s*#include\s+["<]lantai/(\w+)/', line)
            if match and match[1] != library and match[1] not in MAY_USE[library]:
                found.append(f"{path.relative_to(TOP)}:{number}: {library} may not include {match[1]}")
    return found


def third_party():
    """A third-party library's headers stand only where the table puts them, and every such library is in the table."""
    found = []
    for path in SOURCES:
        relative = str(path.relative_to(TOP))
        if relative.startswith("tests/"):
            continue
        for number, line in enumerate(path.read_text("utf-8").splitlines(), 1):
            match = re.match(r"\s*#include\s+<([^>]+)>", line)
            if not match:
                continue
            folders = next((where for pattern, where in THIRD_PARTY.items() if re.match(pattern, match[1])), None)
            if folders is None and not OF_THE_SYSTEM.match(match[1]):
                found.append(f"{relative}:{number}: {match[1]} is not in the table")
            if folders is not None and not any(relative.startswith(folder + "/") for folder in folders):
                found.append(f"{relative}:{number}: {match[1]} does not belong here")
    return found


def header_guards():
    """Every header is guarded by #pragma once and begins with what it answers."""
    return [str(p.relative_to(TOP)) for p in SOURCES if p.suffix == ".h"
            and ("#pragma once" not in p.read_text("utf-8") or not p.read_text("utf-8").startswith("//"))]


def readmes():
    """Every library has a README of at most 40 lines."""
    found = []
    for folder in [*FOLDERS, "indexer", "server", "server/web", "tests", "tools/samples"]:
        readme = TOP / folder / "README.md"
        if not readme.exists():
            found.append(f"{folder}/README.md is missing")
        elif len(readme.read_text("utf-8").splitlines()) > 40:
            found.append(f"{folder}/README.md has more than 40 lines")
    return found


def no_sleeping_tests():
    """No test waits for time to pass (a benchmark may, to keep to a load)."""
    found = []
    load = TOP / "tests" / "bench"
    for path in [*tracked("tests/*"), *tracked("server/web/e2e/*"), *tracked("server/web/tests/*")]:
        if path.suffix in (".cc", ".h", ".ts", ".py") and path != Path(__file__).resolve() and load not in path.parents:
            for number, line in enumerate(path.read_text("utf-8").splitlines(), 1):
                if re.search(r"sleep_for|\busleep\(|time\.sleep|waitForTimeout", line):
                    found.append(f"{path.relative_to(TOP)}:{number}: {line.strip()}")
    return found


def nothing_swallowed():
    """No catch block that catches everything is empty."""
    return [str(p.relative_to(TOP)) for p in SOURCES
            if re.search(r"catch\s*\(\.\.\.\)\s*\{\s*\}", p.read_text("utf-8"))]


def nothing_unfinished():
    """No file says of itself that it is unfinished."""
    words = re.compile("|".join(["TO" + "DO", "FIX" + "ME", r"not (yet )?" + "implemented"]))
    found = []
    for path in [*SOURCES, *tracked("*.ts", "*.vue", "*.py", "*.yaml")]:
        for number, line in enumerate(path.read_text("utf-8").splitlines(), 1):
            if words.search(line):
                found.append(f"{path.relative_to(TOP)}:{number}: {line.strip()}")
    return found


def top_level():
    """The top level holds the agreed folders and nothing else."""
    allowed = {"CMakeLists.txt", "indexer", "server", "storage", "metadata-schema", "tools", "tests", "docs", "README.md",
               "LICENSE", "CMakePresets.json"}
    names = {str(p.relative_to(TOP)).split("/")[0] for p in tracked()}
    return sorted(n for n in names if n not in allowed and not n.startswith("."))


def file_sizes():
    """No file in the tree is larger than 1 MiB, and no C++ file longer than 800 lines."""
    found = [f"{p.relative_to(TOP)}: {p.stat().st_size} bytes" for p in tracked() if p.stat().st_size > 1 << 20]
    for path in SOURCES:
        length = len(path.read_text("utf-8").splitlines())
        if length > 800:
            found.append(f"{path.relative_to(TOP)}: {length} lines")
    return found


def links_in_documents():
    """Every relative link in a document leads somewhere."""
    found = []
    for path in tracked("*.md"):
        for target in re.findall(r"\]\(([^)#\s]+)(?:#[^)]*)?\)", path.read_text("utf-8")):
            if not re.match(r"[a-z]+:", target) and not (path.parent / target).exists():
                found.append(f"{path.relative_to(TOP)}: {target}")
    return found


def presets():
    """Every CMake preset that is offered configures."""
    listed = json.loads((TOP / "CMakePresets.json").read_text())["configurePresets"]

    def configure(name):
        with tempfile.TemporaryDirectory() as folder:
            done = subprocess.run(["cmake", "--preset", name, "-B", folder], cwd=TOP, capture_output=True, text=True, check=False)
            return [] if done.returncode == 0 else [f"{name}: {line}" for line in done.stderr.strip().splitlines()[:5]]

    with ThreadPoolExecutor(2) as pool:
        names = [preset["name"] for preset in listed if not preset.get("hidden")]
        return [line for lines in pool.map(configure, names) for line in lines]


# What a source defines for itself: functions, constants and types in its anonymous namespaces.
ANONYMOUS = re.compile(r"(?ms)^namespace \{\n(.*?)^\}  // namespace$")
DEFINED = re.compile(
    r"(?m)^(?:(?:class|struct|enum|enum class) (\w+)[^;]*$|(?!using |namespace |class |struct |enum )[A-Za-z\[][^\n(={;]*?(?<![:\w])(\w+)\s*[={;\[(])")


def names_in_units():
    """Sources of the release build that are compiled together: one's overload would be another's surprise."""
    found = []
    for unit in sorted((TOP / "build" / "release").rglob("Unity/unity_*_cxx.cxx")):
        owner = {}
        for source in re.findall(r'(?m)^#include "(.+)"', unit.read_text("utf-8")):
            for own in ANONYMOUS.findall(Path(source).read_text("utf-8")):
                for name in {type_name or other for type_name, other in DEFINED.findall(own)}:
                    if owner.setdefault(name, source) != source:
                        found.append(f"{source}: {name} is also defined in {owner[name]}, which is compiled with it")
    return found


CHECKS = [names_in_units, formatting, layers, third_party, header_guards, readmes, no_sleeping_tests, nothing_swallowed, nothing_unfinished,
          top_level, file_sizes, links_in_documents, presets]


def main():
    failed = 0
    for check in CHECKS:
        breaches = check()
        if breaches:
            failed += 1
            print(f"{check.__name__}: {check.__doc__}")
            print("\n".join(f"  {b}" for b in breaches))
    print(f"{len(CHECKS) - failed} passed, {failed} failed")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
