"""Text with ordinary spaces, as a test writes it: figures hold spaces that do not break."""


def plain(text: str) -> str:
    return text.replace("\u00a0", " ")
