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
    """Refuse a file of more bytes than are read at once."""

    code = "file_too_large"

    def __init__(self, size_bytes: int, max_bytes: int):
        super().__init__(
            f"The file has {size_bytes:,} bytes; at most {max_bytes:,} are read at once. "
            "Split it into smaller files, or have whoever runs the archive raise ARCHIVE_MAX_UPLOAD_BYTES. "
            "JSON Lines, CSV and zip files of many stories may have any size with the command “ingest”."
        )
        self.size_bytes = size_bytes
        self.max_bytes = max_bytes


class CopyTooLarge(FileTooLarge):
    """Refuse plain copy of more bytes than a story has: nothing in it says where a second one begins."""

    code = "copy_too_large"

    def __init__(self, size_bytes: int, max_bytes: int):
        WireError.__init__(
            self,
            f"The file has {size_bytes:,} bytes; plain copy is read as one story, of at most {max_bytes:,}. "
            "If it holds many, save each in a file of its own, and add a zip or a folder of them; or write "
            "them as JSON Lines, a story a line, which may have any size with the command “ingest”.",
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


class StoryTooLarge(WireError):
    """Refuse a file in which one story has more bytes than any has."""

    code = "story_too_large"

    def __init__(self, max_bytes: int):
        super().__init__(
            f"A single story in the file has more than {max_bytes:,} bytes, so the file is probably not what "
            "it looks like. Check it in a text editor."
        )


class DamagedFile(WireError):
    """Refuse a file that breaks the rules of its format; `label` names the format."""

    code = "damaged_file"

    def __init__(self, label: str, what: str):
        super().__init__(f"The file looks like {label}, but {what}. Ask the sender for it again.")
        self.label = label


class DeclaredEntities(WireError):
    """Refuse XML that declares entities or markup of its own, which can be made to swell without limit."""

    code = "declared_entities"

    def __init__(self) -> None:
        super().__init__(
            "The XML declares entities of its own, which can make a small file endless; it was not read. "
            "Ask the sender for a file without a document type declaration."
        )


class NoArticle(WireError):
    """Refuse a file or a part of it that is well-formed but no article; `what` says what it is instead."""

    code = "no_article"

    def __init__(self, what: str):
        super().__init__(f"It is no article: {what}.")


class ArchiveTooLarge(WireError):
    """Refuse a packed file that unpacks to more than is read; `what` names the limit."""

    code = "archive_too_large"

    def __init__(self, what: str):
        super().__init__(
            f"The packed file {what}. Nothing after that was read. Unpack it yourself, look at what it "
            "holds, and add the files in smaller portions."
        )


class FileChanged(WireError):
    """Say that somebody wrote to a file while it was read, so that what was read may be no state of it."""

    code = "file_changed"

    def __init__(self) -> None:
        super().__init__("The file changed while it was read. Wait until it is complete, then add it again.")
