"""Zip archives that nobody has checked: the parts by their names, unpacked piece by piece, never onto the disk.

What is in the parts belongs to the readers of each kind. Other libraries read the same archive after this one: so an
archive that two libraries could understand differently is refused, and what a part claims to be is compared with what
comes out of it.
"""

from __future__ import annotations

import struct
import zipfile
import zlib
from collections.abc import Iterator
from pathlib import Path
from types import TracebackType
from typing import Self

from lagi_pipeline.intake.findings import RefusedFileError
from lagi_pipeline.intake.formats import limits

_END = struct.Struct("<4s4H2LH")
_END_SIGNATURE = b"PK\x05\x06"
_LOCAL = struct.Struct("<4s5H3L2H")
_LOCAL_SIGNATURE = b"PK\x03\x04"
_ENCRYPTED = 0x1
_PIECE = 1 << 16


class Archive:
    """An open archive. Names of parts are compared without regard to case, as the programs that write them do.

    Raises:
        RefusedFileError: it is damaged, a bomb, or could be read in two ways.
    """

    def __init__(self, path: Path) -> None:
        self._file = path.open("rb")
        self._read: set[str] = set()
        self.elements = 0
        """Elements of XML that were read of its parts."""
        try:
            self._parts = self._directory(path.stat().st_size)
        except BaseException:
            self._file.close()
            raise

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self._file.close()

    @property
    def names(self) -> list[str]:
        """The names of the parts, in lower case."""
        return list(self._parts)

    def __contains__(self, name: str) -> bool:
        return name.lower() in self._parts

    def size(self, name: str) -> int:
        """Bytes of a part, unpacked, as the archive claims them (``pieces`` holds it to that)."""
        return self._part(name).file_size

    def start(self, name: str, size: int) -> bytes:
        """The first bytes of a part; none where there is no such part."""
        return next(self.pieces(name), b"")[:size] if name in self else b""

    def pieces(self, name: str) -> Iterator[bytes]:
        """A part unpacked, in pieces of at most 64 KiB.

        Raises:
            RefusedFileError: there is no such part, or it is not what the archive says of it.
        """
        part = self._part(name)
        if part.flag_bits & _ENCRYPTED:
            raise RefusedFileError("tệp có mật khẩu, hãy gửi bản không khóa", rule="password")
        self._allow(name)
        left, check = part.file_size, 0
        for piece in self._unpacked(part):
            left -= len(piece)
            check = zlib.crc32(piece, check)
            if left < 0:
                break
            yield piece
        if left or check != part.CRC:
            raise _damaged(f"phần «{name}» không đúng như mục lục của tệp ghi")

    def _allow(self, name: str) -> None:
        """Count a part that is read; its parts may be small and their sum not."""
        self._read.add(name.lower())
        total = sum(self._parts[part].file_size for part in self._read)
        if total > limits.ZIP_UNPACKED_BYTES:
            raise RefusedFileError(f"tệp bung ra hơn {total / limits.MB:,.0f} MB: quá lớn", rule="zip_bomb")

    def _directory(self, size: int) -> dict[str, zipfile.ZipInfo]:
        self._check_end(size)
        try:
            with zipfile.ZipFile(self._file) as archive:
                members = archive.infolist()
        except (zipfile.BadZipFile, ValueError, NotImplementedError, struct.error) as error:
            raise _damaged(str(error)) from error
        if len(members) > limits.ZIP_MEMBERS:
            raise RefusedFileError(f"tệp nén có {len(members)} thành phần, quá nhiều", rule="zip_bomb")
        parts = {member.filename.lower(): member for member in members}
        if len(parts) != len(members):
            raise _damaged("hai thành phần cùng tên")
        if any(_leads_out(name) for name in parts):
            raise _damaged("tên thành phần dẫn ra ngoài tệp")
        for member in members:
            _check_size(member)
        return parts

    def _check_end(self, size: int) -> None:
        """One directory, at the very end, and nothing between it and the parts: all readers must find the same one."""
        if size < _END.size:
            raise _damaged("không phải tệp nén")
        self._file.seek(size - _END.size)
        signature, *_, length, offset, comment = _END.unpack(self._file.read(_END.size))
        if signature != _END_SIGNATURE or comment or offset + length + _END.size != size:
            raise _damaged("phần cuối tệp không nguyên vẹn")
        if length > limits.ZIP_DIRECTORY_BYTES:
            raise RefusedFileError("mục lục của tệp nén quá lớn", rule="zip_bomb")

    def _part(self, name: str) -> zipfile.ZipInfo:
        part = self._parts.get(name.lower())
        if part is None:
            raise _damaged(f"thiếu phần «{name}»")
        return part

    def _unpacked(self, part: zipfile.ZipInfo) -> Iterator[bytes]:
        packed = self._packed(part)
        if part.compress_type == zipfile.ZIP_STORED:
            yield from packed
            return
        if part.compress_type != zipfile.ZIP_DEFLATED:
            raise _damaged(f"cách nén {part.compress_type} không được đọc")
        # Inflated here, for the library stops at the size that the directory claims; other readers do not.
        inflater = zlib.decompressobj(-zlib.MAX_WBITS)
        try:
            for piece in packed:
                waiting = piece
                while waiting and not inflater.eof:
                    yield inflater.decompress(waiting, _PIECE)
                    waiting = inflater.unconsumed_tail
            while tail := inflater.decompress(b"", _PIECE):
                yield tail
        except zlib.error as error:
            raise _damaged(str(error)) from error
        if not inflater.eof:
            raise _damaged("dữ liệu bị cắt ngắn")

    def _packed(self, part: zipfile.ZipInfo) -> Iterator[bytes]:
        self._file.seek(part.header_offset)
        header = self._file.read(_LOCAL.size)
        if len(header) < _LOCAL.size or not header.startswith(_LOCAL_SIGNATURE):
            raise _damaged("mục lục không khớp nội dung")
        *_, name, extra = _LOCAL.unpack(header)
        position = part.header_offset + _LOCAL.size + name + extra
        left = part.compress_size
        while left:
            self._file.seek(position)
            piece = self._file.read(min(_PIECE, left))
            if not piece:
                raise _damaged("dữ liệu bị cắt ngắn")
            position += len(piece)
            left -= len(piece)
            yield piece


def _check_size(member: zipfile.ZipInfo) -> None:
    if member.file_size > limits.ZIP_UNPACKED_BYTES:
        reason = f"phần «{member.filename}» bung ra {member.file_size / limits.MB:,.0f} MB: quá lớn"
        raise RefusedFileError(reason, rule="zip_bomb")
    if member.file_size > limits.ZIP_RATIO_FROM and member.file_size > limits.ZIP_RATIO * member.compress_size:
        reason = f"phần «{member.filename}» nén {member.file_size / max(1, member.compress_size):,.0f} lần: tệp bom nén"
        raise RefusedFileError(reason, rule="zip_bomb")


def _leads_out(name: str) -> bool:
    parts = name.replace("\\", "/").split("/")
    return ".." in parts or parts[0] == "" or ":" in parts[0]


def _damaged(what: str) -> RefusedFileError:
    return RefusedFileError(f"không mở được tệp, có thể tệp bị hỏng: {what}", rule="unreadable")
