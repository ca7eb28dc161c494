"""Samplers that nobody here wrote agree with ours on the order of the same tickets."""

from __future__ import annotations

import heapq
from random import Random

from consistent_sampler import draw_without_replacement, first_ticket, sampler
from consistent_sampler.consistent_sampler import Ticket

from fairdraw.lines import hx
from fairdraw.tickets import first, lane_key, order


def pool(number: int) -> tuple[str, list[str]]:
    """Return a seed and some ids that follow from a number."""
    chance = Random(number)
    return hx(f"peer {number}"), [f"9134{n:08d}" for n in range(chance.randint(1, 60))]


def test_their_heap_draws_our_tickets_in_our_order():
    """Rivest and Stark's sampler, given our tickets, takes them as we do: 200 draws."""
    for number in range(200):
        seed, ids = pool(number)
        key = lane_key(seed, "J1")
        ours = order(key, [(name, 1) for name in ids])
        heap: list[Ticket] = []
        for ticket, name in ours[::-1]:
            heapq.heappush(heap, Ticket(ticket, name, 1))
        theirs = [draw_without_replacement(heap).id for _ in ids]
        assert theirs == [name for _, name in ours]


def test_our_ranking_orders_their_tickets_as_they_do():
    """Their ticket numbers, sorted by our rule (ticket, then id), give their sample: 200 draws."""
    for number in range(200):
        seed, ids = pool(number)
        theirs = [ticket.id for ticket in sampler(ids, seed=seed, output="ticket")]
        ranked = sorted((first_ticket(name, seed).ticket_number, name) for name in ids)
        assert [name for _, name in ranked] == theirs


def test_the_first_of_a_large_pool_are_theirs_too():
    """Threshold-then-rank takes what their heap takes from 5,000."""
    key = lane_key(hx("large"), "J1")
    ids = [f"T{n}" for n in range(5_000)]
    heap = [Ticket(ticket, name, 1) for ticket, name in order(key, [(i, 1) for i in ids])]
    heapq.heapify(heap)
    theirs = [draw_without_replacement(heap).id for _ in range(100)]
    assert [name for _, name in first(key, [(i, 1) for i in ids], 100)] == theirs
