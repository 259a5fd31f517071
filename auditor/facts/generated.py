"""What m4 makes of the .mc with a cf directory, nothing being run, and which place of the .mc made which part of it."""

from collections.abc import Mapping
from functools import cached_property
from typing import TYPE_CHECKING

from auditor.facts.given import CfDirectory
from auditor.model.facts import fact
from auditor.model.subjects import Configuration
from auditor.model.text import Source, Span
from auditor.model.unknown import Unknowable, Unknown
from auditor.readers.cf import CfDocument, read_cf
from auditor.readers.mc import McDocument, read_mc
from auditor.trees.base import Tree

if TYPE_CHECKING:
    # Who judges a .cf that is there, and needs no .mc, does without the evaluator.
    from auditor.sendmail.cf_tree import Made
    from auditor.sendmail.m4 import Expansion, Place


@fact(Configuration)
class Generated:
    """What m4 makes of the .mc; it is made when it is first looked at.

    Args:
        tree: where the .mc lies.
        mc: the .mc.
        path: where the .cf is to be.
        cf: the cf directory.

    """

    def __init__(self, tree: Tree, mc: McDocument, path: str, cf: CfDirectory) -> None:
        self._tree = tree
        self._mc = mc
        self.path = path
        self.cf = cf

    @cached_property
    def made(self) -> "Made":
        """The expansion, with the files it read.

        Raises:
            Unknowable: the .mc cannot be read, or is too large.

        """
        from auditor.sendmail.cf_tree import expand_mc  # noqa: PLC0415  # As above.

        made = expand_mc(self._tree, self._mc.path, self.cf)
        if made is None:
            message = f"{self._mc.path} cannot be expanded"
            raise Unknowable(message)
        return made

    @property
    def expansion(self) -> "Expansion":
        """m4's output, messages and requests."""
        return self.made.expansion

    @cached_property
    def document(self) -> CfDocument:
        """The .cf that m4 prints.

        Raises:
            Unknowable: the expansion was given up.

        """
        stopped = self.expansion.stopped
        if stopped is not None:
            message = f"the expansion of {self._mc.path} was given up: {stopped.text}"
            raise Unknowable(message)
        return read_cf(Source(self.path, self.expansion.output.encode("latin-1")))

    def is_from(self, span: Span) -> bool:
        """Whether a span lies in the .cf that m4 prints, and not in one that is really there."""
        return "document" in self.__dict__ and span.source is self.document.source

    @cached_property
    def doubt(self) -> Unknown | None:
        """Why a .cf that is made of the .mc may hold something else than what was made here, or None.

        m4 fails and writes less than there should be, a file that is included cannot be seen, or a command that is not
        run here would have given text.

        Raises:
            Unknowable: the .mc cannot be read.

        """
        stopped = self.expansion.stopped
        if stopped is not None:
            return Unknown(f"the expansion of {self._mc.path} was given up: {stopped.text}")
        for asked in self.expansion.asked:
            if not asked.banner and asked.builtin != "debugfile":
                return Unknown(f"line {asked.line} of {asked.file} has m4 run {asked.builtin}, which is not done here")
        if self.made.unseen:
            return Unknown(f"{self.made.unseen[0]}, which {self._mc.path} includes, cannot be seen")
        if self.expansion.status:
            return Unknown(f"m4 fails on {self._mc.path}")
        return None

    def is_own(self, start: int, end: int) -> bool:
        """Whether a part of the output stands in a file of the audited tree: as text, in a definition, or in a call.

        What the cf tree adds of itself does not; it is what another host has where the cf tree is not the install's.
        """
        from auditor.sendmail.provenance import own_origin  # noqa: PLC0415  # As above.

        place = own_origin(self.expansion, start, end, self.own)
        if place is None:
            return False
        if not place.macro or place.macro in ("define", "pushdef"):
            return True
        return self.expansion.output[start:end].strip() in self._written(place).text

    @property
    def mc_path(self) -> str:
        """The path of the .mc."""
        return self._mc.path

    @property
    def own(self) -> Mapping[str, Source]:
        """The files of the audited tree that were read, by the name m4 says."""
        return self.made.own

    def origin(self, start: int, end: int) -> Span | None:
        """The place to mend for a part of the output, by its offsets; None where only the cf tree had part in it."""
        from auditor.sendmail.provenance import own_origin  # noqa: PLC0415  # As above.

        place = own_origin(self.expansion, start, end, self.own)
        return None if place is None else self._written(place)

    def span(self, place: "Place") -> Span | None:
        """The call to mend for a place; None where no file of the administrator's had part in it."""
        from auditor.sendmail.provenance import own_place  # noqa: PLC0415  # As above.

        own = own_place(place, self.own)
        return None if own is None else self._written(own)

    def _written(self, place: "Place") -> Span:
        from auditor.sendmail.mc_calls import written_at  # noqa: PLC0415  # As above.

        return written_at(self._document(place.file), place.offset, place.macro)

    def _document(self, name: str) -> McDocument:
        source = self.own[name]
        if source.path == self._mc.path:
            return self._mc
        if source.path not in self._read:
            self._read[source.path] = read_mc(source)
        return self._read[source.path]

    @cached_property
    def _read(self) -> dict[str, McDocument]:
        return {}
