"""The acts of a draw, in the only order they can happen in."""

from openlot.draws.services.amending import (
    approve_amendment,
    carry_out_amendment,
    play_link,
    publish_link,
    refuse_amendment,
    request_rematch,
    request_replacement,
)
from openlot.draws.services.anchoring import confirm_anchor, record_anchor, reject_anchor
from openlot.draws.services.chances import begin_statement, chances_key, state_chances
from openlot.draws.services.drawing import announce_draw, draw_targets
from openlot.draws.services.evidence import attest_draw, keep_disclosure, read_bundle
from openlot.draws.services.extending import (
    approve_extension,
    refuse_extension,
    request_extension,
)
from openlot.draws.services.preparing import (
    Party,
    freeze,
    leave_day,
    prepare_draw,
    request_seal,
)
from openlot.draws.services.refusing import refuse_opening
from openlot.draws.services.values import commit_value, open_played, open_value, play_party
from openlot.draws.services.voiding import refuse_void, reopen_rosters, request_void, void_draw

__all__ = [
    "Party",
    "announce_draw",
    "approve_amendment",
    "approve_extension",
    "attest_draw",
    "begin_statement",
    "carry_out_amendment",
    "chances_key",
    "commit_value",
    "confirm_anchor",
    "draw_targets",
    "freeze",
    "keep_disclosure",
    "leave_day",
    "open_played",
    "open_value",
    "play_link",
    "play_party",
    "prepare_draw",
    "publish_link",
    "read_bundle",
    "record_anchor",
    "refuse_amendment",
    "refuse_extension",
    "refuse_opening",
    "refuse_void",
    "reject_anchor",
    "reopen_rosters",
    "request_extension",
    "request_rematch",
    "request_replacement",
    "request_seal",
    "request_void",
    "state_chances",
    "void_draw",
]
