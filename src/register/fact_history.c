/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "register/fact_history.h"

#include <stdlib.h>

#include "base/alloc.h"
#include "base/cleanup.h"

#define SLOTS_FIRST ((size_t)1024)
#define NO_FACT     UINT32_MAX
#define NEAR        4096u /* facts: rows that an export has left out, or that were changed before */

/* The latest fact of a subject, period, value and validity. */
struct history_slot {
    uint32_t hash;
    uint32_t number; /* of the fact among those of the history, or NO_FACT */
};

void fact_history_clear(struct fact_history *history)
{
    free(history->slots);
    *history = (struct fact_history){0};
}

/* All but known times; the finaliser of MurmurHash3. */
static uint32_t hash_of(const struct fact *fact)
{
    uint64_t hash = (uint64_t)fact->subject << 32 | fact->value;

    hash ^= ((uint64_t)(uint32_t)fact->valid_from << 32 | (uint32_t)fact->valid_to)
            * 0x9e3779b97f4a7c15ull;
    hash ^= (uint64_t)fact->period * 0xc2b2ae3d27d4eb4full;
    hash = (hash ^ hash >> 33) * 0xff51afd7ed558ccdull;
    hash = (hash ^ hash >> 33) * 0xc4ceb9fe1a85ec53ull;
    return (uint32_t)(hash ^ hash >> 33);
}

static bool is_same(const struct fact *a, const struct fact *b)
{
    return a->subject == b->subject && a->value == b->value && a->period == b->period
           && a->valid_from == b->valid_from && a->valid_to == b->valid_to;
}

/* An empty slot, or that of the hash which `find` says is the fact's. */
static struct history_slot *find_slot(const struct fact_history *history,
                                      const struct fact_list *list, const struct fact *fact,
                                      uint32_t hash)
{
    size_t at = hash & (history->slot_count - 1);

    for (;; at = (at + 1) & (history->slot_count - 1)) {
        struct history_slot *slot = &history->slots[at];
        struct fact held;

        if (slot->number == NO_FACT)
            return slot;
        if (slot->hash != hash)
            continue;
        held = fact_list_own(list, history->chunk_first, slot->number);
        if (is_same(&held, fact))
            return slot;
    }
}

static int grow(struct fact_history *history, struct tq_error *err)
{
    size_t count = history->slot_count ? history->slot_count * 2 : SLOTS_FIRST;
    struct history_slot *slots = alloc_resize(NULL, count, sizeof(*slots));

    if (!slots)
        return tq_no_memory(err);
    for (size_t i = 0; i < count; i++)
        slots[i].number = NO_FACT;
    for (size_t i = 0; i < history->slot_count; i++) {
        struct history_slot slot = history->slots[i];
        size_t at = slot.hash & (count - 1);

        if (slot.number == NO_FACT)
            continue;
        while (slots[at].number != NO_FACT)
            at = (at + 1) & (count - 1);
        slots[at] = slot;
    }
    free(history->slots);
    history->slots = slots;
    history->slot_count = count;
    return TQ_OK;
}

/* Room for one slot more: they are half full at most. */
static int make_room(struct fact_history *history, struct fact_list *list, struct tq_error *err)
{
    int r;

    if ((size_t)history->count * 2 < history->slot_count)
        return TQ_OK;
    if (history->slot_count == 0) {
        r = fact_list_begin_own(list, &history->chunk_first, err);
        if (r < 0)
            return r;
    }
    return grow(history, err);
}

static bool is_number(const struct fact_history *history, const struct fact_list *list,
                      const struct fact *fact, uint32_t number)
{
    struct fact held;

    if (number >= history->count)
        return false;
    held = fact_list_own(list, history->chunk_first, number);
    return is_same(&held, fact);
}

/*
 * Exports are mostly in one order, so the fact is that which came after the last one, or the one
 * behind it where that one is over; what replaced it stands further on, with others that did.
 * NO_FACT: it must be looked up, which costs some misses of the cache.
 */
static uint32_t guess(struct fact_history *history, const struct fact_list *list,
                      const struct fact *fact)
{
    const uint32_t likely[] = {history->next, history->next + 1};

    if (history->date != fact->known_from) {
        history->date = fact->known_from;
        history->next = 0;
        history->other = NO_FACT;
        return NO_FACT;
    }
    for (unsigned i = 0; i < 2; i++) {
        if (!is_number(history, list, fact, likely[i]))
            continue;
        history->next = likely[i] + 1;
        return likely[i];
    }
    if (!is_number(history, list, fact, history->other))
        return NO_FACT;
    return history->other++;
}

/* A fact that was looked up: where to go on. */
static void expect_after(struct fact_history *history, uint32_t number)
{
    if (number >= history->next && number - history->next < NEAR)
        history->next = number + 1;
    else
        history->other = number + 1;
}

/* It goes on until this export ends, unless it was over before; false then. */
static bool go_on(const struct fact_history *history, struct fact_list *list, uint32_t number,
                  const struct fact *fact)
{
    return fact_list_go_on(list, history->chunk_first, number, fact->known_from, fact->known_to);
}

int fact_history_add(struct fact_history *history, struct fact_list *list, const struct fact *fact,
                     struct tq_error *err)
{
    uint32_t number = guess(history, list, fact), hash;
    struct history_slot *slot;
    int r;

    /* A guess may be an interval of the fact that is over, and not its latest. */
    if (number != NO_FACT && go_on(history, list, number, fact))
        return TQ_OK;
    r = make_room(history, list, err);
    if (r < 0)
        return r;
    hash = hash_of(fact);
    slot = find_slot(history, list, fact, hash);
    if (slot->number != NO_FACT) {
        expect_after(history, slot->number);
        if (go_on(history, list, slot->number, fact))
            return TQ_OK;
    }
    r = fact_list_add(list, fact, err);
    if (r == TQ_OK)
        *slot = (struct history_slot){.hash = hash, .number = history->count++};
    return r;
}
