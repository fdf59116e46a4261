"""A Windows of folders and dictionaries, with the methods that `nrr_xl.excel.setup.windows.Windows` has."""

from __future__ import annotations

from pathlib import Path

from nrr_xl.excel.setup import places


class FakeMachine:
    """A user named with a space and accents, whose Documents OneDrive has moved."""

    bits, processor, conda = 64, "AMD64", False

    def __init__(self, folder: Path):
        user = folder / "Users" / "José Müller"
        self.local = user / "AppData" / "Local"
        self.roaming = user / "AppData" / "Roaming"
        self.documents = user / "OneDrive - Example" / "Documents"
        for each in (self.local, self.roaming, self.documents):
            each.mkdir(parents=True)
        self.python = places.venv(self)
        self.executable = self.python / "Scripts" / "python.exe"
        self.executable.parent.mkdir(parents=True)
        self.executable.write_bytes(b"python")
        for name in places.DLLS:
            (self.python / name).write_bytes(b"dll")
        self.registry: dict[tuple[str, str], dict[str, object]] = {}
        self.marked: set[Path] = set()
        self.excel = False
        self.running: list[int] = []
        self.answer: float | Exception = 1.1

    def expand(self, path: str) -> Path:
        return Path(path.replace("%USERPROFILE%", str(self.documents.parent.parent)).replace("\\", "/"))

    def values(self, root: str, key: str) -> dict[str, object]:
        return dict(self.registry.get((root, key), {}))

    def delete_value(self, root: str, key: str, name: str) -> None:
        del self.registry[root, key][name]

    def excel_runs(self) -> bool:
        return self.excel

    def servers(self, venv: Path) -> list[int]:
        return list(self.running)

    def end(self, pid: int) -> None:
        self.running.remove(pid)

    def blocked(self, path: Path) -> bool:
        return path in self.marked

    def unblock(self, path: Path) -> None:
        self.marked.discard(path)

    def shortcut(self, path: Path, target: Path, arguments: str, description: str) -> None:
        path.write_text(f"{target} {arguments}")

    def ask_server(self, dll: str, arguments) -> float:
        if isinstance(self.answer, Exception):
            raise self.answer
        return self.answer

    def tree(self) -> dict[str, bytes]:
        """Every file but the environment's."""
        top = self.local.parents[2]
        files = (path for path in top.rglob("*") if path.is_file() and self.python not in path.parents)
        return {path.relative_to(top).as_posix(): path.read_bytes() for path in files}
