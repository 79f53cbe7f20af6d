"""Why a file cannot be read at all. Each message is for an archivist and says what to do next."""

from typing import ClassVar


class WireError(Exception):
    """Refuse a file; `message` is a readable sentence or two, `code` is stable for programs."""

    code: ClassVar[str] = "wire_error"

    def __init__(self, message: str):
        super().__init__(message)
        self.message = message


class EmptyFile(WireError):
    """Refuse a file without a single character of text."""

    code = "empty_file"

    def __init__(self) -> None:
        super().__init__("The file is empty. Ask the sender for it again, or leave it out.")


class FileTooLarge(WireError):
    """Refuse a file of more bytes than one import may have."""

    code = "file_too_large"

    def __init__(self, size_bytes: int, max_bytes: int):
        super().__init__(
            f"The file has {size_bytes:,} bytes; at most {max_bytes:,} are read at once. "
            "Split it into smaller files and add them one after another."
        )
        self.size_bytes = size_bytes
        self.max_bytes = max_bytes


class BinaryFile(WireError):
    """Refuse bytes that are no text."""

    code = "binary_file"

    def __init__(self) -> None:
        super().__init__(
            "The file is not text: too many of its bytes are control codes. "
            "Open it in the program that made it, save it as plain text, and add that file."
        )


class UndecodableText(WireError):
    """Refuse text in an encoding that cannot be told."""

    code = "undecodable_text"

    def __init__(self) -> None:
        super().__init__(
            "The encoding of the file's letters could not be recognised. "
            "Save it as UTF-8 in a text editor and add it again."
        )


class UnknownFormat(WireError):
    """Refuse a format that is recognised but not read, by its name."""

    code = "unknown_format"

    def __init__(self, label: str, advice: str):
        super().__init__(f"This is {label}, which the archive does not read. {advice}")
        self.label = label


class MarkupTooLarge(WireError):
    """Refuse HTML that has more than one article can of what `counted` names."""

    code = "markup_too_large"

    def __init__(self, size: int, limit: int, counted: str):
        super().__init__(
            f"The article's HTML has {size:,} {counted}; at most {limit:,} are accepted. "
            "Remove embedded pictures and scripts from it, or split the article."
        )
        self.size = size
        self.limit = limit
