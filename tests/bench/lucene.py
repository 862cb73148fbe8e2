"""Where does Debian keep Lucene 8 (liblucene8-java, with openjdk-17-jdk-headless)?"""

import shutil
from pathlib import Path


def command(program, *parts):
    """That runs a Java source beside this file with these parts of Lucene; None where something is missing."""
    jars = [next(iter([*sorted(Path("/usr/share/java").glob(f"lucene-{part}.jar")), *sorted(Path("/usr/share/java").glob(f"lucene-{part}-8*.jar"))]), None)
            for part in parts]
    if None in jars or not shutil.which("javac"):
        return None
    return ["java", "-Xmx4g", "-cp", ":".join(map(str, jars)), Path(__file__).resolve().parent / program]
